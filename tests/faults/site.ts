// One whole Safehand whose every wire can fail: its own parts, a proxy on each line between a process and a part, short
// waits, and a superuser's view of the database that takes no proxy. Processes that end are started again, as a
// supervisor would; one that ended without having been told to is remembered as a fault of its own.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { type PartName, type Services, startServices } from '../../scripts/services.ts'
import { type Cast, createCast } from '../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../fixtures/database.ts'
import { type Installation, type ProcessName, startInstallation } from '../fixtures/installation.ts'
import { type Address, type Wire, startWire } from './wire.ts'

export const processNames = ['server', 'scanner', 'housekeeper'] as const satisfies readonly ProcessName[]
export const partNames = ['postgres', 'redis', 'scan-keys', 'clamd', 'smtp'] as const satisfies readonly PartName[]
export type FaultyPart = (typeof partNames)[number]

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
  'network',
] as const
export type WireName = (typeof wireNames)[number]

export const wiresOf: Readonly<Record<FaultyPart | 'network', readonly WireName[]>> = {
  postgres: ['server-postgres', 'scanner-postgres', 'housekeeper-postgres'],
  redis: ['scanner-redis', 'housekeeper-redis'],
  'scan-keys': ['scan-keys'],
  clamd: ['clamd'],
  smtp: ['smtp'],
  network: ['network'],
}

export interface Site extends AsyncDisposable {
  readonly services: Services
  readonly database: TestDatabase
  readonly installation: Installation
  readonly cast: Cast
  readonly wires: Readonly<Record<WireName, Wire>>
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

/** Seconds until a statement that nobody answers is given up; a minute otherwise. A busy machine needs some. */
const patience = '10'

export async function openSite(): Promise<Site> {
  await using cleaning = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'safehand-faults-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  const [outside, homes, logs] = ['outside', 'homes', 'logs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [outside, homes, logs]) await mkdir(path, { mode: 0o711 })
  const services = await startServices({ directory: logs, ignoreSettings: true, only: partNames })
  cleaning.defer(() => services.stop())
  const database = await createTestDatabase(services)
  cleaning.defer(() => database.drop())
  const wires = await openWires(services, cleaning)
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
    directory: join(folder, 'service'),
    settings: {
      server: { SAFEHAND_DATABASE_SECONDS: patience },
      scanner: {
        REDIS_URL: withPort(services.redisUrl, portOf(wires['scanner-redis'])),
        SAFEHAND_DATABASE_SECONDS: patience,
      },
      housekeeper: {
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
  })
  const deaths = watchDeaths(installation)
  const kept = cleaning.move()
  return {
    services,
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

async function openWires(services: Services, cleaning: AsyncDisposableStack) {
  const to: Record<Exclude<WireName, 'network'>, Address> = {
    'server-postgres': addressOf(services.databaseUrl),
    'scanner-postgres': addressOf(services.databaseUrl),
    'housekeeper-postgres': addressOf(services.databaseUrl),
    'scanner-redis': addressOf(services.redisUrl),
    'housekeeper-redis': addressOf(services.redisUrl),
    'scan-keys': addressOf(services.scanKeysUrl),
    clamd: { path: (services.clamd as { socketPath: string }).socketPath },
    smtp: addressOf(services.smtp.url),
  }
  const wires: Partial<Record<WireName, Wire>> = {}
  for (const [name, address] of Object.entries(to) as [WireName, Address][]) {
    const wire = await startWire(address)
    cleaning.defer(() => wire.close())
    wires[name] = wire
  }
  return wires as Record<Exclude<WireName, 'network'>, Wire>
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
