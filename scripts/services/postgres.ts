/**
 * PostgreSQL 15 or newer with a cluster of its own: the machine's binaries, else Debian's unpacked. Passwords by
 * SCRAM, TCP on 127.0.0.1 only. It refuses to run as root, so root runs it as `postgres` or `nobody`, in folders
 * that those reach (a checkout of mode 700 they do not).
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chown, cp, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { debianPart, librariesOf, programIn } from './debian.ts'
import { isOpenToAll, isProgram, programs } from './find.ts'
import type { Workspace } from './workspace.ts'
import { type Command, onFreePort, type Part, processPart, run } from './part.ts'

const OLDEST = 15
/** Where Debian puts the programs of a version. */
const UNPACKED = 'usr/lib/postgresql/*/bin'

type Binaries = { folder: string; env: NodeJS.ProcessEnv }
type User = { uid: number; gid: number }

export async function startPostgres({ temporary, logs, guard, log }: Workspace) {
  const user = otherUser()
  const home = join(temporary, 'postgres')
  await mkdir(home, { mode: 0o700 })
  if (user !== undefined) await chown(home, user.uid, user.gid)
  const { folder, env } = await reachable({ binaries: await binaries(log), user, temporary })
  const password = randomBytes(18).toString('base64url')
  const data = join(home, 'data')
  const as = { cwd: home, env: { ...env, TZ: 'GMT', LC_ALL: 'C' }, ...user }
  await initialise({ folder, data, home, password, as })

  const { part, url } = await onFreePort(async (port) => {
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    const command = { command: join(folder, 'postgres'), args: ['-D', data, '-p', String(port)], ...as }
    const part = processPart({
      name: 'postgres',
      command,
      logFile: join(logs, 'postgres.log'),
      stopSignal: 'SIGINT', // fast shutdown: sessions end, the checkpoint is written
      guard,
      probe: () => answersSelect(url),
    })
    return { part, url }
  })
  return { part: part satisfies Part, value: url }
}

type Initialise = {
  folder: string
  data: string
  home: string
  password: string
  as: Omit<Command, 'command' | 'args'>
}

async function initialise({ folder, data, home, password, as }: Initialise): Promise<void> {
  const passwordFile = join(home, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (as.uid !== undefined) await chown(passwordFile, as.uid, as.gid ?? as.uid)
  const flags = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
  const args = ['-D', data, ...flags, '--no-locale', '--no-sync', '--no-instructions']
  await run({ command: join(folder, 'initdb'), args, ...as })
  await rm(passwordFile)
  const settings = [
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    'max_connections = 200',
    'jit = off',
    'dynamic_shared_memory_type = mmap', // nothing left in /dev/shm after kill -9
    "timezone = 'GMT'",
    "log_timezone = 'GMT'",
  ]
  await writeFile(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`, { mode: 0o600 })
  if (as.uid !== undefined) await chown(join(data, 'postgresql.auto.conf'), as.uid, as.gid ?? as.uid)
}

async function answersSelect(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
  } finally {
    await client.end().catch(() => {})
  }
}

/** The folder of `postgres`, `pg_dump` and the others, and the environment they need. */
export async function binaries(log: (line: string) => void): Promise<Binaries> {
  const debian = '/usr/lib/postgresql'
  const versions = await readdir(debian).catch(() => [])
  for (const postgres of programs(
    'postgres',
    versions
      .sort()
      .reverse()
      .map((version) => join(debian, version, 'bin')),
  )) {
    const folder = dirname(postgres)
    if (isProgram(join(folder, 'initdb')) && (await versionOf(postgres)) >= OLDEST) return { folder, env: process.env }
  }
  const { folder, env } = await debianPart({
    name: 'postgresql',
    package: 'postgresql',
    also: ['postgresql-client'],
    tries: ['postgres', 'initdb', 'pg_dump'].map((name) => [`${UNPACKED}/${name}`, '--version'] as const),
    setting: 'DATABASE_URL',
    log,
  })
  return { folder: await programIn(folder, UNPACKED), env }
}

async function versionOf(postgres: string): Promise<number> {
  const text = await run({ command: postgres, args: ['--version'], cwd: '/' }).catch(() => '')
  return Number(text.match(/(\d+)/)?.[1] ?? 0)
}

/** As root: binaries that lie where the other user cannot go are copied to where it can. */
async function reachable(wanted: { binaries: Binaries; user: User | undefined; temporary: string }): Promise<Binaries> {
  const { binaries, user, temporary } = wanted
  if (user === undefined || isOpenToAll(await realpath(binaries.folder))) return binaries
  const root = binaries.folder.slice(0, binaries.folder.indexOf('/usr/lib/postgresql'))
  const copy = join(temporary, 'postgresql')
  await cp(root, copy, { recursive: true, verbatimSymlinks: true })
  return { folder: await programIn(copy, UNPACKED), env: await librariesOf(copy) }
}

function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : []
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  return { uid: 65534, gid: 65534 }
}
