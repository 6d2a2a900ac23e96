/**
 * The real parts that Safehand stands on, for demo, tests and bench alike: PostgreSQL, two Redis servers, clamd and
 * an SMTP server, each on its own port or socket with data of its own, ready when it answers its own protocol; and S3 for
 * who asks for it by name.
 * Touches nothing that is not its own; two runs at once never meet. A setting that points to one's own part
 * (DATABASE_URL, ...) is taken instead of starting one. Also a program: `node scripts/start.mjs scripts/services.ts`.
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startClamd } from './services/clamd.ts'
import type { Part } from './services/part.ts'
import { binaries, startPostgres } from './services/postgres.ts'
import { startRedis, startScanKeys } from './services/redis.ts'
import { type S3Access, startS3 } from './services/s3.ts'
import { mailsIn, startSmtp } from './services/smtp.ts'
import { makeWorkspace, type Workspace } from './services/workspace.ts'
import { findChromium, findCurl, findTinyproxy, findTools, type Tool, type Tools } from './services/tools.ts'

export type { Part } from './services/part.ts'
export type { S3Access } from './services/s3.ts'
export type { Tool, Tools } from './services/tools.ts'

type UsualPart = 'postgres' | 'redis' | 'scan-keys' | 'clamd' | 'smtp'
export type PartName = UsualPart | 's3'

export type ClamdAddress =
  | { socketPath: string; temporaryDirectory?: string }
  | { host: string; port: number; temporaryDirectory?: string }

/** Plain JSON, to be handed to another process. */
export type Values = {
  /** Superuser of the cluster, database `postgres`. */
  databaseUrl: string
  /** For queues and rate limits. */
  redisUrl: string
  /** The user with nine commands on `scan:*`. */
  scanKeysUrl: string
  /** `temporaryDirectory` is where clamd keeps plaintext while it scans: on a memory file system. */
  clamd: ClamdAddress
  /** `folder` has one `.eml` per mail, for `readMails`; absent when SMTP_URL points to one's own server. */
  smtp: { url: string; folder?: string }
}

type AllValues = Values & {
  /** May make and remove buckets. */
  s3: S3Access
}

const FIELD = {
  postgres: 'databaseUrl',
  redis: 'redisUrl',
  'scan-keys': 'scanKeysUrl',
  clamd: 'clamd',
  smtp: 'smtp',
  s3: 's3',
} as const satisfies Record<PartName, keyof AllValues>

const ALL = Object.keys(FIELD) as PartName[]
/** S3 only for who names it: the file store stands in for it everywhere else. */
const USUAL = ALL.filter((name) => name !== 's3')

export type Services<Name extends PartName = UsualPart> = {
  values: Pick<AllValues, (typeof FIELD)[Name]>
  /** Handles of the parts that were started here, to stop, kill and start each again. */
  parts: { [name in Name]?: Part }
  /** Raw mails so far, in the order of arrival. */
  messages(): Promise<string[]>
  /** Stops what was started and removes its data. */
  stop(): Promise<void>
} & Pick<AllValues, (typeof FIELD)[Name]>

type Start<Name extends PartName> = {
  /** For the log files. Data lies in a short-named temporary folder and is gone after `stop`. */
  directory: string
  only?: readonly Name[]
  log?: (line: string) => void
  /** Start parts of our own whatever the settings say: for a test that kills them. */
  ignoreSettings?: boolean
  /** clamd's limit for one file, in MiB; its own when left out. */
  largestMib?: number
}

/** Starts the parts, all usual ones or the named ones, and resolves when each has answered. When one fails, all are stopped. */
export async function startServices<Name extends PartName = UsualPart>({
  directory,
  only,
  log = () => {},
  ignoreSettings = false,
  largestMib,
}: Start<Name>): Promise<Services<Name>> {
  const names: readonly PartName[] = only ?? USUAL
  const given = ignoreSettings ? {} : await fromSettings(process.env)
  const { workspace, remove } = await makeWorkspace({ directory: resolve(directory), log })
  const values: Partial<AllValues> = {}
  const parts: Partial<Record<PartName, Part>> = {}
  const stop = async () => {
    await Promise.all(Object.values(parts).map((part) => part.stop()))
    await remove()
  }
  const results = await Promise.allSettled(
    names.map(async (name) => {
      const field = FIELD[name]
      if (given[field] !== undefined) {
        Object.assign(values, { [field]: given[field] })
        return
      }
      const { part, value } = await STARTERS[name]({ ...workspace, ...(largestMib && { largestMib }) })
      parts[name] = part
      Object.assign(values, { [field]: value })
      log(`${name} is ready`)
    }),
  )
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (failures.length > 0) {
    await stop()
    throw failures.length === 1 ? failures[0] : new Error(failures.map((failure) => failure.message).join('\n\n'))
  }
  const ready = values as AllValues
  const messages = async () => {
    if (ready.smtp?.folder === undefined) throw new Error('mails are kept only by the SMTP server started here')
    return mailsIn(ready.smtp.folder)
  }
  return { ...ready, values: ready, parts, messages, stop } as Services<Name>
}

