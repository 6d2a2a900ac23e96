/**
 * Two Redis servers, both without persistence: one for queues, one small for scan keys, whose only user may do nine
 * commands on `scan:*` and nothing else (ARCHITECTURE.md#scan-keys). Settings go by a private file: arguments are for
 * all to see.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:net'
import { once } from 'node:events'
import { debianPart } from './debian.ts'
import { programs } from './find.ts'
import type { Workspace } from './workspace.ts'
import { onFreePort, processPart, run } from './part.ts'

const OLDEST = 6.2
const SCANNER_MAY = ['get', 'set', 'del', 'exists', 'pttl', 'ping', 'auth', 'hello', 'info']

export function startRedis(workspace: Workspace) {
  const secret = randomBytes(18).toString('base64url')
  return start({ workspace, name: 'redis', user: 'default', secret, settings: [`requirepass ${secret}`] })
}

export function startScanKeys(workspace: Workspace) {
  const secret = randomBytes(18).toString('base64url')
  const may = SCANNER_MAY.map((command) => `+${command}`).join(' ')
  const settings = [
    'user default off',
    `user scanner on >${secret} ~scan:* resetchannels -@all ${may}`,
    'maxmemory 64mb',
    'databases 1',
  ]
  return start({ workspace, name: 'scan-keys', user: 'scanner', secret, settings })
}

type Start = { workspace: Workspace; name: string; user: string; secret: string; settings: string[] }

async function start({ workspace, name, user, secret, settings }: Start) {
  const { temporary, logs, guard, log } = workspace
  const home = join(temporary, name)
  await mkdir(home, { mode: 0o700 })
  const { program, env } = await findRedis(log)
  return onFreePort(async (port) => {
    const file = join(home, 'redis.conf')
    const common = [`port ${port}`, 'bind 127.0.0.1', `dir ${home}`, 'save ""', 'appendonly no']
    const lines = [...common, 'maxmemory-policy noeviction', 'daemonize no', ...settings]
    await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    const part = processPart({
      name,
      command: { command: program, args: [file], cwd: home, env },
      logFile: join(logs, `${name}.log`),
      stopSignal: 'SIGTERM',
      guard,
      probe: () => answersPing({ port, user, secret }),
    })
    return { part, value: `redis://${user === 'default' ? '' : user}:${secret}@127.0.0.1:${port}` }
  })
}

async function answersPing({ port, user, secret }: { port: number; user: string; secret: string }): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('utf8').setTimeout(2_000)
  socket.once('timeout', () => socket.destroy(new Error('timeout')))
  try {
    await once(socket, 'connect')
    socket.write(`AUTH ${user} ${secret}\r\nPING\r\n`)
    let answer = ''
    for await (const text of socket) {
      answer += String(text)
      if (answer.includes('+PONG')) return
      if (answer.includes('-')) break
    }
    throw new Error(`no PONG: ${answer}`)
  } finally {
    socket.destroy()
  }
}

async function findRedis(log: (line: string) => void): Promise<{ program: string; env: NodeJS.ProcessEnv }> {
  for (const program of [...programs('redis-server'), ...programs('valkey-server')]) {
    if ((await versionOf(program)) >= OLDEST) return { program, env: process.env }
  }
  const { folder, env } = await debianPart({
    name: 'redis',
    package: 'redis-server',
    also: ['redis-tools'], // holds the server's program; redis-server has a link to it
    tries: [['usr/bin/redis-server', '--version']],
    setting: 'REDIS_URL and SCAN_KEYS_URL',
    log,
  })
  return { program: join(folder, 'usr/bin/redis-server'), env }
}

async function versionOf(program: string): Promise<number> {
  const text = await run({ command: program, args: ['--version'], cwd: '/' }).catch(() => '')
  return Number(text.match(/v=(\d+\.\d+)/)?.[1] ?? 0)
}
