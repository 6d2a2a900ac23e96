// Bookkeeping of an upload under way: who holds its lease, which parts are durable. It changes no right and no state. Only
// the server writes here.
import { sql } from 'kysely'
import type { Bytes, Instant } from '#domain/values.ts'
import type { Database } from '../database.ts'
import type { Upload, UploadKey } from './uploads.ts'

export interface UploadPart {
  /** From 1. */
  readonly number: number
  readonly length: number
  readonly sha256: Bytes
  readonly tag: string
}

/** As it is under the lease. */
export type Held = Pick<Upload, 'objectUpload' | 'finishedAt' | 'received' | 'framing'>

export interface Lease extends UploadKey {
  readonly holder: string
}

/**
 * One writer per upload; null while another has it. A lease that nobody renewed is over, so that a dead server blocks
 * nothing for long. What is read is the row's newest version, whatever was written while it was waited for. Nothing is lost
 * with a lease, so that its commit waits for no disk.
 */
export async function takeLease(
  database: Database,
  { transfer, file, holder, seconds }: Lease & { readonly seconds: number },
): Promise<Held | null> {
  const { rows } = await sql<HeldRow>`
    update upload set lease_holder = ${holder}, lease_until = clock_timestamp() + make_interval(secs => ${seconds})
    from ${soon}
    where transfer = ${transfer} and file = ${file}
      and (lease_until is null or lease_holder = ${holder} or lease_until < clock_timestamp())
    returning object_upload, finished_at, received, framing`.execute(database)
  const [row] = rows
  if (!row) return null
  return {
    objectUpload: row.object_upload,
    finishedAt: row.finished_at,
    received: row.received,
    framing: row.framing,
  }
}

interface HeldRow {
  readonly object_upload: string | null
  readonly finished_at: Instant | null
  readonly received: number
  readonly framing: unknown
}

/** For this statement alone: committed without waiting for the disk. */
const soon = sql`(select set_config('synchronous_commit', 'off', true)) as soon`

export async function releaseLease(database: Database, { transfer, file, holder }: Lease): Promise<void> {
  await sql`
    update upload set lease_holder = null, lease_until = null from ${soon}
    where transfer = ${transfer} and file = ${file} and lease_holder = ${holder}`.execute(database)
}

export interface PartToAdd extends Lease {
  readonly part: UploadPart
  readonly framing: unknown
  /** The request brings no other: its lease ends with it. */
  readonly last: boolean
}

/** The part is durable in the object store before its row is. False: somebody else has the lease by now. */
export async function addPart(
  database: Database,
  { transfer, file, holder, part, framing, last }: PartToAdd,
): Promise<boolean> {
  const { number, length, sha256, tag } = part
  const { numAffectedRows } = await sql`
    with held as (
      update upload set received = received + ${length}, framing = ${JSON.stringify(framing)}::jsonb,
        lease_holder = case when ${last} then null else lease_holder end,
        lease_until = case when ${last} then null else lease_until end
      where transfer = ${transfer} and file = ${file} and lease_holder = ${holder}
      returning transfer, file)
    insert into "upload_part" (transfer, file, number, length, sha256, tag)
    select transfer, file, ${number}::int, ${length}::int, ${sha256}::bytea, ${tag} from held`.execute(database)
  return numAffectedRows === 1n
}

export async function listParts(database: Database, { transfer, file }: UploadKey): Promise<readonly UploadPart[]> {
  return database
    .selectFrom('upload_part')
    .select(['number', 'length', 'sha256', 'tag'])
    .where('transfer', '=', transfer)
    .where('file', '=', file)
    .orderBy('number')
    .execute()
}
