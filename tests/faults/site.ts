// One whole Safehand whose every wire can fail: its own parts, a proxy on each line between a process and a part, short
// waits, and a superuser's view of the database that takes no proxy. Processes that end are started again, as a
// supervisor would; one that ended without having been told to is remembered as a fault of its own.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import pg from 'pg'
import { fileStore } from '#platform/object-store/file-store.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import { s3Store } from '#platform/object-store/s3-store.ts'
import { type PartName, type S3Access, type Services, startServices } from '../../scripts/services.ts'
import { type Cast, createCast } from '../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../fixtures/database.ts'
import { type Installation, type ProcessName, startInstallation } from '../fixtures/installation.ts'
import { type Address, type Wire, startWire } from './wire.ts'

export const processNames = ['server', 'scanner', 'housekeeper'] as const satisfies readonly ProcessName[]
export const partNames = [
  'postgres',
  'redis',
  'scan-keys',
  'clamd',
  'smtp',
  's3',
] as const satisfies readonly PartName[]
export type FaultyPart = (typeof partNames)[number]

/** Where the bodies lie. */
export type StoreKind = 'files' | 's3'

/** Who speaks to whom. */
export const wireNames = [
  'server-postgres',
  'scanner-postgres',
  'housekeeper-postgres',
  'scanner-redis',
  'housekeeper-redis',
  'scan-keys',
  'clamd',
  'smtp',
  'server-s3',
  'scanner-s3',
  'housekeeper-s3',
  'network',
] as const
export type WireName = (typeof wireNames)[number]

export const wiresOf: Readonly<Record<FaultyPart | 'network', readonly WireName[]>> = {
  postgres: ['server-postgres', 'scanner-postgres', 'housekeeper-postgres'],
  redis: ['scanner-redis', 'housekeeper-redis'],
  'scan-keys': ['scan-keys'],
  clamd: ['clamd'],
  smtp: ['smtp'],
  s3: ['server-s3', 'scanner-s3', 'housekeeper-s3'],
  network: ['network'],
}

/** Those of S3 are there when it is the store. */
type Wires = Readonly<Record<Exclude<WireName, S3Wire>, Wire> & Partial<Record<S3Wire, Wire>>>
type S3Wire = `${ProcessName}-s3`

export interface Site extends AsyncDisposable {
  readonly services: Services<PartName>
  /** What the service keeps, past all wires. */
  readonly objects: ObjectStore
  readonly database: TestDatabase
  readonly installation: Installation
  readonly cast: Cast
  readonly wires: Wires
  /** For what goes out and what comes in; the one place where plaintext may be. */
  readonly outside: string
  /** Every folder in which something of the service or of its users lies, `outside` apart. */
  readonly inside: readonly string[]
  /** Processes that ended by themselves since this was last asked. */
  deaths(): string[]
  /** Starts again what ended by itself, as a supervisor does. */
  revive(): Promise<void>
  /** Ends a process and starts it again. */
  restart(name: ProcessName, how: 'kill' | 'stop'): Promise<void>
}

/** Seconds until a statement or a request that nobody answers is given up; a minute otherwise. A busy machine needs some. */
const patience = '20'

