// What is asked before somebody is reminded, and that they were: of a transfer that nobody collected, of a copy that nobody
// said is destroyed.
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { RemindFacts } from '#domain/transfers/decisions/decide-remind.ts'
import type { Reminded } from '#domain/transfers/reminders.ts'
import type { AccountId, Instant, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import { loadHolders } from '../rosters.ts'
import type { Writers } from '../writers.ts'
import { recipientColumns } from './deliveries.ts'
import { loadRecalledCopies } from './endings.ts'
import { loadAgreementFactsOf, requireTransferFacts } from './facts.ts'

export const reminderWriters = {
  async 'transfers.remind'(tx, { transfer, stage, recipients, at }) {
    const rows = recipients.map(recipientColumns).map(({ account, team }) => ({ transfer, account, team, stage, at }))
    await tx.insertInto('reminder').values(rows).execute()
  },
} satisfies Partial<Writers<TransferChange>>

export async function loadRemindFacts(tx: Tx, transfer: TransferId): Promise<RemindFacts> {
  const found = await requireTransferFacts(tx, transfer)
  const receiving = found.deliveries.map(({ recipient }) => recipient.organisation)
  const organisations = new Set([found.transfer.senderOrganisation, ...receiving])
  const officers: RemindFacts['officers'][number][] = []
  for (const organisation of organisations) {
    officers.push(...(await loadHolders(tx, { organisation, role: 'information-officer' })))
  }
  return {
    found,
    agreementFacts: await loadAgreementFactsOf(tx, found),
    reminded: await loadReminded(tx, transfer),
    addedAt: await loadAddedAt(tx, transfer),
    officers,
    recalled: await loadRecalledCopies(tx, transfer),
  }
}

async function loadReminded(tx: Tx, transfer: TransferId): Promise<readonly Reminded[]> {
  const rows = await tx
    .selectFrom('reminder')
    .select(['stage', 'account', 'team'])
    .where('transfer', '=', transfer)
    .execute()
  return rows.flatMap(({ stage, account, team }) => {
    const recipient = account ?? team
    return recipient === null ? [] : [{ stage, recipient }]
  })
}

/** The first time: another key later is no other delivery. */
async function loadAddedAt(tx: Tx, transfer: TransferId): Promise<ReadonlyMap<AccountId, Instant>> {
  const rows = await tx
    .selectFrom('addendum')
    .select('account')
    .select(({ fn }) => fn.min<Instant>('at').as('at'))
    .where('transfer', '=', transfer)
    .groupBy('account')
    .execute()
  return new Map(rows.map(({ account, at }) => [account, at]))
}
