// Job destroy-scan-key (ARCHITECTURE.md#seal): the seal. Deleted, absence checked, and only then recorded: a row that
// says so is believed by everything that follows. Each step may be repeated.
import type { JobPayload } from '#contract/jobs.ts'
import { decideDestroyScanKey, mayDestroyScanKey } from '#domain/transfers/decisions/decide-scan.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import { readTransfer, type ScannerAdapters, scannerCaller } from './adapters.ts'

type Payload = JobPayload<'destroy-scan-key'>

export async function destroyScanKey(adapters: ScannerAdapters, payload: Payload): Promise<void> {
  await adapters.withLock(`scan-key ${payload.fingerprint}`, () => seal(adapters, payload))
}

async function seal(adapters: ScannerAdapters, { transfer, fingerprint, correlation }: Payload): Promise<void> {
  const facts = await readTransfer(adapters, transfer)
  const certificate = facts.scanCertificates.find((one) => one.fingerprint === fingerprint)
  if (!certificate || !mayDestroyScanKey(facts, certificate, adapters.now())) return
  await adapters.vault.destroy(fingerprint)
  await adapters.commit({
    caller: scannerCaller(correlation),
    load: (tx) => requireTransferFacts(tx, transfer),
    decide: (again, at) => decideDestroyScanKey(again, fingerprint, at),
  })
}
