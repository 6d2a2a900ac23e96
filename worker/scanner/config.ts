// Settings of the scanner. It reads hostile files, so it is trusted with little: its own database role, the scan keys,
// the scan authority. No mail, no log key, no session. No secret has a default.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { objectStoreFields, parseSettings, path, processSettings, queueSettings } from '#domain/settings.ts'
import type { ClamdAddress } from '#platform/clamd.ts'
import { processConfig } from '#platform/process-config.ts'

export const scannerSettings = z
  .object({
    DATABASE_URL: z.url().describe('PostgreSQL as `safehand_scanner`'),
    ...queueSettings,
    SCAN_KEYS_URL: z
      .url()
      .describe("the scan keys' own Redis, which keeps nothing. Who reads it opens what waits for its scan"),
    CLAMD_SOCKET: path.optional().describe('clamd, trusted with the plaintext: its socket, or the next two'),
    CLAMD_HOST: path.optional().describe('the host that it listens on'),
    CLAMD_PORT: z.coerce.number().int().positive().optional().describe('the port that it listens on'),
    SAFEHAND_SCAN_MEMORY: path.describe(
      "clamd's temporary folder, on a memory file system with room for the largest file twice: plaintext lies there",
    ),
    ...objectStoreFields,
    S3_ACCESS_KEY_ID: objectStoreFields.S3_ACCESS_KEY_ID.describe(
      'an access key that may read and list in the bucket, and no more',
    ),
    SAFEHAND_KEYS: path.describe(
      'folder with `scan-authority.pgp`, for this process alone: clients wrap for what it signs',
    ),
    SAFEHAND_SECRETS: path.describe(
      'folder with `scan-keys.key`, for this process alone: scan keys are wrapped under it',
    ),
    SAFEHAND_SCANS: z.coerce.number().int().min(1).max(16).default(2).describe('transfers scanned at once, 1 to 16'),
    SAFEHAND_SIGNATURES_DAYS: z.coerce
      .number()
      .int()
      .min(1)
      .max(30)
      .default(3)
      .describe('older signatures release nothing, 1 to 30'),
    ...processSettings,
    SAFEHAND_MODE: processSettings.SAFEHAND_MODE.describe(
      '`production` does not start with an unsafe setting, nor with swap or core dumps on; `demo` warns',
    ),
  })
  .refine((env) => env.CLAMD_SOCKET !== undefined || (env.CLAMD_HOST !== undefined && env.CLAMD_PORT !== undefined), {
    path: ['CLAMD_SOCKET'],
    message: 'or CLAMD_HOST and CLAMD_PORT',
  })

export type Config = ReturnType<typeof readConfig>

/** Throws, naming each setting that is missing or wrong, never its value. */
export function readConfig() {
  const env = parseSettings(scannerSettings, process.env)
  return {
    ...processConfig(env),
    queue: { url: env.REDIS_URL, prefix: env.SAFEHAND_QUEUE_PREFIX },
    scanKeysUrl: env.SCAN_KEYS_URL,
    clamd: clamdOf(env),
    memory: env.SAFEHAND_SCAN_MEMORY,
    authorityKey: readFileSync(join(env.SAFEHAND_KEYS, 'scan-authority.pgp')),
    wrappingKey: secretOf(join(env.SAFEHAND_SECRETS, 'scan-keys.key')),
    keys: env.SAFEHAND_KEYS,
    secrets: env.SAFEHAND_SECRETS,
    scans: env.SAFEHAND_SCANS,
    signaturesDays: env.SAFEHAND_SIGNATURES_DAYS,
  }
}

function clamdOf({ CLAMD_SOCKET, CLAMD_HOST, CLAMD_PORT }: z.output<typeof scannerSettings>): ClamdAddress {
  return CLAMD_SOCKET === undefined ? { host: CLAMD_HOST ?? '', port: CLAMD_PORT ?? 0 } : { socketPath: CLAMD_SOCKET }
}

function secretOf(path: string): Uint8Array {
  const secret = readFileSync(path)
  if (secret.length !== 32) throw new RangeError('scan-keys.key has 32 octets')
  return secret
}
