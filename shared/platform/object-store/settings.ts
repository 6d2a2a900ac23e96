/**
 * Which object store a process uses, from its settings: a folder, or a bucket of S3. One of them, never both, and no
 * guess: a process that wrote to one and read from the other would lose what people sent. The secret key is in a file.
 */
import { readFileSync } from 'node:fs'
import type { S3Settings } from './s3-requests.ts'

export type ObjectStoreSettings = { folder: string } | { s3: S3Settings }

export type ObjectStoreEnvironment = {
  SAFEHAND_OBJECTS?: string | undefined
  S3_BUCKET?: string | undefined
  S3_ENDPOINT?: string | undefined
  S3_REGION?: string | undefined
  S3_PATH_STYLE?: boolean | undefined
  S3_ACCESS_KEY_ID?: string | undefined
  S3_SECRET_KEY_FILE?: string | undefined
}

/** Throws, naming each setting that is missing, too many or wrong, never its value. */
export function objectStoreSettings(env: ObjectStoreEnvironment): ObjectStoreSettings {
  const { SAFEHAND_OBJECTS: folder, S3_BUCKET: bucket, S3_ENDPOINT: endpoint } = env
  const ofS3 = Object.entries(env).filter(([name, value]) => name.startsWith('S3_') && value !== undefined)
  if (folder !== undefined) {
    if (ofS3.length === 0) return { folder }
    throw new Error(`SAFEHAND_OBJECTS names a folder, and ${ofS3[0]?.[0]} a bucket: set one or the other`)
  }
  if (bucket === undefined) throw new Error('set SAFEHAND_OBJECTS (a folder) or S3_BUCKET (a bucket of S3)')
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_KEY_FILE: file } = env
  if (accessKeyId === undefined) throw new Error('S3_BUCKET needs S3_ACCESS_KEY_ID')
  if (file === undefined) throw new Error('S3_BUCKET needs S3_SECRET_KEY_FILE, a file with the secret access key')
  if (endpoint === undefined && env.S3_REGION === undefined) throw new Error('S3_BUCKET needs S3_ENDPOINT or S3_REGION')
  return {
    s3: {
      ...(endpoint !== undefined && { endpoint }),
      region: env.S3_REGION ?? 'us-east-1',
      bucket,
      pathStyle: env.S3_PATH_STYLE ?? endpoint !== undefined,
      accessKeyId,
      secretAccessKey: secretIn(file),
    },
  }
}

/** Where S3 is, when it is said. */
export function endpointOf(settings: ObjectStoreSettings): string | undefined {
  return 's3' in settings ? settings.s3.endpoint : undefined
}

function secretIn(file: string): string {
  const secret = readSecret(file)
  if (secret === '') throw new Error('S3_SECRET_KEY_FILE names an empty file')
  return secret
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(`S3_SECRET_KEY_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
