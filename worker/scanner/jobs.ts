// The scanner's jobs: each name with its payload and its processor. A payload that is not as the contract says is an
// error of ours, and fails.
import { jobs } from '#contract/jobs.ts'
import type { Processors } from '#platform/queue.ts'
import { destroyScanKey } from './destroy-scan-key.ts'
import { makeScanCertificate } from './make-scan-certificate.ts'
import type { ScannerAdapters } from './adapters.ts'
import { scanTransfer } from './scan-transfer.ts'

export function scannerProcessors(adapters: ScannerAdapters): Processors {
  return {
    'make-scan-certificate': (data) => makeScanCertificate(adapters, jobs['make-scan-certificate'].parse(data)),
    'scan-transfer': (data) => scanTransfer(adapters, jobs['scan-transfer'].parse(data)),
    'destroy-scan-key': (data) => destroyScanKey(adapters, jobs['destroy-scan-key'].parse(data)),
  }
}
