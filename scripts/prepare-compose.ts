// Makes docker/installation: the keys, secrets, passwords and settings that docker/compose.yaml reads, each for the one process
// that may have it. Nothing is ever overwritten, and no password is shown.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import * as z from 'zod'
import { origin } from '#domain/values.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'

const HELP = `Makes the folder that docker/compose.yaml reads its keys, secrets and settings from.

  node scripts/start.mjs scripts/prepare-compose.ts --origin NAME --host-name NAME --smtp-url URL [--folder FOLDER]

  --origin NAME      the installation's fixed name, signed into every document: it never changes
  --host-name NAME   the name in the address people use; certificates are asked for in it
  --smtp-url URL     smtps://..., or smtp://...?requireTLS=true
  --folder FOLDER    default: docker/installation. Nothing in it is overwritten

Run it as root, so that each process owns what it alone may read. Back the folder up apart from the database.`

const settings = z.object({ origin, 'host-name': z.hostname(), 'smtp-url': z.url(), folder: z.string().min(1) })
type Settings = z.output<typeof settings>

const run = promisify(execFile)
const password = () => randomBytes(24).toString('base64url')

/** As the images have them (docker/Dockerfile). */
const users = { operator: 10000, server: 10001, scanner: 10002, housekeeper: 10003 } as const
const group = 10000
/** Of parts that are not ours: each has a group of its own too (docker/compose.yaml). */
const parts = { queue: 10004, scanKeys: 10005, storage: 10006 } as const
const withStorage = ['server', 'scanner', 'housekeeper'] as const

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      origin: text,
      'host-name': text,
      'smtp-url': text,
      folder: { ...text, default: join(import.meta.dirname, '../docker/installation') },
    },
  })
  if (options.help) return console.log(HELP)
  const parsed = settings.safeParse(options)
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
  await prepare(parsed.data)
  console.log(`The installation is in ${parsed.data.folder}. Next: server/RUNBOOK.md, First start.`)
}

async function prepare(given: Settings): Promise<void> {
  const { folder } = given
  const at = (...names: string[]) => join(folder, ...names)
  if ((await readdir(folder).catch(() => [])).length > 0) throw new Error(`${folder} is not empty; nothing was changed`)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  await run(process.execPath, ['scripts/secrets.ts', '--directory', at('secrets')])
  await run(process.execPath, ['scripts/service-keys.ts', '--directory', at('keys'), '--origin', given.origin])
  for (const name of ['log-copy', 'backups', 'signatures', 'storage', 'valkey', 'objects'])
    await makePrivateFolder(at(name))
  await makePrivateFolder(at('objects', 'safehand'))
  for (const name of withStorage) await makePrivateFolder(at('storage', name))
  for (const [name, content] of await filesOf(given)) await writePrivate(at(name), content)
  await run(process.execPath, ['scripts/scan-signatures.ts', '--directory', at('signatures')])
  await giveAway(at)
}

