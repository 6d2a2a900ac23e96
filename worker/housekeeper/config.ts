// Settings of the housekeeper: it releases, sequences the log and sends mail, and never sees a scan key or a plaintext.
// No secret has a default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import {
  commaSeparated,
  objectStoreFields,
  parseSettings,
  path,
  processSettings,
  queueSettings,
} from '#domain/settings.ts'
import { processConfig } from '#platform/process-config.ts'

const seconds = (usual: number) => z.coerce.number().int().min(1).max(86_400).default(usual)

export const housekeeperSettings = z.object({
  DATABASE_URL: z.url().describe('PostgreSQL as `safehand_housekeeper`'),
  ...queueSettings,
  SMTP_URL: z.url().describe('the mail server; it learns who is told that something waits'),
  SAFEHAND_MAIL_FROM: z.email().optional().describe('the sender of mails; unset: `safehand@` and the origin'),
  SAFEHAND_URL: z.url().describe('where people sign in, for the link in a mail'),
  ...objectStoreFields,
  SAFEHAND_BACKUP_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(35)
    .default(35)
    .describe('how long backups of the database are kept; destruction certificates say it'),
  SAFEHAND_KEYS: path.describe(
    'folder with `log.key` and `housekeeper.pgp`, for this process alone: checkpoints and certificates are signed with them',
  ),
  SAFEHAND_SECRETS: path
    .optional()
    .describe("folder with `webhooks.key`, the same as the server's; unset: no webhook is told anything"),
  SAFEHAND_WEBHOOK_NETWORKS: commaSeparated.describe(
    'private networks whose webhooks may be asked, `10.1.0.0/16`, by commas: administrators can reach into them',
  ),
  SAFEHAND_RECONCILE_EVERY_SECONDS: seconds(60).describe('how often states whose job was lost are looked for'),
  SAFEHAND_RECONCILE_AFTER_SECONDS: seconds(120).describe(
    'how long one stands still before that; uploads that no row names, ten times as long',
  ),
  SAFEHAND_LOG_COPY: path
    .optional()
    .describe(
      'folder for the copy of the logs, on another machine, needed in production; a restored database is held against it. Who can write there ' +
        'could hide that a backup is old; who reads it sees what the logs say, without the names behind it',
    ),
  ...processSettings,
})

export type Config = ReturnType<typeof readConfig>

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig() {
  const env = parseSettings(housekeeperSettings, process.env)
  return {
    ...processConfig(env),
    queue: { url: env.REDIS_URL, prefix: env.SAFEHAND_QUEUE_PREFIX },
    smtpUrl: env.SMTP_URL,
    mailFrom: env.SAFEHAND_MAIL_FROM ?? `safehand@${env.SAFEHAND_ORIGIN}`,
    url: env.SAFEHAND_URL,
    keys: env.SAFEHAND_KEYS,
    backupDays: env.SAFEHAND_BACKUP_DAYS,
    ownKey: new Uint8Array(readFileSync(join(env.SAFEHAND_KEYS, 'housekeeper.pgp'))),
    logSeed: readSeed(join(env.SAFEHAND_KEYS, 'log.key')),
    reconcileEverySeconds: env.SAFEHAND_RECONCILE_EVERY_SECONDS,
    reconcileAfterSeconds: env.SAFEHAND_RECONCILE_AFTER_SECONDS,
    logCopy: env.SAFEHAND_LOG_COPY ?? null,
    webhooks: {
      key: env.SAFEHAND_SECRETS === undefined ? null : readFileSync(join(env.SAFEHAND_SECRETS, 'webhooks.key')),
      networks: env.SAFEHAND_WEBHOOK_NETWORKS,
    },
    secrets: env.SAFEHAND_SECRETS,
  }
}

/** Base64 of 32 octets. */
function readSeed(path: string): Uint8Array {
  return Uint8Array.fromBase64(readFileSync(path, 'utf8').trim())
}
