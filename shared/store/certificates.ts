// People's certificates (public parts) and the challenges that prove who holds the private one (DESIGN 6). Of a
// challenge only the hash of the right answer is kept. Changes: domain/certificates/changes.ts.
import type { CertificateChange } from '#domain/certificates/changes.ts'
import type { StoredProof } from '#domain/certificates/decisions.ts'
import type { AccountId, Fingerprint, Instant } from '#domain/values.ts'
import type { Writers } from './writers.ts'
import type { Tx } from './database.ts'

export const certificateWriters = {
  'certificates.register': async (tx, { fingerprint, account, encryptionSubkey, bytes, at }) => {
    await tx
      .insertInto('certificate')
      .values({ fingerprint, account, encryption_subkey: encryptionSubkey, bytes, registered_at: at, proven_at: null })
      .execute()
  },

  'certificates.challenge': async (tx, { kind: _, encryptionSubkey, answerHash, expiresAt, ...challenge }) => {
    await tx
      .insertInto('key_proof')
      .values({
        ...challenge,
        encryption_subkey: encryptionSubkey,
        answer_hash: answerHash,
        expires_at: expiresAt,
        tried_at: null,
        proven_at: null,
      })
      .execute()
  },

  'certificates.tried': async (tx, { id, at }) => {
    await tx.updateTable('key_proof').set({ tried_at: at }).where('id', '=', id).execute()
  },

  'certificates.proven': async (tx, { id, purpose, encryptionSubkey, at }) => {
    await tx.updateTable('key_proof').set({ tried_at: at, proven_at: at }).where('id', '=', id).execute()
    if (purpose === 'collect') return
    await tx
      .updateTable('certificate')
      .set({ proven_at: at })
      .where('encryption_subkey', '=', encryptionSubkey)
      .where('proven_at', 'is', null)
      .execute()
  },
} satisfies Writers<CertificateChange>

/** Subkeys whose private half this session or token has shown to hold, for collecting. */
export async function loadProvenSubkeys(
  tx: Tx,
  { account, session }: { readonly account: AccountId; readonly session: string },
): Promise<readonly Fingerprint[]> {
  const rows = await tx
    .selectFrom('key_proof')
    .select('encryption_subkey')
    .distinct()
    .where('account', '=', account)
    .where('session', '=', session)
    .where('purpose', '=', 'collect')
    .where('proven_at', 'is not', null)
    .execute()
  return rows.map((row) => row.encryption_subkey)
}

/** Whose certificate has this fingerprint, or this encryption subkey. */
export async function loadOwners(
  tx: Tx,
  { fingerprint, encryptionSubkey }: { readonly fingerprint: Fingerprint; readonly encryptionSubkey: Fingerprint },
): Promise<readonly AccountId[]> {
  const rows = await tx
    .selectFrom('certificate')
    .select('account')
    .where((where) =>
      where.or([where('fingerprint', '=', fingerprint), where('encryption_subkey', '=', encryptionSubkey)]),
    )
    .execute()
  return rows.map((row) => row.account)
}

/** The certificate behind a subkey that this account has proven; null: there is none. */
export async function findProvenCertificate(
  tx: Tx,
  { account, encryptionSubkey }: { readonly account: AccountId; readonly encryptionSubkey: Fingerprint },
): Promise<Uint8Array<ArrayBuffer> | null> {
  const row = await tx
    .selectFrom('certificate')
    .select('bytes')
    .where('account', '=', account)
    .where('encryption_subkey', '=', encryptionSubkey)
    .where('proven_at', 'is not', null)
    .executeTakeFirst()
  return row?.bytes ?? null
}

/** How many wrong answers the account has given since. */
export async function countFailedProofs(
  tx: Tx,
  { account, since }: { readonly account: AccountId; readonly since: Instant },
): Promise<number> {
  const { count } = await tx
    .selectFrom('key_proof')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account', '=', account)
    .where('tried_at', '>', since)
    .where('proven_at', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** Locks the challenge: of two answers at once only one is the first. */
export async function loadProof(
  tx: Tx,
  id: string,
): Promise<(StoredProof & { readonly answerHash: Uint8Array<ArrayBuffer> }) | null> {
  const row = await tx
    .selectFrom('key_proof')
    .select([
      'id',
      'account',
      'purpose',
      'encryption_subkey as encryptionSubkey',
      'session',
      'answer_hash as answerHash',
      'expires_at as expiresAt',
      'tried_at as triedAt',
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}
