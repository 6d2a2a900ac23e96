// The server's settings. Each says who is trusted with it; there is no default for anything secret. Values come from
// the environment; secrets themselves are in files, so that they stand in no process list.
import * as z from 'zod'
import { commaSeparated, objectStoreFields, parseSettings, path, processSettings } from '#domain/settings.ts'
import { processConfig } from '#platform/process-config.ts'

export const serverSettings = z.object({
  DATABASE_URL: z
    .url()
    .describe('PostgreSQL as `safehand_server`: reads and writes what people do, and neither verdicts nor the log'),
  SAFEHAND_URL: z
    .url()
    .optional()
    .describe('where people reach it; https turns on `__Host-` cookies and HSTS. Needed in production; unset: http'),
  SAFEHAND_HOST: z
    .string()
    .default('127.0.0.1')
    .describe("the address to listen on; all others are the proxy's business"),
  SAFEHAND_PORT: z.coerce.number().int().min(0).max(65_535).default(8480).describe('0 takes a free one and says which'),
  SAFEHAND_TRUST_PROXY: commaSeparated.describe(
    'addresses of proxies whose `X-Forwarded-For` is believed, by commas: they can pretend any address',
  ),
  ...objectStoreFields,
  SAFEHAND_PUBLIC_KEYS: path.describe('the file `public.json` of `scripts/service-keys.ts`'),
  SAFEHAND_SECRETS: path.describe(
    'folder with `session.key`, `totp.key`, `tokens.key`, `webhooks.key`. Who has it and the database signs in as anyone',
  ),
  SAFEHAND_LOG_LATE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe('an entry that waits longer for its log ends everything, with 503, until it is there'),
  ...processSettings,
})
export type ServerConfig = ReturnType<typeof readConfig>

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const env = parseSettings(serverSettings, environment)
  return {
    ...processConfig(env),
    url: env.SAFEHAND_URL,
    listen: { host: env.SAFEHAND_HOST, port: env.SAFEHAND_PORT },
    trustProxy: env.SAFEHAND_TRUST_PROXY,
    publicKeys: env.SAFEHAND_PUBLIC_KEYS,
    secrets: env.SAFEHAND_SECRETS,
    logLateSeconds: env.SAFEHAND_LOG_LATE_SECONDS,
  }
}
