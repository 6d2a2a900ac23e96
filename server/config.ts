// The server's settings. Each says who is trusted with it; there is no default for anything secret. Values come from
// the environment; secrets themselves are in files, so that they stand in no process list.
import * as z from 'zod'
import { hostNames, mode, parseSettings } from '#domain/settings.ts'
import { origin } from '#domain/values.ts'
import { type ObjectStoreSettings, objectStoreSettings } from '#platform/object-store/settings.ts'

const path = z.string().min(1)

const serverConfig = z.object({
  /** PostgreSQL as safehand_server: reads and writes what people do; cannot write verdicts, nor change the log. */
  DATABASE_URL: z.url(),
  /** A statement that takes longer is given up, and so is a connection on which nobody answers for as long. */
  SAFEHAND_DATABASE_SECONDS: z.coerce.number().int().min(1).max(600).default(60),
  /** The installation's fixed name. Public; every signed document carries it, so it never changes. */
  SAFEHAND_ORIGIN: origin,
  /** Where people reach the service. Public; https turns on `__Host-` cookies and HSTS. */
  SAFEHAND_URL: z.url().optional(),
  /** The address to listen on; all others are the proxy's business. */
  SAFEHAND_HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free one and says which. */
  SAFEHAND_PORT: z.coerce.number().int().min(0).max(65_535).default(8480),
  /** Addresses of proxies whose X-Forwarded-For is believed, separated by commas: they can pretend any address. */
  SAFEHAND_TRUST_PROXY: hostNames,
  /** Folder of the file store: ciphertext only. This, or a bucket of S3. */
  SAFEHAND_OBJECTS: path.optional(),
  /** A bucket of S3 instead, unversioned: ciphertext only. Who may read it learns sizes and times. */
  S3_BUCKET: path.optional(),
  /** Where S3 is; unset: AWS, by its region. */
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: path.optional(),
  /** Whether the bucket stands in the path, not in the host name; where it is not said, with S3_ENDPOINT it does. */
  S3_PATH_STYLE: z.stringbool().optional(),
  S3_ACCESS_KEY_ID: path.optional(),
  /** File with the secret access key: to write, read and delete in the bucket. */
  S3_SECRET_KEY_FILE: path.optional(),
  /** The public halves of all service keys (scripts/service-keys.ts). */
  SAFEHAND_PUBLIC_KEYS: path,
  /** Folder with session.key, totp.key, tokens.key and webhooks.key (server/secrets.ts): with the database, sign-in as anyone. */
  SAFEHAND_SECRETS: path,
  /** An entry that waits longer for its log ends everything until it is there (ARCHITECTURE.md#fail-closed). */
  SAFEHAND_LOG_LATE_SECONDS: z.coerce.number().int().min(1).max(3600).default(60),
  /** `production` does not start with an unsafe setting (platform/start-checks.ts); `demo` warns. */
  SAFEHAND_MODE: mode,
  /** Hosts reached without TLS, over a network that the service's own machines alone are on; separated by commas. */
  SAFEHAND_PLAIN_HOSTS: hostNames,
  /** Metrics and health for operators, without asking who they are: never reachable from outside. Unset: none. */
  SAFEHAND_MONITOR_HOST: z.string().default('127.0.0.1'),
  SAFEHAND_MONITOR_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  SAFEHAND_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
})
export type ServerConfig = z.output<typeof serverConfig> & { readonly objectStore: ObjectStoreSettings }

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ServerConfig {
  const settings = parseSettings(serverConfig, environment)
  return { ...settings, objectStore: objectStoreSettings(settings) }
}
