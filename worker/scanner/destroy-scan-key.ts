// Job destroy-scan-key (ARCHITECTURE.md#seal): the seal. Deleted, absence checked, and only then recorded: a row that
// says so is believed by everything that follows. Each step may be repeated.
import type { JobPayload } from '#contract/jobs.ts'
import { decideDestroyScanKey, mayDestroyScanKey } from '#domain/transfers/decisions/decide-scan.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import { readTransfer, type ScannerParts, scannerCaller } from './parts.ts'

type Payload = JobPayload<'destroy-scan-key'>

export async function destroyScanKey(parts: ScannerParts, payload: Payload): Promise<void> {
  await parts.withLock(`scan-key ${payload.fingerprint}`, () => seal(parts, payload))
}

async function seal(parts: ScannerParts, { transfer, fingerprint, correlation }: Payload): Promise<void> {
  const facts = await readTransfer(parts, transfer)
  const certificate = facts.scanCertificates.find((one) => one.fingerprint === fingerprint)
  if (!certificate || !mayDestroyScanKey(facts, certificate, parts.now())) return
  await parts.vault.destroy(fingerprint)
  await parts.commit({
    caller: scannerCaller(correlation),
    load: (tx) => requireTransferFacts(tx, transfer),
    decide: (again, at) => decideDestroyScanKey(again, fingerprint, at),
  })
}
