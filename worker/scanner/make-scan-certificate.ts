// Job make-scan-certificate (ARCHITECTURE.md#scan-certificate): a one-use key for one transfer. The private half is
// kept first; then the certificate becomes known together with its log entry, in one transaction. Cut off between the
// two, the key that nobody knows of ends after a day, and the next try makes another.
import type { JobPayload } from '#contract/jobs.ts'
import { encodeDocument, type SignedBytes } from '#domain/document.ts'
import { addSeconds, clockSkewSeconds } from '#domain/time.ts'
import type { NewScanCertificate } from '#domain/transfers/changes.ts'
import { decideAddScanCertificate } from '#domain/transfers/decisions/decide-scan-certificate.ts'
import { scanCertificate, scanKeyLifeSeconds } from '#domain/transfers/documents/scan-certificate.ts'
import { liveScanCertificate, mayHaveScanCertificate } from '#domain/transfers/transfer.ts'
import type { Fingerprint, TransferId } from '#domain/values.ts'
import { generateScanKey, type KeyPair } from '#openpgp/keys.ts'
import { signDetached } from '#openpgp/signatures.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import { readTransfer, type ScannerAdapters, scannerCaller } from './adapters.ts'

export async function makeScanCertificate(
  adapters: ScannerAdapters,
  { transfer, correlation }: JobPayload<'make-scan-certificate'>,
): Promise<void> {
  await adapters.withLock(`scan-certificate ${transfer}`, async () => {
    const facts = await readTransfer(adapters, transfer)
    if (!mayHaveScanCertificate(facts)) return
    const live = liveScanCertificate(facts, adapters.now())
    if (live && (await adapters.vault.find(live.fingerprint))) return
    const made = await make(adapters, transfer)
    await adapters.vault.keep(made.certificate.fingerprint, made.privateKey)
    const outcome = await adapters.commit({
      caller: scannerCaller(correlation),
      load: (tx) => requireTransferFacts(tx, transfer),
      decide: (facts, at) => decideAddScanCertificate(facts, made.certificate, at),
    })
    if (!outcome.ok) await adapters.vault.destroy(made.certificate.fingerprint)
  })
}

async function make(adapters: ScannerAdapters, transfer: TransferId) {
  const at = adapters.now()
  // A sender's clock may be behind: the key is already valid on it.
  const from = addSeconds(at, -clockSkewSeconds)
  const key = await generateScanKey({ transfer, at: from, expiresAfterSeconds: scanKeyLifeSeconds })
  const fingerprint = key.fingerprint as Fingerprint
  const encryptionSubkey = key.encryptionSubkey as Fingerprint
  const expires = addSeconds(from, scanKeyLifeSeconds)
  const statement = { transfer, fingerprint, encryptionSubkey, issued: at, expires }
  const certificate: NewScanCertificate = {
    fingerprint,
    transfer,
    encryptionSubkey,
    certificate: new Uint8Array(key.certificate),
    signed: await sign(adapters, statement),
    authority: adapters.authority.fingerprint,
    authorityBytes: adapters.authority.certificate,
    expiresAt: expires,
  }
  return { certificate, privateKey: key.privateKey satisfies KeyPair['privateKey'] }
}

type Statement = Omit<Parameters<typeof encodeDocument<typeof scanCertificate>>[1], 'type' | 'origin'>

async function sign({ origin, authority, now }: ScannerAdapters, statement: Statement): Promise<SignedBytes> {
  const bytes = encodeDocument(scanCertificate, { type: 'safehand.scan-certificate/1', origin, ...statement })
  const signature = await signDetached({ bytes, key: authority.privateKey, at: now() })
  return { bytes, signature: new Uint8Array(signature) }
}
