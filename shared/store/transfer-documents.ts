// What of a transfer is handed out: wrapped keys, where the bodies are, receipts and addenda as they were signed, the scan
// certificate to wrap for. Written by transfer-writers.ts.
import type { SignedBytes } from '#domain/document.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { AccountId, FileId, Fingerprint, Instant, TransferId } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Wrapped session keys of one transfer for one subkey, by key set: a reader's, or a scan certificate's. */
export async function loadWrappedKeys(
  tx: Tx,
  { transfer, encryptionSubkey }: { readonly transfer: TransferId; readonly encryptionSubkey: Fingerprint },
): Promise<readonly KeyOfSet[]> {
  const rows = await wrappedKeys(tx, transfer).where('encryption_subkey', '=', encryptionSubkey).execute()
  return rows.map(toKeyOfSet)
}

/** What was wrapped for one person's keys, by key set. */
export async function loadOwnKeys(
  tx: Tx,
  { transfer, account }: { readonly transfer: TransferId; readonly account: AccountId },
): Promise<readonly KeyOfSet[]> {
  const rows = await wrappedKeys(tx, transfer).where('account', '=', account).execute()
  return rows.map(toKeyOfSet)
}

interface KeyOfSet {
  readonly keySet: number
  readonly bytes: Bytes
}

function wrappedKeys(tx: Tx, transfer: TransferId) {
  return tx.selectFrom('pkesk').select(['key_set', 'bytes']).where('transfer', '=', transfer).orderBy('key_set')
}

function toKeyOfSet({ key_set, bytes }: { readonly key_set: number; readonly bytes: Bytes }): KeyOfSet {
  return { keySet: key_set, bytes }
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

/** Signed ones: without a signature there is nothing to show. */
export async function loadReceipts(tx: Tx, transfer: TransferId): Promise<readonly SignedBytes[]> {
  const rows = await tx
    .selectFrom('delivery')
    .select(['receipt_bytes as bytes', 'receipt_signature as signature'])
    .where('transfer', '=', transfer)
    .orderBy('acknowledged_at')
    .execute()
  return rows.flatMap(({ bytes, signature }) => (bytes && signature ? [{ bytes, signature }] : []))
}

/** Addenda to the note of today, oldest first. */
export async function loadAddenda(
  tx: Tx,
  { id, note }: Pick<Transfer, 'id' | 'note'>,
): Promise<readonly SignedBytes[]> {
  if (note === null) return []
  return tx
    .selectFrom('addendum')
    .select(['bytes', 'signature'])
    .where('transfer', '=', id)
    .where('note_hash', '=', note.hash)
    .orderBy('at')
    .orderBy('hash')
    .execute()
}

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
