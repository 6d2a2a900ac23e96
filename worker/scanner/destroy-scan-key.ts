// Job destroy-scan-key (DESIGN 4.6 ii): the seal. Deleted, absence checked, and only then recorded: a row that says so
// is believed by everything that follows. Each step may be repeated.
import type { JobPayload } from '#contract/jobs.ts'
import { decideDestroyScanKey, mayDestroyScanKey } from '#domain/transfers/decide-scan.ts'
import { loadTransferFacts } from '#store/transfers.ts'
import { found, readTransfer, type ScannerParts, scannerCaller } from './parts.ts'

export async function destroyScanKey(
  parts: ScannerParts,
  { transfer, fingerprint, correlation }: JobPayload<'destroy-scan-key'>,
): Promise<void> {
  const facts = await readTransfer(parts, transfer)
  const certificate = facts.scanCertificates.find((one) => one.fingerprint === fingerprint)
  if (!certificate || !mayDestroyScanKey(facts, certificate, parts.now())) return
  await parts.vault.destroy(fingerprint)
  await parts.commit({
    caller: scannerCaller(correlation),
    load: (tx) => loadTransferFacts(tx, transfer).then(found(transfer)),
    decide: (again, at) => decideDestroyScanKey(again, fingerprint, at),
  })
}
