// What the scanner's jobs work with: the adapters that main.ts opened, and nothing that this process must not have.
import type { Caller } from '#domain/caller.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { CorrelationId, Instant, Origin, TransferId } from '#domain/values.ts'
import type { ClamdAddress } from '#platform/clamd.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Commit } from '#store/commit.ts'
import type { OpenDatabase } from '#store/database.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import type { ServiceKey } from '../service-key.ts'
import type { KeyVault } from './key-vault.ts'
import type { Windows } from './scan-windows.ts'

export interface ScannerAdapters extends Pick<OpenDatabase, 'database' | 'withLock'> {
  readonly commit: Commit
  readonly origin: Origin
  readonly now: () => Instant
  readonly objects: ObjectStore
  readonly vault: KeyVault
  /** The scan authority that agreements name: it says which scan certificate belongs to which transfer. */
  readonly authority: ServiceKey
  readonly clamd: ClamdAddress
  /** clamd's temporary folder. */
  readonly memory: string
  readonly signaturesDays: number
  /** Whether clamd may run with a base of one's own and no other, as in a demo: it finds next to nothing. */
  readonly localSignatures: boolean
  readonly windows: Windows
  readonly metrics: Pick<Metrics, 'scan'>
  readonly log: Log
}

export function scannerCaller(correlation: CorrelationId): Caller {
  return {
    actor: { kind: 'service', name: 'scanner' },
    client: 'scanner',
    session: null,
    address: null,
    correlation,
  }
}

/** How things stand, to see what is to be done; what is done about it is decided again inside its commit. */
export async function readTransfer({ database }: ScannerAdapters, id: TransferId): Promise<TransferFacts> {
  return database.transaction().execute((tx) => requireTransferFacts(tx, id))
}