/** Settings and passwords: the file they stand in, and its content. */
async function filesOf(given: Settings): Promise<readonly (readonly [string, string])[]> {
  const { origin: name, folder, 'host-name': host, 'smtp-url': smtp } = given
  const logins = JSON.parse(await readFile(join(folder, 'secrets/passwords.json'), 'utf8')) as Record<string, string>
  const [administrator, queue, scanKeys] = [password(), password(), password()]
  const [toWrite, toRead] = [newKey(), newKey()]
  const url = (login: string, secret = logins[login]) => `postgres://safehand_${login}:${secret}@postgres/safehand`
  const common = [`SAFEHAND_ORIGIN=${name}`]
  const storage = [`S3_ACCESS_KEY_ID=${toWrite.id}`]
  const queueUrl = `REDIS_URL=redis://:${queue}@queue:6379`
  const address = `SAFEHAND_URL=https://${host}`
  const keepNothing = ['save ""', 'appendonly no', 'maxmemory-policy noeviction', 'protected-mode no']
  const may = '-@all +get +set +del +exists +pttl +ping +auth +hello +info'
  const lines: Record<string, string[]> = {
    'proxy.env': [`SAFEHAND_HOST_NAME=${host}`],
    'server.env': [`DATABASE_URL=${url('server')}`, address, ...common, ...storage],
    'scanner.env': [
      `DATABASE_URL=${url('scanner')}`,
      queueUrl,
      `SCAN_KEYS_URL=redis://scanner:${scanKeys}@scan-keys:6379`,
      ...common,
      `S3_ACCESS_KEY_ID=${toRead.id}`,
    ],
    'housekeeper.env': [
      `DATABASE_URL=${url('housekeeper')}`,
      queueUrl,
      `SMTP_URL=${smtp}`,
      address,
      ...common,
      ...storage,
    ],
    'operator.env': [`DATABASE_URL=${url('migrations')}`, `SAFEHAND_ORIGIN=${name}`],
    'administrator.env': [`DATABASE_URL=postgres://administrator:${administrator}@postgres/safehand`, ...common],
    'storage.env': rootKey(toWrite),
    'storage-to-read.env': rootKey(toRead),
    'valkey/queue.conf': [...keepNothing, `requirepass ${queue}`],
    'valkey/scan-keys.conf': [
      ...keepNothing,
      'maxmemory 64mb',
      'databases 1',
      'user default off',
      `user scanner on >${scanKeys} ~scan:* resetchannels ${may}`,
    ],
  }
  const files = Object.entries(lines).map(([file, text]): [string, string] => [file, `${text.join('\n')}\n`])
  const secretKeys = withStorage.map((process): [string, string] => [
    `storage/${process}/secret-key`,
    (process === 'scanner' ? toRead : toWrite).secret,
  ])
  return [...files, ['postgres-password', administrator], ...secretKeys] as const
}

const newKey = () => ({ id: password(), secret: password() })

/** As versitygw takes it: each of the two gateways knows one key. */
const rootKey = ({ id, secret }: ReturnType<typeof newKey>) => [
  `ROOT_ACCESS_KEY_ID=${id}`,
  `ROOT_SECRET_ACCESS_KEY=${secret}`,
]

/** Who may have what: a user and its group. Everything else stays the one's who runs this. */
function ownersOf(at: (...names: string[]) => string): (readonly [path: string, user: number, group: number])[] {
  const processes = withStorage.flatMap((name) =>
    ['secrets', ...(name === 'server' ? [] : ['keys']), 'storage'].map(
      (kind) => [at(kind, name), users[name]] as const,
    ),
  )
  const ours = [
    [at('secrets', 'passwords.json'), users.operator],
    [at('log-copy'), users.housekeeper],
    [at('signatures'), users.scanner],
    [at('backups'), users.operator],
  ] as const
  const others = [
    [at('valkey', 'queue.conf'), parts.queue],
    [at('valkey', 'scan-keys.conf'), parts.scanKeys],
    [at('objects'), parts.storage],
  ] as const
  return [
    ...[...processes, ...ours].map(([path, user]) => [path, user, group] as const),
    ...others.map(([path, user]) => [path, user, user] as const),
  ]
}

async function giveAway(at: (...names: string[]) => string): Promise<void> {
  // The operator makes invitations, and reads what that needs by its group.
  await chmod(at('secrets', 'server', 'tokens.key'), 0o640)
  await chmod(at('keys', 'public.json'), 0o644)
  const owners = ownersOf(at)
  if (process.getuid?.() !== 0) {
    const commands = owners.map(([path, ...owner]) => `chown -R ${owner.join(':')} ${path}`)
    return console.log(`Not root, so these are still to be done as root:\n${commands.join('\n')}`)
  }
  for (const [path, ...owner] of owners) await ownAll(path, ...owner)
}

async function ownAll(path: string, user: number, itsGroup: number): Promise<void> {
  await chown(path, user, itsGroup)
  if (!(await stat(path)).isDirectory()) return
  for (const name of await readdir(path)) await ownAll(join(path, name), user, itsGroup)
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