/** Every mail in the folder of `values.smtp`, raw, in the order of arrival: for a process that has the values only. */
export const readMails = (folder: string): Promise<string[]> => mailsIn(folder)

/** GnuPG and Sequoia's `sq`, the machine's or Debian's unpacked: programs for tests and bench, not parts that run. */
export const unpackTools = ({ log = () => {} }: { log?: (line: string) => void } = {}): Promise<Tools> =>
  findTools({ log })

/** The same for curl, which only the bench runs. */
export const unpackCurl = (): Promise<Tool> => findCurl({ log: () => {} })

/** The same for a forward proxy, which only the tests run. */
export const unpackTinyproxy = (): Promise<Tool> => findTinyproxy({ log: () => {} })

/** The same for a browser, which only the tests run. */
export const unpackChromium = (): Promise<Tool> =>
  findChromium({ log: (line) => void process.stderr.write(`${line}\n`) })

/** Where PostgreSQL's programs are (`pg_dump` and others), and the environment they need. */
export const postgresPrograms = (): ReturnType<typeof binaries> => binaries(() => {})

type Wanted = Workspace & { largestMib?: number }

const STARTERS: Record<PartName, (wanted: Wanted) => Promise<{ part: Part; value: unknown }>> = {
  postgres: startPostgres,
  redis: startRedis,
  'scan-keys': startScanKeys,
  clamd: startClamd,
  smtp: startSmtp,
  s3: startS3,
}

async function fromSettings(env: NodeJS.ProcessEnv): Promise<Partial<AllValues>> {
  const { DATABASE_URL, REDIS_URL, SCAN_KEYS_URL, CLAMD_SOCKET, CLAMD_HOST, CLAMD_PORT, SMTP_URL } = env
  const temporaryDirectory = env.CLAMD_TEMPORARY_DIRECTORY
  const where = temporaryDirectory === undefined ? {} : { temporaryDirectory }
  return {
    ...(DATABASE_URL && { databaseUrl: DATABASE_URL }),
    ...(REDIS_URL && { redisUrl: REDIS_URL }),
    ...(SCAN_KEYS_URL && { scanKeysUrl: SCAN_KEYS_URL }),
    ...(CLAMD_HOST && CLAMD_PORT && { clamd: { host: CLAMD_HOST, port: Number(CLAMD_PORT), ...where } }),
    ...(CLAMD_SOCKET && { clamd: { socketPath: CLAMD_SOCKET, ...where } }),
    ...(SMTP_URL && { smtp: { url: SMTP_URL } }),
    ...(await s3FromSettings(env)),
  }
}

async function s3FromSettings(env: NodeJS.ProcessEnv): Promise<Partial<AllValues>> {
  const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_KEY_FILE: file } = env
  if (!endpoint || !accessKeyId || !file) return {}
  const secretAccessKey = (await readFile(file, 'utf8')).trim()
  return { s3: { endpoint, region: env.S3_REGION || 'us-east-1', accessKeyId, secretAccessKey } }
}

const HELP = `Starts PostgreSQL, Redis (queues), Redis (scan keys), clamd and SMTP, prints where they are, and runs until Ctrl-C.

  node scripts/start.mjs scripts/services.ts [--only NAME ...] [--directory FOLDER]

  --only NAME          ${ALL.join(', ')}; may be given several times. Without it: all but s3
  --directory FOLDER   where the log files go (default: .run/services)

A part is not started when a setting points to one's own:
  DATABASE_URL, REDIS_URL, SCAN_KEYS_URL, CLAMD_SOCKET or CLAMD_HOST and CLAMD_PORT, SMTP_URL,
  S3_ENDPOINT with S3_ACCESS_KEY_ID and S3_SECRET_KEY_FILE
SAFEHAND_PARTS=debian takes Debian's packages even where the machine has the part.`

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'string', multiple: true },
      directory: { type: 'string', default: '.run/services' },
    },
  })
  if (options.help) return console.log(HELP)
  const unknown = options.only?.find((name) => !(name in FIELD))
  if (unknown !== undefined) throw new Error(`no part is called ${unknown}: ${ALL.join(', ')}`)
  const signal = firstSignal()
  const services = await startServices({
    directory: options.directory,
    log: (line) => console.error(line),
    ...(options.only && { only: options.only as PartName[] }),
  })
  console.log(JSON.stringify(services.values, null, 2))
  const running = setInterval(() => {}, 2 ** 30)
  await signal
  clearInterval(running)
  await services.stop()
}

/** The first SIGINT or SIGTERM; more of them change nothing, so that stopping is never cut short. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => resolve())
  })
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  })
}
