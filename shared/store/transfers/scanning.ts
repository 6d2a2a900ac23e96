// The scanner's key of each transfer, from its certificate to its destruction, and the verdicts.
import type { SignedBytes } from '#domain/document.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { SignedVerdict } from '#domain/transfers/decisions/decide-read.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { Bytes, Fingerprint, Instant, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Writers } from '../writers.ts'

export const scanWriters = {
  async 'transfers.add-scan-certificate'(tx, { certificate }) {
    await tx
      .insertInto('scan_certificate')
      .values({
        fingerprint: certificate.fingerprint,
        transfer: certificate.transfer,
        encryption_subkey: certificate.encryptionSubkey,
        certificate: certificate.certificate,
        bytes: certificate.signed.bytes,
        signature: certificate.signed.signature,
        authority: certificate.authority,
        authority_bytes: certificate.authorityBytes,
        expires_at: certificate.expiresAt,
      })
      .execute()
  },

  async 'transfers.lose-scan-key'(tx, { fingerprint, at }) {
    await tx.updateTable('scan_certificate').set({ lost_at: at }).where('fingerprint', '=', fingerprint).execute()
  },

  async 'transfers.judge'(tx, { transfer, verdicts, document, at }) {
    const rows = verdicts.map(({ file, verdict, finding, typeSeen, fileTypes, engine, bodyDigest, commitment }) => ({
      transfer,
      file,
      verdict,
      finding,
      type_seen: typeSeen,
      file_types: [...fileTypes],
      engine,
      body_digest: bodyDigest,
      commitment,
      at,
    }))
    await tx.insertInto('verdict').values(rows).execute()
    const { hash, note, signed, authority, authorityBytes } = document
    await tx
      .insertInto('verdict_document')
      .values({ transfer, hash, note_hash: note, ...signed, authority, authority_bytes: authorityBytes, at })
      .execute()
  },

  async 'transfers.destroy-scan-key'(tx, { transfer, fingerprint, at }) {
    await tx.insertInto('scan_key_destroyed').values({ transfer, fingerprint, at }).execute()
  },
} satisfies Partial<Writers<TransferChange>>

export interface ScanCertificateDocuments {
  readonly certificate: Bytes
  readonly statement: SignedBytes
  readonly authority: Fingerprint
  readonly authorityBytes: Bytes
}

/** What a client needs to verify a transfer's newest scan certificate that is neither lost nor destroyed. */
export async function findScanCertificate(
  tx: Tx,
  { transfer, at }: { readonly transfer: TransferId; readonly at: Instant },
): Promise<ScanCertificateDocuments | undefined> {
  const row = await tx
    .selectFrom('scan_certificate as certificate')
    .leftJoin('scan_key_destroyed as destroyed', 'destroyed.fingerprint', 'certificate.fingerprint')
    .selectAll('certificate')
    .where('certificate.transfer', '=', transfer)
    .where('certificate.lost_at', 'is', null)
    .where('certificate.expires_at', '>', at)
    .where('destroyed.at', 'is', null)
    .orderBy('certificate.expires_at', 'desc')
    .executeTakeFirst()
  if (!row) return undefined
  return {
    certificate: row.certificate,
    statement: { bytes: row.bytes, signature: row.signature },
    authority: row.authority,
    authorityBytes: row.authority_bytes,
  }
}

/** What the scanner signed of the note of today; null: nothing, or not yet. */
export async function findVerdictDocument(
  tx: Tx,
  { id, note }: Pick<Transfer, 'id' | 'note'>,
): Promise<SignedVerdict | null> {
  if (note === null) return null
  const row = await tx
    .selectFrom('verdict_document')
    .select(['bytes', 'signature', 'authority_bytes'])
    .where('transfer', '=', id)
    .where('note_hash', '=', note.hash)
    .executeTakeFirst()
  return row ? { signed: { bytes: row.bytes, signature: row.signature }, authorityBytes: row.authority_bytes } : null
}
