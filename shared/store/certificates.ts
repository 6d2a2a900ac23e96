// People's certificates (public parts) and the challenges that prove who holds the private one (DESIGN 6). Of a
// challenge only the hash of the right answer is kept. Changes: domain/certificates/changes.ts.
import type { CertificateChange } from '#domain/certificates/changes.ts'
import type { AccountId, Fingerprint } from '#domain/values.ts'
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
