// Settings of the scanner. It reads hostile files, so it is trusted with little: its own database role, the scan keys,
// the scan authority. No mail, no log key, no session. No secret has a default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { hostNames, mode, parseSettings } from '#domain/settings.ts'
import { origin } from '#domain/values.ts'
import type { ClamdAddress } from '#platform/clamd.ts'
import { objectStoreSettings } from '#platform/object-store/settings.ts'

const environment = z
  .object({
    /** Logs in as safehand_scanner. Known to this process and the database. */
    DATABASE_URL: z.url(),
    /** A statement that takes longer is given up, and so is a connection on which nobody answers for as long. */
    SAFEHAND_DATABASE_SECONDS: z.coerce.number().int().min(1).max(600).default(60),
    /** The queue's Redis. Jobs hold ids only; who reads them learns that something is scanned. */
    REDIS_URL: z.url(),
    SAFEHAND_QUEUE_PREFIX: z.string().min(1).default('safehand'),
    /** The scan keys' own Redis. Known to this process alone: who reads it opens what waits for its scan. */
    SCAN_KEYS_URL: z.url(),
    /** clamd is trusted with the plaintext. Its socket belongs to this process's user. */
    CLAMD_SOCKET: z.string().min(1).optional(),
    CLAMD_HOST: z.string().min(1).optional(),
    CLAMD_PORT: z.coerce.number().int().positive().optional(),
    /** clamd's temporary folder, on a memory file system: plaintext lies there while it is scanned. */
    SAFEHAND_SCAN_MEMORY: z.string().min(1),
    /** The installation's fixed name; public. */
    SAFEHAND_ORIGIN: origin,
    /** The bodies: ciphertext. A folder, or a bucket of S3; the server's, to be read and no more. */
    SAFEHAND_OBJECTS: z.string().min(1).optional(),
    S3_BUCKET: z.string().min(1).optional(),
    S3_ENDPOINT: z.url().optional(),
    S3_REGION: z.string().min(1).optional(),
    S3_PATH_STYLE: z.stringbool().optional(),
    /** A key of the scanner's own, that may only read the bucket, is enough. */
    S3_ACCESS_KEY_ID: z.string().min(1).optional(),
    S3_SECRET_KEY_FILE: z.string().min(1).optional(),
    /** Folder with scan-authority.pgp. Known to this process alone: clients wrap for what it signs. */
    SAFEHAND_KEYS: z.string().min(1),
    /** Folder with scan-keys.key, under which scan keys are wrapped. Known to this process alone. */
    SAFEHAND_SECRETS: z.string().min(1),
    /** `production` does not start with an unsafe setting, nor where plaintext could reach a disk; `demo` warns. */
    SAFEHAND_MODE: mode,
    /** Hosts reached without TLS, over a network that the service's own machines alone are on; separated by commas. */
    SAFEHAND_PLAIN_HOSTS: hostNames,
    /** Transfers scanned at once. */
    SAFEHAND_SCANS: z.coerce.number().int().min(1).max(16).default(2),
    /** Signatures older than this release nothing. */
    SAFEHAND_SIGNATURES_DAYS: z.coerce.number().int().min(1).max(30).default(3),
    /** Metrics and health for operators, without asking who they are: never reachable from outside. Unset: none. */
    SAFEHAND_MONITOR_HOST: z.string().default('127.0.0.1'),
    SAFEHAND_MONITOR_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    SAFEHAND_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  })
  .refine((env) => env.CLAMD_SOCKET !== undefined || (env.CLAMD_HOST !== undefined && env.CLAMD_PORT !== undefined), {
    path: ['CLAMD_SOCKET'],
    message: 'or CLAMD_HOST and CLAMD_PORT',
  })

export type Config = ReturnType<typeof readConfig>

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig() {
  const env = parseSettings(environment, process.env)
  return {
    database: { url: env.DATABASE_URL, statementSeconds: env.SAFEHAND_DATABASE_SECONDS },
    queue: { url: env.REDIS_URL, prefix: env.SAFEHAND_QUEUE_PREFIX },
    scanKeysUrl: env.SCAN_KEYS_URL,
    clamd: clamdOf(env),
    memory: env.SAFEHAND_SCAN_MEMORY,
    origin: env.SAFEHAND_ORIGIN,
    objectStore: objectStoreSettings(env),
    authorityKey: readFileSync(join(env.SAFEHAND_KEYS, 'scan-authority.pgp')),
    wrappingKey: secretOf(join(env.SAFEHAND_SECRETS, 'scan-keys.key')),
    mode: env.SAFEHAND_MODE,
    plainHosts: env.SAFEHAND_PLAIN_HOSTS,
    keys: env.SAFEHAND_KEYS,
    secrets: env.SAFEHAND_SECRETS,
    scans: env.SAFEHAND_SCANS,
    signaturesDays: env.SAFEHAND_SIGNATURES_DAYS,
    monitor: { host: env.SAFEHAND_MONITOR_HOST, port: env.SAFEHAND_MONITOR_PORT },
    logLevel: env.SAFEHAND_LOG_LEVEL,
  }
}

function clamdOf({ CLAMD_SOCKET, CLAMD_HOST, CLAMD_PORT }: z.output<typeof environment>): ClamdAddress {
  return CLAMD_SOCKET === undefined ? { host: CLAMD_HOST ?? '', port: CLAMD_PORT ?? 0 } : { socketPath: CLAMD_SOCKET }
}

function secretOf(path: string): Uint8Array {
  const secret = readFileSync(path)
  if (secret.length !== 32) throw new RangeError('scan-keys.key has 32 octets')
  return secret
}
