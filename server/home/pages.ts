// The home page: what waits for somebody, asked of the use cases that list it.
import type { AccountView } from '#contract/identity.ts'
import type { TransferSummary } from '#contract/transfers/view.ts'
import { hasEnded } from '#domain/transfers/states.ts'
import { type Count, homePage } from '../../web/pages/home/home.ts'
import { listAgreements } from '../agreements/show.ts'
import { showAccount } from '../identity/account.ts'
import { type PageAt, personPage, type PersonVisit } from '../page.ts'
import { approvals, inbox, sent } from '../transfers/view.ts'

const homeAt = personPage({
  name: 'page.home',
  path: '/',
  async show(visit) {
    const account = await visit.need(showAccount)
    const { name, roles, key } = account
    const counts: Count[] = []
    if (roles.includes('caseworker')) counts.push(await countReceived(visit, account), await countSent(visit))
    if (roles.includes('approver')) counts.push(await countApprovals(visit))
    if (roles.includes('siro')) counts.push(await countUnsigned(visit, account))
    return homePage({ name, counts, keyMissing: key === null || !key.proven, noRoles: roles.length === 0 })
  },
})

export const homePages: readonly PageAt[] = [homeAt]

async function countReceived(visit: PersonVisit, { account, teams }: AccountView): Promise<Count> {
  const { transfers, more } = await visit.need(inbox)
  const waits = ({ state, deliveries }: TransferSummary) =>
    state === 'released' &&
    deliveries.some(
      ({ recipient, state: delivered }) =>
        delivered !== 'acknowledged' &&
        (recipient.kind === 'person' ? recipient.account === account : teams.includes(recipient.team)),
    )
  return {
    of: 'received',
    href: '/received',
    count: transfers.filter(waits).length,
    more: more > 0 && transfers.every(waits),
  }
}

async function countSent(visit: PersonVisit): Promise<Count> {
  const { transfers, more } = await visit.need(sent)
  const underWay = transfers.filter(({ state }) => !hasEnded(state))
  return { of: 'sent', href: '/sent', count: underWay.length, more: more > 0 && underWay.length === transfers.length }
}

async function countApprovals(visit: PersonVisit): Promise<Count> {
  const { transfers, more } = await visit.need(approvals)
  return { of: 'approvals', href: '/approvals', count: transfers.length + more, more: false }
}

async function countUnsigned(visit: PersonVisit, { organisation }: AccountView): Promise<Count> {
  const { agreements } = await visit.need(listAgreements)
  const unsigned = agreements.filter(({ parties }) =>
    parties.some((party) => party.organisation === organisation.id && !party.signed),
  )
  return { of: 'agreements', href: '/agreements', count: unsigned.length, more: false }
}
