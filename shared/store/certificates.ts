// People's certificates (public parts) and the challenges that prove who holds the private one
// (ARCHITECTURE.md#key-proof). Of a challenge only the hash of the right answer is kept. Changes:
// domain/certificates/changes.ts.
import type { AccountView } from '#contract/identity.ts'
import type { CertificateChange, ClaimedKey } from '#domain/certificates/changes.ts'
import type { KnownCertificate, StoredProof } from '#domain/certificates/decisions.ts'
import type { AccountId, Bytes, Fingerprint, Instant } from '#domain/values.ts'
import type { Writers } from './writers.ts'
import type { Tx } from './database.ts'

export const certificateWriters = {
  'certificates.claim': async (tx, { account, key, at }) => {
    const { fingerprint, encryptionSubkey, bytes, expires } = key
    await claims(tx, account, key).execute()
    await tx
      .insertInto('certificate_claim')
      .values({
        account,
        fingerprint,
        encryption_subkey: encryptionSubkey,
        bytes,
        expires_at: expires,
        registered_at: at,
      })
      .execute()
  },

  'certificates.register': async (tx, { fingerprint, account, encryptionSubkey, bytes, expires, at }) => {
    await tx
      .insertInto('certificate')
      .values({
        fingerprint,
        account,
        encryption_subkey: encryptionSubkey,
        bytes,
        registered_at: at,
        proven_at: null,
        expires_at: expires,
      })
      .execute()
    await claims(tx, account, { fingerprint, encryptionSubkey }).execute()
  },

  'certificates.renew': async (tx, { fingerprint, bytes, expires, at }) => {
    await tx.insertInto('certificate_renewal').values({ fingerprint, bytes, expires_at: expires, at }).execute()
  },

  'certificates.revoke': async (tx, { fingerprint, bytes, at }) => {
    await tx.insertInto('certificate_revocation').values({ fingerprint, bytes, at }).execute()
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

type Names = { readonly fingerprint: Fingerprint; readonly encryptionSubkey: Fingerprint }

/** Of this account, to this key or its subkey. */
const claims = (tx: Tx, account: AccountId, { fingerprint, encryptionSubkey }: Names) =>
  tx
    .deleteFrom('certificate_claim')
    .where('account', '=', account)
    .where(({ or, eb }) => or([eb('fingerprint', '=', fingerprint), eb('encryption_subkey', '=', encryptionSubkey)]))

/** Subkeys, not revoked, whose private half this session or token has shown to hold, for collecting. */
export async function loadProvenSubkeys(
  tx: Tx,
  { account, session }: { readonly account: AccountId; readonly session: string },
): Promise<readonly Fingerprint[]> {
  const rows = await tx
    .selectFrom('key_proof')
    .innerJoin('current_certificate as certificate', 'certificate.encryption_subkey', 'key_proof.encryption_subkey')
    .select('key_proof.encryption_subkey')
    .distinct()
    .where('key_proof.account', '=', account)
    .where('key_proof.session', '=', session)
    .where('key_proof.purpose', '=', 'collect')
    .where('key_proof.proven_at', 'is not', null)
    .where('certificate.revoked_at', 'is', null)
    .execute()
  return rows.map((row) => row.encryption_subkey)
}

/** Certificates with this fingerprint or this encryption subkey, whoever's they are. */
export async function loadKnownCertificates(
  tx: Tx,
  { fingerprint, encryptionSubkey }: Names,
): Promise<readonly KnownCertificate[]> {
  return currentCertificates(tx)
    .where((where) =>
      where.or([where('fingerprint', '=', fingerprint), where('encryption_subkey', '=', encryptionSubkey)]),
    )
    .execute()
}

/** What this account says it holds and has not shown yet. */
export async function findClaim(
  tx: Tx,
  { account, encryptionSubkey }: { readonly account: AccountId; readonly encryptionSubkey: Fingerprint },
): Promise<ClaimedKey | null> {
  const row = await tx
    .selectFrom('certificate_claim')
    .select(['fingerprint', 'encryption_subkey as encryptionSubkey', 'bytes', 'expires_at as expires'])
    .where('account', '=', account)
    .where('encryption_subkey', '=', encryptionSubkey)
    .executeTakeFirst()
  return row ?? null
}

export async function findCertificate(tx: Tx, fingerprint: Fingerprint): Promise<KnownCertificate | null> {
  return (await currentCertificates(tx).where('fingerprint', '=', fingerprint).executeTakeFirst()) ?? null
}

/** The certificate behind a subkey that this account has proven; null: there is none. */
export async function findProvenCertificate(
  tx: Tx,
  { account, encryptionSubkey }: { readonly account: AccountId; readonly encryptionSubkey: Fingerprint },
): Promise<KnownCertificate | null> {
  const found = currentCertificates(tx)
    .where('account', '=', account)
    .where('encryption_subkey', '=', encryptionSubkey)
    .where('proven_at', 'is not', null)
  return (await found.executeTakeFirst()) ?? null
}

/** What the account proved last and has not revoked. */
export async function findLatestProven(tx: Tx, account: AccountId): Promise<KnownCertificate | null> {
  const found = currentCertificates(tx)
    .where('account', '=', account)
    .where('proven_at', 'is not', null)
    .where('revoked_at', 'is', null)
    .orderBy('proven_at', 'desc')
  return (await found.executeTakeFirst()) ?? null
}

function currentCertificates(tx: Tx) {
  return tx
    .selectFrom('current_certificate')
    .select([
      'fingerprint',
      'account',
      'encryption_subkey as encryptionSubkey',
      'bytes',
      'proven_at as provenAt',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
    ])
}

/** The one that was registered last, proven or not. */
export async function findNewestKey(tx: Tx, account: AccountId): Promise<AccountView['key']> {
  const columns = ['fingerprint', 'encryption_subkey as encryptionSubkey', 'registered_at'] as const
  const proven = await tx
    .selectFrom('certificate')
    .select([...columns, 'proven_at'])
    .where('account', '=', account)
    .orderBy('registered_at', 'desc')
    .executeTakeFirst()
  const claimed = await tx
    .selectFrom('certificate_claim')
    .select(columns)
    .where('account', '=', account)
    .orderBy('registered_at', 'desc')
    .executeTakeFirst()
  const isClaim = claimed !== undefined && (proven === undefined || claimed.registered_at > proven.registered_at)
  const newest = isClaim ? { ...claimed, proven_at: null } : proven
  if (!newest) return null
  const { fingerprint, encryptionSubkey, proven_at } = newest
  return { fingerprint, encryptionSubkey, proven: proven_at !== null }
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
export async function loadProof(tx: Tx, id: string): Promise<(StoredProof & { readonly answerHash: Bytes }) | null> {
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
