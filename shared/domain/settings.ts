// What settings of several processes have in common. Which process has which others, and why, stands in its config.ts. The
// description of each is what operators read (scripts/settings-page.ts); it says who is trusted with it.
import * as z from 'zod'
import { origin } from './values.ts'

export const path = z.string().min(1)
const named = z.string().min(1).optional()
const port = z.coerce.number().int().min(0).max(65_535)

const mode = z.enum(['production', 'demo']).default('production')
export type Mode = z.output<typeof mode>

/** Separated by commas; none when empty. */
export const commaSeparated = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))

/** Of every process. */
export const processSettings = {
  SAFEHAND_DATABASE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe('a statement that takes longer is given up, and a connection on which nobody answers for as long'),
  SAFEHAND_ORIGIN: origin.describe(
    "the installation's fixed name, without scheme or port. Public: every signed document carries it, so it never changes",
  ),
  SAFEHAND_MODE: mode.describe('`production` does not start with an unsafe setting; `demo` warns'),
  SAFEHAND_PLAIN_HOSTS: commaSeparated.describe(
    "hosts reached without TLS, over a network that the service's own machines alone are on; by commas",
  ),
  SAFEHAND_MONITOR_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('where metrics and health are for operators; it asks nobody who they are: never reachable from outside'),
  SAFEHAND_MONITOR_PORT: port.optional().describe('the port of that listener; 0 takes a free one, unset: no listener'),
  SAFEHAND_LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('`silent`, `error`, `warn`, `info` or `debug`'),
}

/** Where ciphertext is: a folder or a bucket. Who may read it learns sizes and times. */
export const objectStoreFields = {
  SAFEHAND_OBJECTS: named.describe('folder of ciphertext: this, or `S3_BUCKET`; the same for all three processes'),
  S3_BUCKET: named.describe('a bucket of S3 instead, of its own and without versions'),
  S3_ENDPOINT: z.url().optional().describe('where S3 is; unset: AWS, by its region'),
  S3_REGION: named.describe('its region; with `S3_ENDPOINT` `us-east-1` unless set'),
  S3_PATH_STYLE: z
    .stringbool()
    .optional()
    .describe('whether the bucket stands in the path, not in the host name; unset: it does with `S3_ENDPOINT`'),
  S3_ACCESS_KEY_ID: named.describe('an access key that may write, read, list and delete in the bucket'),
  S3_SECRET_KEY_FILE: named.describe('file with its secret'),
}

const common = z.object({ DATABASE_URL: z.url(), ...processSettings, ...objectStoreFields })
export type CommonSettings = z.output<typeof common>

/** The queue, between housekeeper and scanner. */
export const queueSettings = {
  REDIS_URL: z.url().describe("the queue's Redis. Jobs hold ids only; it may lose them at any time"),
  SAFEHAND_QUEUE_PREFIX: z.string().min(1).default('safehand').describe('the same for scanner and housekeeper'),
}

/** Throws an Error that names each setting which is missing or wrong, never its value. */
export function parseSettings<S extends z.ZodType>(schema: S, environment: unknown): z.output<S> {
  const parsed = schema.safeParse(environment)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  throw new Error(`These settings are missing or wrong:\n${problems.join('\n')}`)
}
