// Settings of the housekeeper: it releases, sequences the log and sends mail, and never sees a scan key or a plaintext.
// No secret has a default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { hostNames, mode, parseSettings } from '#domain/settings.ts'
import { origin } from '#domain/values.ts'
import { objectStoreSettings } from '#platform/object-store/settings.ts'

const seconds = (usual: number) => z.coerce.number().int().min(1).max(86_400).default(usual)

const environment = z.object({
  /** Logs in as safehand_housekeeper. Known to this process and the database. */
  DATABASE_URL: z.url(),
  /** A statement that takes longer is given up, and so is a connection on which nobody answers for as long. */
  SAFEHAND_DATABASE_SECONDS: z.coerce.number().int().min(1).max(600).default(60),
  /** The queue's Redis. Jobs hold ids only; it may lose them at any time. */
  REDIS_URL: z.url(),
  SAFEHAND_QUEUE_PREFIX: z.string().min(1).default('safehand'),
  /** The mail server learns who is told that something waits. */
  SMTP_URL: z.url(),
  SAFEHAND_MAIL_FROM: z.email().optional(),
  /** The installation's fixed name; public. */
  SAFEHAND_ORIGIN: origin,
  /** Where people sign in, for the link in a mail; public. */
  SAFEHAND_URL: z.url(),
  /** The bodies: ciphertext, and what has ended is deleted. A folder, or a bucket of S3; the server's. */
  SAFEHAND_OBJECTS: z.string().min(1).optional(),
  S3_BUCKET: z.string().min(1).optional(),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().min(1).optional(),
  S3_PATH_STYLE: z.stringbool().optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_KEY_FILE: z.string().min(1).optional(),
  /** How long backups of the database are kept, as each destruction certificate says. */
  SAFEHAND_BACKUP_DAYS: z.coerce.number().int().min(0).max(35).default(35),
  /** Folder with log.key and housekeeper.pgp. Known to this process alone: checkpoints and certificates are signed with them. */
  SAFEHAND_KEYS: z.string().min(1),
  /** Folder with webhooks.key, the same as the server's: messages to webhooks are signed by what follows from it. Unset: none are sent. */
  SAFEHAND_SECRETS: z.string().min(1).optional(),
  /** Private networks whose webhooks may be asked, `10.1.0.0/16`, separated by commas: administrators can reach into them. */
  SAFEHAND_WEBHOOK_NETWORKS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter(Boolean)),
  /** How often states without a job are looked for, and how long one may stand still before. */
  SAFEHAND_RECONCILE_EVERY_SECONDS: seconds(60),
  SAFEHAND_RECONCILE_AFTER_SECONDS: seconds(120),
  /**
   * Folder for the copy of the logs, on another machine: what a restored database is held against
   * (ARCHITECTURE.md#copy-of-the-logs). Who can write there could hide that a backup is old; who reads it sees what the
   * logs say, without the names behind it.
   */
  SAFEHAND_LOG_COPY: z.string().min(1).optional(),
  /** `production` does not start with an unsafe setting (platform/start-checks.ts); `demo` warns. */
  SAFEHAND_MODE: mode,
  /** Hosts reached without TLS, over a network that the service's own machines alone are on; separated by commas. */
  SAFEHAND_PLAIN_HOSTS: hostNames,
  /** Metrics and health for operators, without asking who they are: never reachable from outside. Unset: none. */
  SAFEHAND_MONITOR_HOST: z.string().default('127.0.0.1'),
  SAFEHAND_MONITOR_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  SAFEHAND_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
})

export type Config = ReturnType<typeof readConfig>

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig() {
  const env = parseSettings(environment, process.env)
  return {
    database: { url: env.DATABASE_URL, statementSeconds: env.SAFEHAND_DATABASE_SECONDS },
    queue: { url: env.REDIS_URL, prefix: env.SAFEHAND_QUEUE_PREFIX },
    smtpUrl: env.SMTP_URL,
    mailFrom: env.SAFEHAND_MAIL_FROM ?? `safehand@${env.SAFEHAND_ORIGIN}`,
    origin: env.SAFEHAND_ORIGIN,
    url: env.SAFEHAND_URL,
    keys: env.SAFEHAND_KEYS,
    objectStore: objectStoreSettings(env),
    backupDays: env.SAFEHAND_BACKUP_DAYS,
    ownKey: new Uint8Array(readFileSync(join(env.SAFEHAND_KEYS, 'housekeeper.pgp'))),
    logSeed: readSeed(join(env.SAFEHAND_KEYS, 'log.key')),
    reconcileEverySeconds: env.SAFEHAND_RECONCILE_EVERY_SECONDS,
    reconcileAfterSeconds: env.SAFEHAND_RECONCILE_AFTER_SECONDS,
    logCopy: env.SAFEHAND_LOG_COPY ?? null,
    mode: env.SAFEHAND_MODE,
    plainHosts: env.SAFEHAND_PLAIN_HOSTS,
    webhooks: {
      key: env.SAFEHAND_SECRETS === undefined ? null : readFileSync(join(env.SAFEHAND_SECRETS, 'webhooks.key')),
      networks: env.SAFEHAND_WEBHOOK_NETWORKS,
    },
    secrets: env.SAFEHAND_SECRETS,
    monitor: { host: env.SAFEHAND_MONITOR_HOST, port: env.SAFEHAND_MONITOR_PORT },
    logLevel: env.SAFEHAND_LOG_LEVEL,
  }
}

/** Base64 of 32 octets. */
function readSeed(path: string): Uint8Array {
  return Uint8Array.fromBase64(readFileSync(path, 'utf8').trim())
}
