/**
 * S3 from nobody of us: Ceph's RADOS gateway over one monitor and one store, from Debian's packages, as the user that
 * runs this. Small (a sparse file, little cache), on 127.0.0.1 only; what is in it survives `kill`, and is gone after
 * `stop` of the services. Its own keys protect nothing: no authentication between its daemons, one S3 account.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:net'
import { once } from 'node:events'
import { debianPart } from './debian.ts'
import { programs } from './find.ts'
import type { Workspace } from './workspace.ts'
import { onFreePort, type Part, processPart, run } from './part.ts'

export type S3Access = { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string }

/** For disks, hosts and file systems that none of the three daemons touches here. */
const NOT_FOR_US = /^lib(cephfs|cryptsetup|nvme|parted|inih|urcu|lvm2|devmapper|binutils|ctf|gprofng)/

const REGION = 'us-east-1'

type Ceph = { at: (program: string) => string; env: NodeJS.ProcessEnv; libraries: string }

export async function startS3(workspace: Workspace) {
  const { temporary, logs, log } = workspace
  const home = join(temporary, 's3')
  for (const folder of ['', 'mon', 'osd', 'rgw']) await mkdir(join(home, folder), { mode: 0o700 })
  const ceph = await findCeph(log)
  const access = { accessKeyId: randomBytes(10).toString('hex'), secretAccessKey: randomBytes(20).toString('hex') }
  const daemon = (name: string, more: Omit<Parameters<typeof processPart>[0], 'name' | 'logFile' | 'guard'>) =>
    processPart({ ...more, name: `s3 (${name})`, logFile: join(logs, `s3-${name}.log`), guard: workspace.guard })
  const stopSignal = 'SIGTERM' as const
  const command = (program: string, ...args: string[]) => ({
    command: ceph.at(program),
    args: ['-c', join(home, 'ceph.conf'), ...args],
    cwd: home,
    env: ceph.env,
  })

  const monitor = await onFreePort(async (port) => {
    await makeCluster({ home, ceph, port, command })
    const part = daemon('monitor', {
      command: command('ceph-mon', '-i', 'a', '-f'),
      stopSignal,
      probe: () => greetsAsCeph(port),
    })
    return { part }
  })
  await run(command('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', randomUUID()))
  // Ready when the gateway is: nothing else speaks to it.
  const osd = daemon('store', { command: command('ceph-osd', '-i', '0', '-f'), stopSignal, probe: async () => {} })
  await osd.start()
  const user = ['--uid=safehand', '--display-name=safehand', '--caps=', `--access-key=${access.accessKeyId}`]
  await run(command('radosgw-admin', 'user', 'create', ...user, `--secret=${access.secretAccessKey}`))
  const { part: gateway, endpoint } = await onFreePort(async (port) => {
    const endpoint = `http://127.0.0.1:${port}`
    const frontend = `--rgw-frontends=beast endpoint=127.0.0.1:${port} tcp_nodelay=1`
    const part = daemon('gateway', {
      command: command('radosgw', '-n', 'client.rgw.a', '-f', frontend),
      stopSignal,
      probe: () => listsBuckets({ endpoint, region: REGION, ...access }),
    })
    return { part, endpoint }
  })
  const value: S3Access = { endpoint, region: REGION, ...access }
  return { part: together([monitor.part, osd, gateway]), value }
}

/** Three daemons as one part: up in this order, down in the other. */
function together(daemons: readonly Part[]): Part {
  const each = async (parts: readonly Part[], act: (part: Part) => Promise<void>) => {
    for (const part of parts) await act(part)
  }
  return {
    name: 's3',
    get pid() {
      return daemons.at(-1)?.pid
    },
    start: () => each(daemons, (part) => part.start()),
    stop: () => each(daemons.toReversed(), (part) => part.stop()),
    kill: async () => {
      await Promise.all(daemons.map((part) => part.kill()))
    },
  }
}

type Cluster = { home: string; ceph: Ceph; port: number; command: (program: string, ...args: string[]) => Run }
type Run = Parameters<typeof run>[0]

