// Bookkeeping of uploads under way (ARCHITECTURE.md#upload): who holds the lease, which parts are durable. It changes
// no right and no state; a finished upload is a decision (transfers.finish-upload). Only the server writes here.
import { sql } from 'kysely'
import type { AgreementReference } from '#domain/agreements/agreement.ts'
import type { Standing } from '#domain/identity/current-roles.ts'
import type { Profile } from '#domain/transfers/dispatch-note.ts'
import type { TransferState } from '#domain/transfers/states.ts'
import type { AccountId, FileId, Instant, OrganisationId, TransferId } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface UploadKey {
  readonly transfer: TransferId
  readonly file: FileId
}

/** An upload as its token shows it. */
export interface Upload extends UploadKey {
  readonly agreement: AgreementReference
  readonly sender: AccountId
  readonly organisation: OrganisationId
  readonly state: TransferState
  readonly profile: Profile
  readonly length: number
  readonly objectKey: string
  /** The object store's own id of the upload; null until it is begun. */
  readonly objectUpload: string | null
  readonly tokenExpiresAt: Instant
  readonly tokenRevokedAt: Instant | null
  readonly finishedAt: Instant | null
  /** Octets in durable parts, and where the framing stood after the last of them; JSON. True only under the lease. */
  readonly received: number
  readonly framing: unknown
  /** The sender's, in the newest roster of their organisation. */
  readonly standing: Standing
}

export interface UploadPart {
  /** From 1. */
  readonly number: number
  readonly length: number
  readonly sha256: Bytes
  readonly tag: string
}

export async function findUploadByToken(database: Database, tokenHash: Bytes): Promise<Upload | undefined> {
  const row = await selectUpload(database).where('upload.token_hash', '=', tokenHash).executeTakeFirst()
  return row && toUpload(row)
}

function selectUpload(database: Database) {
  return database
    .selectFrom('upload')
    .innerJoin('transfer_file', (join) =>
      join.onRef('transfer_file.transfer', '=', 'upload.transfer').onRef('transfer_file.file', '=', 'upload.file'),
    )
    .innerJoin('transfer', 'transfer.id', 'upload.transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .selectAll('upload')
    .select(['transfer_file.length', 'transfer_file.object_key'])
    .select([
      'transfer.sender',
      'transfer.sender_organisation',
      'transfer.state',
      'transfer.profile',
      'transfer.agreement',
    ])
    .select(['agreement.id as agreement_id', 'agreement.version'])
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('roster')
          .select(['hash', 'expires_at'])
          .whereRef('roster.organisation', '=', 'transfer.sender_organisation')
          .orderBy('sequence', 'desc')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .leftJoin('roster_person', (join) =>
      join.onRef('roster_person.roster', '=', 'newest.hash').onRef('roster_person.account', '=', 'transfer.sender'),
    )
    .select(['newest.expires_at as roster_expires_at', 'roster_person.roles'])
}

type UploadRow = Awaited<ReturnType<ReturnType<typeof selectUpload>['executeTakeFirstOrThrow']>>

function toUpload(row: UploadRow): Upload {
  return {
    transfer: row.transfer,
    file: row.file,
    agreement: { id: row.agreement_id, version: row.version, hash: row.agreement },
    sender: row.sender,
    organisation: row.sender_organisation,
    state: row.state,
    profile: row.profile,
    length: row.length,
    objectKey: row.object_key,
    objectUpload: row.object_upload,
    tokenExpiresAt: row.token_expires_at,
    tokenRevokedAt: row.token_revoked_at,
    finishedAt: row.finished_at,
    received: row.received,
    framing: row.framing,
    standing: {
      firstAdministrator: false,
      roster: row.roster_expires_at === null ? null : { expires: row.roster_expires_at, roles: row.roles },
    },
  }
}

/** When the last of a transfer's upload tokens ends; null while it has none. */
export async function loadUploadsEnd(tx: Tx, transfer: TransferId): Promise<Instant | null> {
  const { end } = await tx
    .selectFrom('upload')
    .select(({ fn }) => fn.max('token_expires_at').as('end'))
    .where('transfer', '=', transfer)
    .executeTakeFirstOrThrow()
  return end
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

/** Begins (again): the parts of an earlier attempt do not count, its body had another salt. */
export async function beginUpload(
  database: Database,
  { transfer, file, objectUpload }: UploadKey & { readonly objectUpload: string | null },
): Promise<void> {
  await database.transaction().execute(async (tx) => {
    await tx.deleteFrom('upload_part').where('transfer', '=', transfer).where('file', '=', file).execute()
    await tx
      .updateTable('upload')
      .set({ object_upload: objectUpload, received: 0, framing: null })
      .where('transfer', '=', transfer)
      .where('file', '=', file)
      .where('finished_at', 'is', null)
      .execute()
  })
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

/** Which of these uploads of the object store are somebody's. */
export async function findNamedUploads(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await database.selectFrom('upload').select('object_upload').where('object_upload', 'in', ids).execute()
  return new Set(rows.flatMap((row) => row.object_upload ?? []))
}
