/** The parts themselves: twice, two at once, after a crash of the starter, with settings, and when one is missing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Services, startServices } from '../../../scripts/services.ts'

const house = join(import.meta.dirname, '../../..')
const program = join(house, 'scripts/services.ts')
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safehand-logs-'))
})
afterAll(() => rm(directory, { recursive: true }))

const all = () => startServices({ directory, ignoreSettings: true })
const pidsOf = (services: Services) => Object.values(services.parts).map((part) => part.pid ?? 0)
const lives = (pid: number) => existsSync(`/proc/${pid}`)
const foldersOf = ({ values }: Services) => [values.smtp.folder ?? '', values.clamd.temporaryDirectory ?? '']

async function ask(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`SELECT current_setting('server_version_num')::int >= 150000 AS fit, rolsuper
    FROM pg_roles WHERE rolname = current_user`)
  await client.end()
  return rows[0]
}

it('[operate/parts] starts all parts twice at once, apart from each other; stopping leaves no process and no data', async () => {
  const both = await Promise.all([all(), all()])
  for (const services of both) {
    expect(await ask(services.databaseUrl)).toEqual({ fit: true, rolsuper: true })
    expect(JSON.parse(JSON.stringify(services.values))).toEqual(services.values)
  }
  const urls = both.flatMap(({ values }) => [values.databaseUrl, values.redisUrl, values.scanKeysUrl, values.smtp.url])
  expect(new Set(urls).size).toBe(8)
  const pids = both.flatMap(pidsOf)
  const folders = both.flatMap(foldersOf)
  expect(pids.every(lives)).toBe(true)
  await Promise.all(both.map((services) => services.stop()))
  expect(pids.filter(lives)).toEqual([])
  expect(folders.filter(existsSync)).toEqual([])
})

it('[operate/parts] a part that was killed starts again at the same address', async () => {
  const services = await startServices({ directory, only: ['postgres'], ignoreSettings: true })
  const { postgres } = services.parts
  await postgres?.kill()
  await expect(ask(services.databaseUrl)).rejects.toThrow()
  await postgres?.start()
  expect(await ask(services.databaseUrl)).toEqual({ fit: true, rolsuper: true })
  await services.stop()
})

it('[operate/parts] no part outlives a starter that was killed', async () => {
  const args = [program, '--only', 'redis', '--only', 'clamd', '--directory', directory]
  const env = { PATH: process.env.PATH ?? '' }
  const starter = spawn(process.execPath, args, { cwd: house, env, stdio: ['ignore', 'pipe', 'ignore'] })
  const [text] = (await once(starter.stdout.setEncoding('utf8'), 'data')) as [string]
  const { socketPath, temporaryDirectory } = JSON.parse(text).clamd
  expect(existsSync(socketPath)).toBe(true)
  starter.kill('SIGKILL')
  await expect.poll(() => [socketPath, temporaryDirectory].filter(existsSync)).toEqual([])
})

it("[operate/parts] a setting that points to one's own part is taken, and nothing is started for it", async () => {
  const env = { PATH: process.env.PATH ?? '', REDIS_URL: 'redis://own.example:6379', CLAMD_SOCKET: '/run/own.sock' }
  const args = [program, '--only', 'redis', '--only', 'clamd', '--directory', directory]
  const starter = spawn(process.execPath, args, { cwd: house, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = (await once(starter.stdout.setEncoding('utf8'), 'data')) as [string]
  starter.kill('SIGINT')
  expect(await once(starter, 'exit')).toEqual([0, null])
  expect(JSON.parse(text)).toEqual({ redisUrl: env.REDIS_URL, clamd: { socketPath: env.CLAMD_SOCKET } })
})

it("[operate/parts] a part that can be neither found nor unpacked is named, with the setting that points to one's own", async () => {
  const copy = await mkdtemp(join(tmpdir(), 'safehand-house-'))
  for (const name of ['scripts', 'shared', 'docker', 'package.json']) {
    await cp(join(house, name), join(copy, name), { recursive: true })
  }
  await symlink(join(house, 'node_modules'), join(copy, 'node_modules'))
  const env = { PATH: '/nonexistent', SAFEHAND_PARTS: 'debian' }
  const args = [join(copy, 'scripts/services.ts'), '--directory', directory]
  const starter = spawn(process.execPath, args, { cwd: copy, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(starter, 'exit')
  const text = String(Buffer.concat(await Array.fromAsync(starter.stderr)))
  for (const setting of [
    'DATABASE_URL',
    'REDIS_URL and SCAN_KEYS_URL',
    'CLAMD_SOCKET (or CLAMD_HOST and CLAMD_PORT)',
  ]) {
    expect(text).toContain(`or set ${setting} to one of your own`)
  }
  expect(await exited).toEqual([1, null])
  await rm(copy, { recursive: true })
})