/** A cluster of one: its map of monitors, its map of stores, and the monitor's own database. */
async function makeCluster({ home, ceph, port, command }: Cluster): Promise<void> {
  const fsid = randomUUID()
  await writeFile(join(home, 'ceph.conf'), settings({ home, libraries: ceph.libraries, fsid, port }), { mode: 0o600 })
  const [monitors, stores] = [join(home, 'monmap'), join(home, 'osdmap')]
  const address = `[v1:127.0.0.1:${port}]`
  await run(command('monmaptool', '--create', '--clobber', '--fsid', fsid, '--addv', 'a', address, monitors))
  await run(command('osdmaptool', '--createsimple', '1', '--clobber', stores))
  await run(command('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monitors, '--osdmap', stores))
}

type Settings = { home: string; libraries: string; fsid: string; port: number }

function settings({ home, libraries, fsid, port }: Settings): string {
  const quiet = ['rocksdb', 'bluestore', 'bluefs', 'bdev', 'osd', 'mon', 'paxos', 'ms', 'rgw'].map(
    (part) => `debug ${part} = 0`,
  )
  return `${[
    '[global]',
    `fsid = ${fsid}`,
    `mon host = 127.0.0.1:${port}`,
    'mon initial members = a',
    'auth cluster required = none',
    'auth service required = none',
    'auth client required = none',
    'ms bind msgr2 = false',
    'public addr = 127.0.0.1',
    'cluster addr = 127.0.0.1',
    `run dir = ${home}`,
    'pid file =',
    'admin socket =',
    'log file =',
    'log to file = false',
    'log to stderr = true',
    'err to stderr = true',
    'mon cluster log to file = false',
    'mon cluster log to stderr = false',
    `plugin dir = ${libraries}/ceph`,
    `erasure code dir = ${libraries}/ceph/erasure-code`,
    `osd class dir = ${libraries}/rados-classes`,
    'osd pool default size = 1',
    'osd pool default min size = 1',
    'mon allow pool size one = true',
    'osd pool default pg num = 1',
    'osd pool default pgp num = 1',
    'osd pool default pg autoscale mode = off',
    'mon max pg per osd = 1000',
    'mon osd auto mark in = true',
    'osd crush chooseleaf type = 0',
    'osd crush update on start = false',
    'osd class update on start = false',
    ...quiet,
    '[mon]',
    `mon data = ${home}/mon`,
    'mon data avail crit = 1',
    'mon data avail warn = 2',
    'paxos propose interval = 0.05',
    'paxos min wait = 0.01',
    '[osd]',
    `osd data = ${home}/osd`,
    'osd objectstore = bluestore',
    'bluestore block size = 10737418240', // sparse: it takes what is in it
    'bluestore cache autotune = false',
    'bluestore cache size = 33554432',
    'osd op num shards = 2',
    'osd op num threads per shard = 1',
    '[client.rgw.a]',
    `rgw data = ${home}/rgw`,
    'rgw thread pool size = 64',
    'rgw init timeout = 60',
    'rgw enable quota threads = false',
    'rgw enable lc threads = false',
    'rgw run sync thread = false',
    '',
  ].join('\n')}`
}

/** The first octets of a monitor. */
async function greetsAsCeph(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' }).setTimeout(2_000)
  socket.once('timeout', () => socket.destroy(new Error('timeout')))
  try {
    const [greeting] = await once(socket, 'data')
    if (!String(greeting).startsWith('ceph ')) throw new Error('no monitor')
  } finally {
    socket.destroy()
  }
}

/** Signed as the gateway's own account (AWS signature 2, the short one): it answers once its pools are there. */
async function listsBuckets({ endpoint, accessKeyId, secretAccessKey }: S3Access): Promise<void> {
  const date = new Date().toUTCString()
  const signature = createHmac('sha1', secretAccessKey).update(`GET\n\n\n${date}\n/`).digest('base64')
  const headers = { Date: date, Authorization: `AWS ${accessKeyId}:${signature}` }
  const reply = await fetch(endpoint, { headers, signal: AbortSignal.timeout(5_000) })
  const text = await reply.text()
  if (!text.includes('ListAllMyBucketsResult')) throw new Error(`no list of buckets: ${reply.status} ${text}`)
}

/** Where a machine has all of Ceph, that; else Debian's, unpacked. */
async function findCeph(log: (line: string) => void): Promise<Ceph> {
  const names = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'monmaptool', 'osdmaptool']
  const found = new Map(names.flatMap((name) => programs(name).map((program) => [name, program] as const)))
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  if (names.every((name) => found.has(name))) {
    return { at: (name) => found.get(name) ?? name, env: process.env, libraries: `/usr/lib/${triple}` }
  }
  const { folder, env } = await debianPart({
    name: 'ceph',
    package: 'radosgw',
    also: ['ceph-base', 'ceph-common', 'ceph-mon', 'ceph-osd'],
    without: NOT_FOR_US,
    libraries: ['ceph'], // what its programs share
    tries: names.map((name) => [`usr/bin/${name}`, '--version'] as const),
    setting: 'S3_ENDPOINT, S3_ACCESS_KEY_ID and S3_SECRET_KEY_FILE',
    log,
  })
  return { at: (name) => join(folder, 'usr/bin', name), env, libraries: join(folder, 'usr/lib', triple) }
}
