// The housekeeper: settings -> adapters -> jobs and loops. Everything it does can be done by the next one.
import type { CorrelationId, Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { ed25519Key, randomId } from '#platform/crypto.ts'
import { type Log, openLog } from '#platform/log.ts'
import { folderLogCopy } from '#platform/log-copy.ts'
import { openMailer } from '#platform/mail.ts'
import { openQueues, workQueue } from '#platform/queue.ts'
import { openAddress, openFolders, openLinks, refuseUnsafe } from '#platform/start-checks.ts'
import { createCommit } from '#store/commit.ts'
import { openDatabase } from '#store/database.ts'
import { requireOpen } from '#store/restore.ts'
import { run } from '../run.ts'
import { requireNewest, startLogCopy } from './audit/copy.ts'
import { startSequencer } from './audit/sequencer.ts'
import { type Config, readConfig } from './config.ts'
import { housekeeperProcessors } from './jobs.ts'
import { startReconciler, startRelay } from './loops.ts'

const now = () => systemClock.now() as Instant

/** Jobs worked on at once: they wait for the database and the mail server. */
const concurrency = 4

async function start(config: Config, log: Log): Promise<() => Promise<void>> {
  refuseUnsafe(await unsafeSettings(config), { mode: config.mode, log })
  const onError = (error: Error) => log.warn({ error: error.message }, 'redis')
  const { database, connect, close } = openDatabase(config.databaseUrl)
  const copy = config.logCopy === null ? null : folderLogCopy(config.logCopy)
  if (copy) await requireNewest(database, copy)
  await requireOpen(database)
  const queues = openQueues({ ...config.queue, onError })
  const mailer = openMailer({ url: config.smtpUrl, from: config.mailFrom })
  const newId = () => randomId() as CorrelationId
  const commit = createCommit({ database, installation: config.origin, now })
  const { origin, url } = config
  const parts = { database, connect, commit, now, newId, queues, mailer, origin, url, log }
  const work = workQueue({
    queue: 'housekeeper',
    processors: housekeeperProcessors(parts),
    concurrency,
    ...config.queue,
    onError,
    onFailed: ({ error, ...job }) => log.warn({ ...job, error: error.message }, 'a job is tried again later'),
  })
  const { reconcileEverySeconds: everySeconds, reconcileAfterSeconds: afterSeconds } = config
  const loops = [
    startSequencer({ database, connect, key: ed25519Key(config.logSeed), log }),
    ...(copy ? [startLogCopy({ database, connect, copy, log })] : []),
    startRelay(parts),
    startReconciler(parts, { everySeconds, afterSeconds }),
  ]
  await work.ready()
  return async () => {
    await work.close()
    await Promise.all(loops.map((loop) => loop.stop()))
    await queues.close()
    mailer.close()
    await close()
  }
}

async function unsafeSettings(config: Config): Promise<string[]> {
  const links = [
    { name: 'DATABASE_URL', value: config.databaseUrl },
    { name: 'REDIS_URL', value: config.queue.url },
    { name: 'SMTP_URL', value: config.smtpUrl },
  ]
  return [
    ...openAddress({ name: 'SAFEHAND_URL', value: config.url }),
    ...openLinks(links, config.plainHosts),
    ...(await openFolders([{ name: 'SAFEHAND_KEYS', value: config.keys }])),
    ...(config.logCopy === null
      ? ['SAFEHAND_LOG_COPY is not set: after a restore nobody could tell what the backup has forgotten']
      : []),
  ]
}

const config = readConfig()
await run(() => start(config, openLog({ name: 'housekeeper', level: config.logLevel })))
