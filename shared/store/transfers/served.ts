// Which octets of each body went out to whom. Written beside commit.ts, as they go: that they were fetched has its entry
// before the first of them.
import { sql } from 'kysely'
import type { AccountId, FileId, TransferId } from '#domain/values.ts'
import type { Database, Tx } from '../database.ts'

interface Served {
  readonly transfer: TransferId
  readonly file: FileId
  readonly account: AccountId
  /** Octets of the body, `to` exclusive. */
  readonly from: number
  readonly to: number
}

/** Pieces apart from each other that are remembered of one file; a program that goes on where it was has one. */
const mostPieces = 1000

export async function recordServed(database: Database, { transfer, file, account, from, to }: Served): Promise<void> {
  await sql`insert into served (transfer, file, account, octets)
    values (${transfer}, ${file}, ${account}, int8multirange(int8range(${from}, ${to})))
    on conflict (transfer, account, file) do update set octets =
      case when (select count(*) from unnest(served.octets)) < ${mostPieces} then served.octets + excluded.octets
      else excluded.octets end`.execute(database)
}

/** Files of which not every octet went out to them. */
export async function loadNotServed(
  tx: Tx,
  { transfer, account }: { readonly transfer: TransferId; readonly account: AccountId },
): Promise<readonly FileId[]> {
  const { rows } = await sql<{ file: FileId }>`select f.file from transfer_file f
    left join served s on s.transfer = f.transfer and s.file = f.file and s.account = ${account}
    where f.transfer = ${transfer} and not coalesce(s.octets @> int8range(0, f.length), false)
    order by f.position`.execute(tx)
  return rows.map(({ file }) => file)
}
