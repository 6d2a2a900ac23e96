/** Debian's parts, unpacked on a machine that has their packages installed already, and again when they are damaged. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const execute = promisify(execFile)
const house = join(import.meta.dirname, '../../..')
let copy: string
let parts: string
beforeAll(async () => {
  copy = await realpath(await mkdtemp(join(tmpdir(), 'safehand-house-')))
  for (const name of ['scripts', 'shared', 'docker', 'package.json']) {
    await cp(join(house, name), join(copy, name), { recursive: true })
  }
  await symlink(join(house, 'node_modules'), join(copy, 'node_modules'))
  const system = (await readdir(join(house, '.parts'))).find((name) => name.endsWith(`-${process.arch}`)) ?? ''
  parts = join(copy, '.parts', system)
})
afterAll(() => rm(copy, { recursive: true }))

/** Starts these parts from the copy, in a process of its own, until they are ready; gives what it said meanwhile. */
async function start(names: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const args = [join(copy, 'scripts/services.ts'), ...names.flatMap((name) => ['--only', name])]
  const starter = spawn(process.execPath, [...args, '--directory', join(copy, 'logs')], {
    cwd: copy,
    env: { PATH: process.env.PATH, SAFEHAND_PARTS: 'debian', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  starter.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  starter.stdout.once('data', () => starter.kill('SIGTERM'))
  const ended = await once(starter, 'close')
  expect({ ended, said }).toEqual({ ended: [0, null], said: expect.anything() })
  return said.join('')
}

/** An apt with lists of its own, which believes everything these packages need to be installed on this machine. */
async function everythingInstalled(packages: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const configuration = join(copy, 'apt.conf')
  const apt = { APT_CONFIG: configuration }
  const options = { maxBuffer: 2 ** 28, env: { ...process.env, ...apt } }
  for (const folder of ['lists/partial', 'cache/archives/partial']) await mkdir(join(copy, folder), { recursive: true })
  const own = [`Dir::State::lists "${copy}/lists";`, `Dir::Cache "${copy}/cache";`, 'APT::Sandbox::User "root";']
  await writeFile(configuration, own.join('\n'))
  await execute('apt-get', ['-q', 'update'], options)
  const flags = ['--recurse', '--no-recommends', '--no-suggests', '--no-conflicts', '--no-breaks', '--no-replaces']
  const needed = await execute('apt-cache', ['depends', ...flags, '--no-enhances', ...packages], options)
  const names = [...new Set(needed.stdout.match(/^\w\S*$/gm))]
  const { stdout } = await execute('apt-cache', ['show', '--no-all-versions', ...names], options)
  const status = join(copy, 'status')
  await writeFile(status, stdout.replaceAll(/^(Package: .*)$/gm, '$1\nStatus: install ok installed'))
  await writeFile(configuration, [...own, `Dir::State::status "${status}";`].join('\n'))
  return apt
}

/** Libraries that a program of a part takes from the machine. */
async function fromTheMachine(program: string): Promise<string[]> {
  const [root = '', name = ''] = program.split(':')
  const folders = ['usr/lib', 'lib'].map((base) => join(parts, root, base, 'x86_64-linux-gnu'))
  const env = { ...process.env, LD_LIBRARY_PATH: [...folders, ...folders.map((path) => join(path, 'ceph'))].join(':') }
  const { stdout } = await execute('ldd', [join(parts, root, name)], { env })
  return stdout
    .split('\n')
    .flatMap((line) => (line.includes(copy) ? [] : (line.match(/^\s+(lib[\w-]+)\.so/)?.[1] ?? [])))
}

it('[operate/unpack] a part is unpacked with every library it needs, whatever the machine has installed', async () => {
  const packages = ['redis-server', 'clamav-daemon', 'postgresql', 'radosgw', 'ceph-mon', 'ceph-osd']
  await start(['redis', 'clamd', 'postgres', 's3'], await everythingInstalled(packages))
  const [version = ''] = await readdir(join(parts, 'postgresql/usr/lib/postgresql'))
  const programs = [
    'redis:usr/bin/redis-server',
    'clamd:usr/sbin/clamd',
    `postgresql:usr/lib/postgresql/${version}/bin/postgres`,
    `postgresql:usr/lib/postgresql/${version}/bin/pg_dump`,
    ...['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'].map((name) => `ceph:usr/bin/${name}`),
  ]
  const taken = new Set((await Promise.all(programs.map(fromTheMachine))).flat())
  // The C library alone, which belongs to the machine's loader.
  expect(
    [...taken].filter((name) => !['libc', 'libm', 'libresolv', 'libpthread', 'libdl', 'librt'].includes(name)),
  ).toEqual([])
})

it('[operate/unpack] a damaged part is said to be one and unpacked again, once by two at a time', async () => {
  await rm(join(parts, 'redis'), { recursive: true, force: true })
  await mkdir(join(parts, 'redis/usr/bin'), { recursive: true })
  // As it was left where redis-tools, which has the program, was installed already.
  await symlink('redis-check-rdb', join(parts, 'redis/usr/bin/redis-server'))
  const said = await Promise.all([start(['redis'], {}), start(['redis'], {})])
  expect(said.join('').match(/redis in \.parts\/ is damaged: .*ENOENT/g)).toHaveLength(1)
  expect(said.join('').match(/unpacking/g)).toHaveLength(1)

  const { stdout } = await execute('find', [join(parts, 'redis'), '-name', 'libjemalloc.so.?'])
  await truncate(stdout.trim(), 0)
  expect(await start(['redis'], {})).toMatch(/redis in \.parts\/ is damaged: [\s\S]*libjemalloc/)
  expect(await start(['redis'], {})).toBe('redis is ready\n')
  expect((await readdir(parts)).filter((name) => name.includes('.unpacking'))).toEqual([])
})
