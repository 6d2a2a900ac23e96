// Pages of transfers: the lists, one transfer, and the recall of it.
import * as z from 'zod'
import { type ListReply, type Place, place, type TransferSummary, type TransferView } from '#contract/transfers/view.ts'
import { transferId } from '#domain/values.ts'
import { nameListed } from '#present/lists.ts'
import { accountInWords, type Names } from '#present/names.ts'
import { nameSummary, presentTransfer, senderInWords } from '#present/transfer.ts'
import { recallPageWords } from '#words/en/transfer-pages.ts'
import { listPage, type ListToShow } from '../../web/pages/transfers/list.ts'
import { momentsOf, recallPage, transferPage } from '../../web/pages/transfers/transfer.ts'
import { listAgreements } from '../agreements/show.ts'
import { type PageAt, personForm, personPage, type PersonVisit } from '../page.ts'
import { loadNames } from './names.ts'
import { recall } from './recall.ts'
import { readSignedAbout } from './signed-about.ts'
import { giveBack, take } from './take.ts'
import { approvals, inbox, sent, view as viewTransfer } from './view.ts'

type Query = { readonly before?: Place }
/** What each list asks, which is the same of all. */
const lists: Readonly<Record<ListToShow['list'], (visit: PersonVisit, query: Query) => Promise<ListReply>>> = {
  received: (visit, query) => visit.need(inbox, { query }),
  sent: (visit, query) => visit.need(sent, { query }),
  approvals: (visit, query) => visit.need(approvals, { query }),
}
/** How the present has them. */
const listNames = { received: 'inbox', sent: 'sent', approvals: 'approvals' } as const

const listAt = (list: ListToShow['list']) =>
  personPage({
    name: `page.${list}`,
    path: `/${list}`,
    async show(visit) {
      // An address that is none of ours begins at the newest.
      const before = place.safeParse(visit.query.before)
      const { transfers, next } = await lists[list](visit, before.success ? { before: before.data } : {})
      const names = await namesFor(visit, transfers)
      return listPage({
        list,
        transfers: transfers.map((one) => nameListed(one, { names, list: listNames[list] })),
        older: next === null ? null : `/${list}?${new URLSearchParams({ before: next })}`,
      })
    },
  })

const transferAt = personPage({
  name: 'page.transfer',
  path: '/transfers/:transfer',
  async show(visit) {
    const view = await needView(visit)
    const signed = readSignedAbout(view)
    const names = await namesFor(visit, [view], signed.people)
    const { agreements } = visit.person.roles.length > 0 ? await visit.need(listAgreements) : { agreements: [] }
    const agreement = agreements.find(({ id }) => id === view.agreement.id)
    return transferPage({
      view,
      sender: senderInWords(nameSummary(view, names)),
      picture: presentTransfer({ view, names, ...signed.named(names) }),
      agreement: agreement ? `${agreement.reference}: ${agreement.title}` : null,
      moments: momentsOf(view, ({ recipient: { organisation }, collectedBy, acknowledgedBy, takenBy }) => {
        const who = (account: typeof collectedBy) =>
          account ? (names.person({ account, organisation }) ?? accountInWords(account)) : ''
        return { collected: who(collectedBy), acknowledged: who(acknowledgedBy), taken: who(takenBy) }
      }),
      sentByReader: view.sender.account === visit.person.account,
      entered: visit.entered,
    })
  },
  form: personForm(
    z.object({ what: z.enum(['take', 'give-back']), from: z.string().optional() }),
    async (visit, { what, from }) => {
      const params = { transfer: visit.params.transfer as string }
      const outcome =
        what === 'take'
          ? await visit.ask(take, { params, body: { from: from ? from : null } })
          : await visit.ask(giveBack, { params })
      return outcome.ok ? { to: `/transfers/${params.transfer}` } : outcome
    },
  ),
})

const recallAt = personPage({
  name: 'page.recall',
  path: '/transfers/:transfer/recall',
  async show(visit) {
    return recallPage({ view: await needView(visit), entered: visit.entered })
  },
  form: personForm(
    z.object({
      reason: z
        .string()
        .transform((text) => text.replaceAll(/\s+/g, ' ').trim())
        .pipe(z.string().min(1, recallPageWords.enterReason).max(200, recallPageWords.enterReason)),
    }),
    async (visit, body) => {
      const params = { transfer: visit.params.transfer as string }
      const outcome = await visit.ask(recall, { params, body })
      return outcome.ok ? { to: `/transfers/${params.transfer}` } : outcome
    },
  ),
})

export const transferPages: readonly PageAt[] = [
  ...(['received', 'sent', 'approvals'] as const).map(listAt),
  transferAt,
  recallAt,
]

/** Whatever is no id is nothing that anybody can see. */
function needView(visit: PersonVisit): Promise<TransferView> {
  const { transfer = '' } = visit.params
  const id = transferId.safeParse(transfer)
  return visit.need(viewTransfer, { params: { transfer: id.success ? id.data : '0'.repeat(32) } })
}

function namesFor(
  { adapters: { database }, person }: PersonVisit,
  transfers: readonly TransferSummary[],
  others: Parameters<typeof loadNames>[2] = [],
): Promise<Names> {
  return loadNames({ database, person }, transfers, others)
}