export async function openSite(store: StoreKind = 'files'): Promise<Site> {
  await using cleaning = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'safehand-faults-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  const [outside, homes, logs] = ['outside', 'homes', 'logs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [outside, homes, logs]) await mkdir(path, { mode: 0o711 })
  const only = partNames.filter((name) => name !== 's3' || store === 's3')
  const services = await startServices({ directory: logs, ignoreSettings: true, only })
  cleaning.defer(() => services.stop())
  const database = await createTestDatabase(services)
  cleaning.defer(() => database.drop())
  const wires = await openWires(services, cleaning)
  const bucket = store === 's3' ? await createBucket(services.s3, folder) : null
  const service = join(folder, 'service')
  // Whatever a process writes beside what it is told to is looked through as well.
  const TMPDIR = join(service, 'temporary')
  await mkdir(TMPDIR, { recursive: true, mode: 0o700 })
  const through = (name: ProcessName) => withPort(database.urls[name], portOf(wires[`${name}-postgres`]))
  const installation = await startInstallation({
    services: {
      ...services.values,
      scanKeysUrl: withPort(services.scanKeysUrl, portOf(wires['scan-keys'])),
      smtp: { ...services.smtp, url: withPort(services.smtp.url, portOf(wires.smtp)) },
      clamd: { ...services.clamd, socketPath: (wires.clamd.address as { path: string }).path },
    },
    databaseUrls: {
      owner: database.urls.owner,
      server: through('server'),
      scanner: through('scanner'),
      housekeeper: through('housekeeper'),
    },
    directory: service,
    ...(bucket && { bucket: bucket.settings }),
    settings: {
      server: { TMPDIR, SAFEHAND_DATABASE_SECONDS: patience, ...endpointOf(wires['server-s3']) },
      scanner: {
        TMPDIR,
        ...endpointOf(wires['scanner-s3']),
        REDIS_URL: withPort(services.redisUrl, portOf(wires['scanner-redis'])),
        SAFEHAND_DATABASE_SECONDS: patience,
      },
      housekeeper: {
        TMPDIR,
        ...endpointOf(wires['housekeeper-s3']),
        REDIS_URL: withPort(services.redisUrl, portOf(wires['housekeeper-redis'])),
        SAFEHAND_DATABASE_SECONDS: patience,
        SAFEHAND_RECONCILE_EVERY_SECONDS: '1',
        SAFEHAND_RECONCILE_AFTER_SECONDS: '2',
      },
    },
  })
  cleaning.defer(() => installation.stop())
  const network = await startWire(addressOf(installation.url))
  cleaning.defer(() => network.close())
  const cast = await createCast({
    installation: { ...installation, url: withPort(installation.url, portOf(network)) },
    directory: homes,
    idleSeconds: Number(patience),
  })
  const deaths = watchDeaths(installation)
  const kept = cleaning.move()
  return {
    services,
    objects: bucket?.store ?? (await fileStore(installation.objects)),
    database,
    installation,
    cast,
    wires: { ...wires, network },
    outside,
    inside: [
      dirname(services.smtp.folder!),
      ...('temporaryDirectory' in services.clamd ? [services.clamd.temporaryDirectory!] : []),
      installation.directory,
      homes,
      logs,
    ],
    deaths: deaths.since,
    async revive() {
      for (const name of processNames) {
        if (!deaths.isDead(name)) continue
        await installation.start(name)
        deaths.watch(name)
      }
    },
    async restart(name, how) {
      deaths.expect(name)
      await installation.processes[name][how]()
      await installation.start(name)
      deaths.watch(name)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function openWires(services: Services<PartName>, cleaning: AsyncDisposableStack) {
  const postgres = addressOf(services.databaseUrl)
  const redis = addressOf(services.redisUrl)
  const s3 = services.parts.s3 && addressOf(services.s3.endpoint)
  const to = {
    'server-postgres': postgres,
    'scanner-postgres': postgres,
    'housekeeper-postgres': postgres,
    'scanner-redis': redis,
    'housekeeper-redis': redis,
    'scan-keys': addressOf(services.scanKeysUrl),
    clamd: { path: (services.clamd as { socketPath: string }).socketPath },
    smtp: addressOf(services.smtp.url),
    ...(s3 && { 'server-s3': s3, 'scanner-s3': s3, 'housekeeper-s3': s3 }),
  } satisfies Partial<Record<WireName, Address>>
  const wires: Partial<Record<WireName, Wire>> = {}
  for (const [name, address] of Object.entries(to) as [WireName, Address][]) {
    const wire = await startWire(address)
    cleaning.defer(() => wire.close())
    wires[name] = wire
  }
  return wires as Omit<Wires, 'network'>
}

async function createBucket(access: S3Access, folder: string) {
  const { endpoint, region, accessKeyId, secretAccessKey } = access
  const bucket = 'safehand-faults'
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: access })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  const file = join(folder, 's3-secret-key')
  await writeFile(file, secretAccessKey, { mode: 0o600 })
  return {
    store: s3Store({ ...access, bucket, pathStyle: true }) as ObjectStore,
    settings: {
      S3_REGION: region,
      S3_BUCKET: bucket,
      S3_PATH_STYLE: 'true',
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_KEY_FILE: file,
    },
  }
}

function endpointOf(wire: Wire | undefined): Record<string, string> {
  return wire ? { S3_ENDPOINT: `http://127.0.0.1:${portOf(wire)}` } : {}
}

function watchDeaths({ processes }: Installation) {
  const expected = new Set<number>()
  const dead = new Set<number>()
  const seen: string[] = []
  const watch = (name: ProcessName) => {
    const one = processes[name]
    void one.ended.then(() => {
      dead.add(one.pid)
      if (!expected.has(one.pid)) seen.push(`${name} ended by itself:\n${one.lastOutput().slice(-2000)}`)
    })
  }
  for (const name of processNames) watch(name)
  return {
    watch,
    expect: (name: ProcessName) => expected.add(processes[name].pid),
    isDead: (name: ProcessName) => dead.has(processes[name].pid),
    since: () => seen.splice(0),
  }
}

/** One question to the database past all wires, on a connection of its own: it may have been restarted since. */
export async function ask<Row extends pg.QueryResultRow>(
  { services, database }: Pick<Site, 'services' | 'database'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const url = new URL(services.databaseUrl)
  url.pathname = `/${database.name}`
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000, query_timeout: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

function addressOf(url: string): Address {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

function portOf({ address }: Wire): number {
  return (address as { port: number }).port
}

function withPort(url: string, port: number): string {
  const changed = new URL(url)
  changed.port = String(port)
  // A URL of another kind than http ends as it began; one of http gets a slash that nobody asked for.
  return changed.href.replace(/\/$/, url.endsWith('/') ? '/' : '')
}
