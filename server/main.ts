// Wiring: settings -> adapters -> services -> listen; on SIGTERM no new requests, those under way are answered.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { publicKeys as publicKeysModel } from '#contract/service.ts'
import type { Instant } from '#domain/values.ts'
import { countBuffersWithHeap } from '#platform/buffers.ts'
import { systemClock } from '#platform/clock.ts'
import { createHealth } from '#platform/health.ts'
import { openLog } from '#platform/log.ts'
import { openObjectStore } from '#platform/object-store/open-store.ts'
import { endpointOf } from '#platform/object-store/settings.ts'
import { openAddress, openFolders, openLinks, refuseUnsafe } from '#platform/start-checks.ts'
import { createMetrics } from '#platform/metrics.ts'
import { startMonitor } from '#platform/monitor.ts'
import { createListener } from '#store/listen.ts'
import { createIntakeCheck } from '#store/audit.ts'
import { createCommit } from '#store/commit.ts'
import { openDatabase } from '#store/database.ts'
import { poolUse } from '#store/measures.ts'
import { agreementPages } from './agreements/pages.ts'
import { agreementUseCases } from './agreements/use-cases.ts'
import { createApp } from './app.ts'
import { auditUseCases } from './audit/use-cases.ts'
import { certificateUseCases } from './certificates/use-cases.ts'
import { readConfig, type ServerConfig } from './config.ts'
import { readAssets } from './http/assets.ts'
import { homePages } from './home/pages.ts'
import { createFramedPerson } from './identity/frame.ts'
import { identityPages } from './identity/pages.ts'
import { identityUseCases } from './identity/use-cases.ts'
import { organisationUseCases } from './organisations/use-cases.ts'
import { loadSecrets } from './secrets.ts'
import { servicePages } from './service/pages.ts'
import { serviceUseCases } from './service/use-cases.ts'
import { transferPages } from './transfers/pages.ts'
import { transferUseCases } from './transfers/use-cases.ts'
import { createUploadHandler } from './uploads/handler.ts'
import { webhookUseCases } from './webhooks/use-cases.ts'

export interface RunningServer {
  readonly url: string
  /** Where operators look, if anywhere. */
  readonly monitor?: string
  stop(): Promise<void>
}

const uploadMs = 60 * 60 * 1000
/** How long a stop waits for replies under way. */
const drainMs = 10_000

export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const log = openLog({ name: 'server', level: config.logLevel })
  const origin = config.origin
  refuseUnsafe(await unsafeSettings(config), { mode: config.mode, log })
  const secrets = await loadSecrets(config.secrets)
  const publicKeys = publicKeysModel.parse(JSON.parse(await readFile(config.publicKeys, 'utf8')))
  const clock = systemClock
  const now = () => clock.now() as Instant
  const opened = openDatabase(config.database.url, config.database)
  const { database, pool } = opened
  const objects = await openObjectStore({ settings: config.objectStore, writes: true })
  const scanCertificates = createListener(opened, 'scan_certificate')
  const isLogLate = createIntakeCheck(database, { seconds: config.logLateSeconds })
  const commit = createCommit({ database, installation: origin, now, isLogLate })

  const health = createHealth({
    database: () => pool.query('SELECT 1'),
    objects: () => objects.size('probe'),
    log: async () => {
      // While the database is away nobody knows: that part is missing then.
      if (await isLogLate().catch(() => false)) throw new Error('an entry waits for its log')
    },
  })
  const metrics = createMetrics()
  metrics.measure({
    name: 'safehand_pool_connections',
    help: 'Connections to PostgreSQL',
    label: 'state',
    read: async () => poolUse(opened),
  })

  const assets = await readAssets()
  log.info({ pages: assets.digest }, 'what browsers are given')

  const adapters = { commit, database, objects, scanCertificates, installation: origin, publicKeys, secrets, now }
  const app = createApp({
    pool,
    adapters,
    log,
    epochMs: clock.epochMs,
    publicUrl: config.url ?? null,
    trustProxy: config.trustProxy,
    sessionKey: secrets.session,
    uploads: createUploadHandler({ commit, database, objects, now }),
    health,
    metrics,
    useCases: [
      ...serviceUseCases,
      ...identityUseCases,
      ...organisationUseCases,
      ...certificateUseCases,
      ...agreementUseCases,
      ...transferUseCases,
      ...webhookUseCases,
      ...auditUseCases,
    ],
    pages: {
      assets,
      personOf: createFramedPerson(adapters),
      pages: [...homePages, ...identityPages, ...transferPages, ...agreementPages, ...servicePages],
    },
  })

  // A whole upload may take its time; headers may not (Node's own limit stays).
  const server = createServer({ requestTimeout: uploadMs }, app.express)
  server.listen(config.listen)
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const { address, port } = server.address() as AddressInfo
  const { host, port: monitorPort } = config.monitor
  const monitor =
    monitorPort === undefined ? undefined : await startMonitor({ host, port: monitorPort, metrics, health })
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    ...(monitor && { monitor: monitor.url }),
    async stop() {
      await monitor?.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(cut)
      app.close()
      await scanCertificates.close()
      await opened.close()
    },
  }
}

async function unsafeSettings(config: ServerConfig): Promise<string[]> {
  const links = [
    { name: 'DATABASE_URL', value: config.database.url },
    { name: 'S3_ENDPOINT', value: endpointOf(config.objectStore) },
  ]
  const seesProxyOnly = config.listen.host !== '127.0.0.1' && config.trustProxy.length === 0
  return [
    ...openAddress({ name: 'SAFEHAND_URL', value: config.url }),
    ...openLinks(links, config.plainHosts),
    ...(await openFolders([{ name: 'SAFEHAND_SECRETS', value: config.secrets }])),
    ...(seesProxyOnly ? ['SAFEHAND_TRUST_PROXY is empty: everyone would seem to come from one address'] : []),
  ]
}

if (import.meta.main) {
  countBuffersWithHeap()
  const server = await startServer(readConfig())
  process.stdout.write(`${JSON.stringify({ listening: server.url, monitor: server.monitor })}\n`)
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)))
  process.once('SIGINT', () => server.stop().then(() => process.exit(0)))
}
