// The scanner: settings -> adapters -> jobs. It refuses to start where plaintext or scan keys could reach a disk.
import type { Instant } from '#domain/values.ts'
import { countBuffersWithHeap } from '#platform/buffers.ts'
import { clamdVersion, pingClamd } from '#platform/clamd.ts'
import { systemClock } from '#platform/clock.ts'
import { type Log, openLog } from '#platform/log.ts'
import { createMetrics, type Metrics } from '#platform/metrics.ts'
import { endpointOf } from '#platform/object-store/settings.ts'
import { openObjectStore } from '#platform/object-store/open-store.ts'
import { workQueue } from '#platform/queue.ts'
import { openScanKeys } from '#platform/scan-keys.ts'
import { openFolders, openLinks, refuseUnsafe } from '#platform/start-checks.ts'
import { createCommit } from '#store/commit.ts'
import { type OpenDatabase, openDatabase } from '#store/database.ts'
import { poolUse } from '#store/measures.ts'
import { requireOpen } from '#store/restore.ts'
import { run, type Started } from '../run.ts'
import { openMonitor, measured } from '../monitor.ts'
import { openServiceKey } from '../service-key.ts'
import { type Config, readConfig } from './config.ts'
import { scannerProcessors } from './jobs.ts'
import { createKeyVault } from './key-vault.ts'
import { sweepMemory } from './readiness.ts'
import { clamdWindows } from './scan-windows.ts'
import { waysToDisk } from './swap-and-cores.ts'

const now = () => systemClock.now() as Instant

async function start(config: Config, log: Log): Promise<Started> {
  refuseUnsafe([...(await waysToDisk()), ...(await unsafeSettings(config))], { mode: config.mode, log })
  await sweepMemory(config.memory, systemClock.epochMs())
  const onError = (error: Error) => log.warn({ error: error.message }, 'redis')
  const scanKeys = await openScanKeys({ url: config.scanKeysUrl, onError })
  const opened = openDatabase(config.database.url, config.database)
  const { database, withLock, close } = opened
  await requireOpen(database)
  const objects = await openObjectStore({ settings: config.objectStore, writes: false })
  const metrics = createMetrics()
  const processors = scannerProcessors({
    database,
    withLock,
    commit: createCommit({ database, installation: config.origin, now }),
    origin: config.origin,
    now,
    objects,
    vault: createKeyVault({ scanKeys, wrappingKey: config.wrappingKey }),
    authority: await openServiceKey(config.authorityKey, { name: 'the scan authority’s key', at: now() }),
    clamd: config.clamd,
    memory: config.memory,
    signaturesDays: config.signaturesDays,
    localSignatures: config.mode === 'demo',
    windows: clamdWindows,
    metrics,
    log,
  })
  const work = workQueue({
    queue: 'scanner',
    processors: measured(processors, { log, metrics }),
    concurrency: config.scans,
    ...config.queue,
    onError,
    onFailed: ({ error, ...job }) => log.warn({ ...job, error: error.message }, 'a job is tried again later'),
  })
  measureScanner(metrics, { config, opened })
  const monitor = await openMonitor(config.monitor, {
    metrics,
    checks: {
      database: () => opened.pool.query('SELECT 1'),
      redis: work.ping,
      'scan-keys': () => scanKeys.exists('0'.repeat(32)),
      objects: () => objects.size('probe'),
      clamd: () => pingClamd(config.clamd),
    },
  })
  await work.ready()
  return {
    ...(monitor && { monitor: monitor.url }),
    async stop() {
      await monitor?.close()
      await work.close()
      scanKeys.close()
      await close()
    },
  }
}

async function unsafeSettings({ database, queue, scanKeysUrl, clamd, ...config }: Config): Promise<string[]> {
  const links = [
    { name: 'DATABASE_URL', value: database.url },
    { name: 'REDIS_URL', value: queue.url },
    { name: 'SCAN_KEYS_URL', value: scanKeysUrl },
    { name: 'S3_ENDPOINT', value: endpointOf(config.objectStore) },
    // clamd speaks no TLS, and what it is told is the plaintext.
    { name: 'CLAMD_HOST', value: 'host' in clamd ? `clamd://${clamd.host}` : undefined },
  ]
  const folders = [
    { name: 'SAFEHAND_KEYS', value: config.keys },
    { name: 'SAFEHAND_SECRETS', value: config.secrets },
  ]
  return [...openLinks(links, config.plainHosts), ...(await openFolders(folders))]
}

function measureScanner(
  metrics: Metrics,
  { config, opened }: { readonly config: Config; readonly opened: OpenDatabase },
): void {
  metrics.measure({
    name: 'safehand_pool_connections',
    help: 'Connections to PostgreSQL',
    label: 'state',
    read: async () => poolUse(opened),
  })
  metrics.measure({
    name: 'safehand_signatures_age_seconds',
    help: 'Age of the virus signatures; NaN where clamd does not say',
    read: async () => (systemClock.epochMs() - ((await clamdVersion(config.clamd)).signaturesAt ?? Number.NaN)) / 1000,
  })
}

countBuffersWithHeap()
const config = readConfig()
await run(() => start(config, openLog({ name: 'scanner', level: config.logLevel })))
