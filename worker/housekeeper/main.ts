// The housekeeper: settings -> adapters -> jobs and loops. Everything it does can be done by the next one.
import type { CorrelationId, Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { ed25519Key, randomId } from '#platform/crypto.ts'
import { type Log, openLog } from '#platform/log.ts'
import { folderLogCopy } from '#platform/log-copy.ts'
import { guardOf } from '#platform/outbound-http.ts'
import { createMetrics, type Measure, type Metrics } from '#platform/metrics.ts'
import { openMailer } from '#platform/mail.ts'
import { endpointOf } from '#platform/object-store/settings.ts'
import { openObjectStore } from '#platform/object-store/open-store.ts'
import { openAddress, openFolders, openLinks, refuseUnsafe } from '#platform/start-checks.ts'
import { type JobQueues, openQueues, workQueue } from '#platform/queue.ts'
import { createCommit } from '#store/commit.ts'
import { type OpenDatabase, openDatabase } from '#store/database.ts'
import { isLockHeld, loadBacklog, poolUse } from '#store/measures.ts'
import { requireOpen } from '#store/restore.ts'
import { run, type Started } from '../run.ts'
import { openMonitor, measured } from '../monitor.ts'
import { requireNewest, startLogCopy } from './audit/copy.ts'
import { openServiceKey } from '../service-key.ts'
import { startSequencer } from './audit/sequencer.ts'
import { type Config, readConfig } from './config.ts'
import { startPruning } from './prune.ts'
import { housekeeperProcessors } from './jobs.ts'
import { type Loop, loopLock } from './loop.ts'
import { startReconciler, startRelay } from './loops.ts'
import { startSweeper } from './uploads.ts'
import type { HousekeeperAdapters } from './adapters.ts'
import { startWebhooks } from './webhooks/deliver.ts'

const now = () => systemClock.now() as Instant

/** Jobs worked on at once: they wait for the database and the mail server. */
const concurrency = 4

async function start(config: Config, log: Log): Promise<Started> {
  refuseUnsafe(await unsafeSettings(config), { mode: config.mode, log })
  const onError = (error: Error) => log.warn({ error: error.message }, 'redis')
  const opened = openDatabase(config.database.url, config.database)
  const { database, connect, withLock, close } = opened
  const metrics = createMetrics()
  const copy = config.logCopy === null ? null : folderLogCopy(config.logCopy)
  if (copy) await requireNewest(database, copy)
  await requireOpen(database)
  const queues = openQueues({ ...config.queue, onError })
  const mailer = openMailer({ url: config.smtpUrl, from: config.mailFrom })
  const newId = () => randomId() as CorrelationId
  const commit = createCommit({ database, installation: config.origin, now })
  const { origin, url } = config
  const objects = await openObjectStore({ settings: config.objectStore, writes: true })
  const ownKey = await openServiceKey(config.ownKey, { name: 'the housekeeper’s key', at: now() })
  const { backupDays } = config
  const own = { objects, ownKey, backupDays }
  const adapters = { ...own, database, connect, withLock, commit, now, newId, queues, mailer, origin, url, log }
  const work = workQueue({
    queue: 'housekeeper',
    processors: measured(housekeeperProcessors(adapters), { log, metrics }),
    concurrency,
    ...config.queue,
    onError,
    onFailed: ({ error, ...job }) => log.warn({ ...job, error: error.message }, 'a job is tried again later'),
  })
  const { reconcileEverySeconds: everySeconds, reconcileAfterSeconds: afterSeconds } = config
  const loops = [
    startSequencer({ database, connect, key: ed25519Key(config.logSeed), log }),
    ...(copy ? [startLogCopy({ database, connect, copy, log })] : []),
    startRelay(adapters),
    ...webhookLoop(adapters, config),
    startReconciler(adapters, { everySeconds, afterSeconds }),
    // Nobody waits for what is swept, and it costs a list of the store.
    startSweeper(adapters, { everySeconds: 10 * everySeconds, afterSeconds: 10 * afterSeconds }),
    startPruning(adapters, { everySeconds: 10 * everySeconds }),
  ]
  measureHousekeeper(metrics, { opened, queues })
  const monitor = await openMonitor(config.monitor, {
    metrics,
    checks: {
      database: () => opened.pool.query('SELECT 1'),
      redis: work.ping,
      sequencer: async () => {
        if (!(await isLockHeld(database, loopLock('sequencer'))))
          throw new Error('nobody moves entries into their logs')
      },
    },
  })
  await work.ready()
  return {
    ...(monitor && { monitor: monitor.url }),
    async stop() {
      await monitor?.close()
      await work.close()
      await Promise.all(loops.map((loop) => loop.stop()))
      await queues.close()
      mailer.close()
      await close()
    },
  }
}

function webhookLoop(adapters: HousekeeperAdapters, { webhooks: { key, networks } }: Config): Loop[] {
  return key === null ? [] : [startWebhooks(adapters, { key, mayAsk: guardOf(networks) })]
}

async function unsafeSettings(config: Config): Promise<string[]> {
  const links = [
    { name: 'DATABASE_URL', value: config.database.url },
    { name: 'REDIS_URL', value: config.queue.url },
    { name: 'SMTP_URL', value: config.smtpUrl },
    { name: 'S3_ENDPOINT', value: endpointOf(config.objectStore) },
  ]
  return [
    ...openAddress({ name: 'SAFEHAND_URL', value: config.url }),
    ...openLinks(links, config.plainHosts),
    ...(await openFolders([
      { name: 'SAFEHAND_KEYS', value: config.keys },
      ...(config.secrets === undefined ? [] : [{ name: 'SAFEHAND_SECRETS', value: config.secrets }]),
    ])),
    ...(config.logCopy === null
      ? ['SAFEHAND_LOG_COPY is not set: after a restore nobody could tell what the backup has forgotten']
      : []),
  ]
}

function measureHousekeeper(
  metrics: Metrics,
  { opened, queues }: { readonly opened: OpenDatabase; readonly queues: JobQueues },
): void {
  const backlog = () => loadBacklog(opened.database)
  const measures: Measure[] = [
    {
      name: 'safehand_outbox_waiting',
      help: 'Jobs not handed to the queue',
      read: async () => (await backlog()).outbox,
    },
    {
      name: 'safehand_intake_oldest_seconds',
      help: 'How long the oldest entry has waited for its log',
      read: async () => (await backlog()).intakeAge,
    },
    { name: 'safehand_log_entries', help: 'Entries in all logs', read: async () => (await backlog()).entries },
    {
      name: 'safehand_queue_jobs',
      help: 'Jobs waiting, delayed or under way',
      label: 'queue',
      read: () => queues.waiting(['scanner', 'housekeeper']),
    },
    {
      name: 'safehand_pool_connections',
      help: 'Connections to PostgreSQL',
      label: 'state',
      read: async () => poolUse(opened),
    },
  ]
  for (const one of measures) metrics.measure(one)
}

const config = readConfig()
await run(() => start(config, openLog({ name: 'housekeeper', level: config.logLevel })))
