// The lists of transfers that people see, a page at a time. A page begins after the place where the one before ended, so that
// nothing is left out when something is added above meanwhile.
import { type RawBuilder, sql } from 'kysely'
import { hasEnded, type TransferState, transferStates } from '#domain/transfers/states.ts'
import type { ListedPage, ListPlace } from '#domain/transfers/transfer.ts'
import type { AccountId, AgreementId, OrganisationId, TeamId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import { loadDeliveriesOf } from './deliveries.ts'
import { toTransfer } from './transfers.ts'

type After = ListPlace | null

/** Transfers somebody sent, newest first. */
export async function listSent(
  tx: Tx,
  { account, after }: { readonly account: AccountId; readonly after: After },
): Promise<ListedPage> {
  return listPage(tx, { of: sql`transfer.sender = ${account}`, after })
}

/** Transfers that wait for an approver of the organisation and that none has answered, newest first. */
export async function listAwaitingApproval(
  tx: Tx,
  { organisation, after }: { readonly organisation: OrganisationId; readonly after: After },
): Promise<ListedPage> {
  const of = sql<boolean>`transfer.sender_organisation = ${organisation} and transfer.state = 'awaiting-approval'
    and not exists (select from approval where approval.transfer = transfer.id)`
  return listPage(tx, { of, after })
}

/**
 * Transfers handed over to a person or one of their teams; drafts are nobody's business yet. Those that are still to be
 * collected or acknowledged come first, however old they are.
 */
export async function listInbox(
  tx: Tx,
  { account, teams, after }: { readonly account: AccountId; readonly teams: readonly TeamId[]; readonly after: After },
): Promise<ListedPage> {
  const own = sql`(delivery.account = ${account} or delivery.team = any(${[...teams]}::text[]))`
  const of = sql<boolean>`transfer.dispatched_at is not null
    and transfer.id in (select delivery.transfer from delivery where ${own})`
  const waits = sql<boolean>`transfer.state <> all(${ended}::text[]) and exists (select from delivery
    where delivery.transfer = transfer.id and delivery.acknowledged_at is null and ${own})`
  return listPage(tx, { of, waits, after })
}

/** Senders who are asked to wrap again, under any version of the agreement. */
export async function listWaitedFor(tx: Tx, agreement: AgreementId): Promise<readonly AccountId[]> {
  const rows = await tx
    .selectFrom('transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .select('transfer.sender')
    .distinct()
    .where('agreement.id', '=', agreement)
    .where('transfer.state', '=', 'waiting-for-sender')
    .execute()
  return rows.map(({ sender }) => sender)
}

export const ended = (Object.keys(transferStates) as TransferState[]).filter(hasEnded)

/** No reply has more. */
const pageLength = 200

interface Listing {
  readonly of: RawBuilder<boolean>
  /** What stands above everything else. */
  readonly waits?: RawBuilder<boolean> | undefined
  readonly after: After
}

async function listPage(tx: Tx, { of, waits, after }: Listing): Promise<ListedPage> {
  const rows = await tx
    .selectFrom('transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .selectAll('transfer')
    .select(['agreement.id as agreement_id', 'agreement.version as agreement_version'])
    .select((waits ?? sql<boolean>`false`).as('waits'))
    .where(of)
    .where(isAfter({ waits, after }))
    .orderBy('waits', 'desc')
    .orderBy('transfer.created_at', 'desc')
    .orderBy('transfer.id', 'desc')
    .limit(pageLength)
    .execute()
  const deliveries = await loadDeliveriesOf(
    tx,
    rows.map(({ id }) => id),
  )
  const left = rows.length < pageLength ? rows.length : await countFrom(tx, { of, waits, after })
  const last = rows.at(-1)
  const more = left - rows.length
  return {
    transfers: rows.map((row) => ({
      transfer: toTransfer(row, { id: row.agreement_id, version: row.agreement_version, hash: row.agreement }),
      deliveries: deliveries.get(row.id) ?? [],
    })),
    last: last && more > 0 ? { waits: last.waits, createdAt: last.created_at, id: last.id } : null,
    more,
  }
}

async function countFrom(tx: Tx, { of, ...place }: Listing): Promise<number> {
  const counted = tx.selectFrom('transfer').select(({ fn }) => fn.countAll<number>().as('left'))
  const { left } = await counted.where(of).where(isAfter(place)).executeTakeFirstOrThrow()
  return left
}

/** The order above, as one comparison, which an index on sender and time can answer where nothing waits. */
function isAfter({ waits, after }: Pick<Listing, 'waits' | 'after'>): RawBuilder<boolean> {
  if (after === null) return sql`true`
  const { createdAt, id } = after
  return waits
    ? sql`(${waits}, transfer.created_at, transfer.id) < (${after.waits}::boolean, ${createdAt}::timestamptz, ${id})`
    : sql`(transfer.created_at, transfer.id) < (${createdAt}::timestamptz, ${id})`
}
