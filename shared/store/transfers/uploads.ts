// Uploads: of which file, by whose token, until when. That a body is begun is bookkeeping; that it is finished, or its token
// revoked, is decided (ARCHITECTURE.md#upload).
import type {
  AgreementReference,
  AccountId,
  Bytes,
  FileId,
  Instant,
  OrganisationId,
  TransferId,
} from '#domain/values.ts'
import type { Standing } from '#domain/identity/current-roles.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import type { TransferState } from '#domain/transfers/states.ts'
import type { Database, Tx } from '../database.ts'
import { expectOne, type Writers } from '../writers.ts'

export const uploadWriters = {
  async 'transfers.revoke-uploads'(tx, { transfer, at }) {
    await tx
      .updateTable('upload')
      .set({ token_revoked_at: at })
      .where('transfer', '=', transfer)
      .where('token_revoked_at', 'is', null)
      .execute()
  },

  async 'transfers.finish-upload'(tx, { transfer, file, bodyDigest, at }) {
    const digested = tx
      .updateTable('transfer_file')
      .set({ body_digest: bodyDigest })
      .where('transfer', '=', transfer)
      .where('file', '=', file)
      .where('body_digest', 'is', null)
    expectOne(await digested.executeTakeFirst(), `upload of ${file} finished once`)
    await tx
      .updateTable('upload')
      .set({ finished_at: at, lease_holder: null, lease_until: null })
      .where('transfer', '=', transfer)
      .where('file', '=', file)
      .execute()
  },
} satisfies Partial<Writers<TransferChange>>

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

/** Which of these uploads of the object store are somebody's. */
export async function findNamedUploads(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await database.selectFrom('upload').select('object_upload').where('object_upload', 'in', ids).execute()
  return new Set(rows.flatMap((row) => row.object_upload ?? []))
}

/** Uploads in the object store that never became an object. */
export async function findOpenUploads(
  database: Database,
  transfer: TransferId,
): Promise<readonly { readonly key: string; readonly uploadId: string }[]> {
  const rows = await database
    .selectFrom('upload')
    .innerJoin('transfer_file', (join) =>
      join.onRef('transfer_file.transfer', '=', 'upload.transfer').onRef('transfer_file.file', '=', 'upload.file'),
    )
    .select(['transfer_file.object_key', 'upload.object_upload'])
    .where('upload.transfer', '=', transfer)
    .execute()
  return rows.flatMap(({ object_key, object_upload }) =>
    object_upload === null ? [] : [{ key: object_key, uploadId: object_upload }],
  )
}

/** Of one file, or of all: where their bodies are. */
export async function listObjectKeys(
  database: Database,
  { transfer, file }: { readonly transfer: TransferId; readonly file?: FileId },
): Promise<readonly string[]> {
  const all = database.selectFrom('transfer_file').select('object_key').where('transfer', '=', transfer)
  const rows = await (file === undefined ? all : all.where('file', '=', file)).execute()
  return rows.map(({ object_key }) => object_key)
}
