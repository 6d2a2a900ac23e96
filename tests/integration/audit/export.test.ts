/**
 * A log exported by the command line from the real service and verified offline; then every way to tamper with the
 * folder (ARCHITECTURE.md#verify-a-log), each named where it is.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { LogReport } from '#client/log/verify-log.ts'
import type { LogReference } from '#domain/events.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { instantOf, systemClock } from '#platform/clock.ts'
import { ed25519Key, sha256 } from '#platform/crypto.ts'
import { openLog } from '#platform/log.ts'
import { signCheckpoint } from '#tlog/checkpoint.ts'
import { rootOf } from '#tlog/merkle.ts'
import { ED25519, formatVkey, vkeyOf } from '#tlog/note.ts'
import { bundlesAt, decodeBundle, encodeBundle, entriesPath } from '#tlog/tiles.ts'
import { readEntries as pageOfEntries } from '../../../server/audit/entries.ts'
import { exportWithin } from '../../../server/audit/export.ts'
import { startSequencer } from '../../../worker/housekeeper/audit/sequencer.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { type CommandLine, createCommandLine } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import {
  holderOf,
  makeAgreement,
  makePerson,
  makeOrganisation,
  makeWorld,
  signAgreement,
  type TestOrganisation,
  type TestPerson,
  type World,
  agreementDocumentsOf,
} from '../../fixtures/documents.ts'
import { callerOf, entryWriter, originOf } from '../../fixtures/logs.ts'
import { moveIn, storeOrganisation, storeWorld } from '../../fixtures/stored-world.ts'
import { exportTiles, leafHashesOf } from '../../fixtures/tlog.ts'

const run = promisify(execFile)
const quiet = openLog({ name: 'sequencer test', level: 'silent' })
const count = 600

let test: TestDatabase
let world: World
let stranger: TestOrganisation
let app: RunningApp
let sequencer: ReturnType<typeof startSequencer>
let ian: CommandLine
/** The same person in another home, which has seen the first export and nothing later. */
let reader: CommandLine
/** And in one that has seen nothing. */
let blank: CommandLine
let folder: string
let log: LogReference
const closing: (() => Promise<unknown>)[] = []

const agreementId = () => world.agreement.value.id
const later = (days: number) => addDays(instantOf(systemClock.epochMs()) as Instant, days)

beforeAll(async () => {
  test = await createTestDatabase(inject('services'))
  const at = addDays(instantOf(systemClock.epochMs()) as Instant, -1)
  world = await makeWorld({ at })
  stranger = await makeOrganisation({
    name: 'Another Council',
    people: [
      await makePerson({ name: 'Otto Officer', email: 'otto@other.example', roles: ['information-officer'], at }),
    ],
    at,
  })
  const owner = test.as.owner.database
  await storeWorld(owner, world)
  await storeOrganisation(owner, { organisation: stranger, at })
  app = await startApp({
    databaseUrl: test.urls.server,
    useCases: [exportWithin(2_000), pageOfEntries],
    adapters: { installation: world.origin },
  })
  sequencer = startHousekeeping()
  log = { kind: 'agreement', id: agreementId() }
  const write = entryWriter(test.as.server.database, app.clock.now() as Instant)
  const caller = callerOf({ organisation: world.council.id, account: world.council.people[0]!.account })
  for (let at = 0; at < count; at += 1) await write(`entry ${at}`, [log], caller)
  ian = await person(world.council, holderOf(world.council, 'information-officer'))
  folder = ian.path('export')
  await ian.done('audit', 'export', agreementId(), '--into', folder)
  reader = await anotherHome()
  await reader.done('audit', 'verify', folder)
  blank = await anotherHome()
})
afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await sequencer.stop()
  await app.stop()
  await test.drop()
})

function startHousekeeping() {
  const { database, connect } = test.as.housekeeper
  return startSequencer({ database, connect, key: world.service.log, log: quiet })
}

async function person(
  organisation: TestOrganisation,
  one: TestPerson,
  now = () => app.clock.now(),
): Promise<CommandLine> {
  const command = await createCommandLine({ now })
  closing.push(command.remove)
  await moveIn(command.home, { app, owner: test.as.owner.database, organisation, person: one })
  return command
}

/** A copy of the export, changed. */
async function tampered(change: (copy: string) => Promise<unknown>): Promise<string> {
  const copy = join(await mkdtemp(join(tmpdir(), 'safehand-export-')), 'export')
  closing.push(() => rm(join(copy, '..'), { recursive: true }))
  await cp(folder, copy, { recursive: true })
  await change(copy)
  return copy
}

const anotherHome = () => person(world.council, holderOf(world.council, 'information-officer'))

async function verify(copy: string, ...options: string[]): Promise<LogReport & { exit: number }> {
  return verifyBy(reader, copy, ...options)
}

async function verifyBy(who: CommandLine, copy: string, ...options: string[]): Promise<LogReport & { exit: number }> {
  const { exit, json } = await who.run('audit', 'verify', copy, ...options, '--json')
  return { ...json, exit }
}

const flipBit = (path: string, at: number) => async (copy: string) => {
  const bytes = await readFile(join(copy, path))
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  await writeFile(join(copy, path), bytes)
}

async function readEntries(copy: string): Promise<Uint8Array[]> {
  const size = Number((await readFile(join(copy, 'checkpoint'), 'utf8')).split('\n')[1])
  const bundles = Array.from(
    bundlesAt(size),
    async (bundle) => decodeBundle(await readFile(join(copy, entriesPath(bundle))), bundle.width)!,
  )
  return (await Promise.all(bundles)).flat()
}

/** Rewrites one bundle's entries, whatever that does to everything else. */
const editBundle = (index: number, edit: (entries: Uint8Array[]) => Uint8Array[]) => async (copy: string) => {
  const path = join(copy, entriesPath({ index, width: 256 }))
  await writeFile(path, encodeBundle(edit(decodeBundle(await readFile(path), 256)!)))
}

interface Forged {
  readonly copy: string
  readonly entries: readonly Uint8Array[]
  readonly key?: ReturnType<typeof ed25519Key>
}

/** A whole folder anew over these entries, signed: what who holds a log key can do. */
async function forge({ copy, entries, key = world.service.log }: Forged): Promise<void> {
  await rm(join(copy, 'tile'), { recursive: true })
  const files = new Map(exportTiles(entries))
  for (const bundle of bundlesAt(entries.length)) {
    const from = bundle.index * 256
    files.set(entriesPath(bundle), encodeBundle(entries.slice(from, from + bundle.width)))
  }
  for (const [path, bytes] of files) {
    await mkdir(join(copy, path, '..'), { recursive: true })
    await writeFile(join(copy, path), bytes)
  }
  const checkpoint = { origin: originOf(log), size: entries.length, root: rootOf(sha256, leafHashesOf(entries)) }
  const vkey = vkeyOf(sha256, { name: originOf(log), algorithm: ED25519, key: key.publicKey })
  await writeFile(join(copy, 'checkpoint'), signCheckpoint({ checkpoint, vkey, sign: key.sign }))
  await writeFile(join(copy, 'vkey'), `${formatVkey(vkey)}\n`)
}

const foreignKey = () => ed25519Key(new Uint8Array(32).fill(7))

describe('audit export', () => {
  it('[log/export] writes C2SP tiles of exactly the entries, and verifies them under the pinned root', async () => {
    const report = await verify(folder)
    expect(report).toMatchObject({ exit: 0, status: 'verified', problem: null, size: count, origin: originOf(log) })
    expect(report.key).toMatchObject({ pinned: true, agreement: `${agreementId()} 1`, quorum: 0 })
    expect(report.openings).toEqual({ held: count * 3, theirs: 0, missing: 0, kinds: {} })
    const entries = await readEntries(folder)
    const said = entries.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)).detail.what)
    expect(said).toEqual(Array.from({ length: count }, (_, at) => `entry ${at}`))
    for (const [path, bytes] of exportTiles(entries)) {
      expect(await readFile(join(folder, path))).toEqual(Buffer.from(bytes))
    }
    expect((await readdir(folder)).sort()).toEqual([
      'README.txt',
      'checkpoint',
      'documents.json',
      'openings.jsonl',
      'tile',
      'vkey',
    ])
  })

  it('[log/export] holds everything acknowledged before it began', async () => {
    const write = entryWriter(test.as.server.database, app.clock.now() as Instant)
    await sequencer.stop()
    await Promise.all(Array.from({ length: 50 }, (_, at) => write(`burst ${at}`, [log])))
    const into = ian.path('burst')
    const exporting = ian.done('audit', 'export', agreementId(), '--into', into)
    // Nothing moves until the export has long begun: it must have waited.
    await sleep(500)
    sequencer = startHousekeeping()
    const { size, waiting, proved } = await exporting
    // The service proved from its tiles that this log begins with the first export's.
    expect(proved).toBe(true)
    const said = (await readEntries(into)).map((bytes) => JSON.parse(new TextDecoder().decode(bytes)).detail.what)
    expect(said.filter((what) => String(what).startsWith('burst'))).toHaveLength(50)
    expect({ size, waiting }).toEqual({ size: said.length, waiting: 0 })
    // The first export and its pages stand in the log themselves, with what was exported.
    const exported = (await readEntries(into)).map((bytes) => JSON.parse(new TextDecoder().decode(bytes)))
    const [first] = exported.filter(({ event }) => event === 'audit.exported')
    expect(first.detail).toEqual({
      size: count,
      root: Buffer.from((await verify(folder)).root!, 'base64').toString('hex'),
    })
    expect(exported.filter(({ event }) => event === 'audit.viewed').at(-1).detail).toBeDefined()
    expect(await verifyBy(ian, into, '--earlier', folder)).toMatchObject({ exit: 0, status: 'verified' })
  })

  it('[log/export] says how much is missing when the sequencer stands still', async () => {
    await sequencer.stop()
    try {
      const write = entryWriter(test.as.server.database, app.clock.now() as Instant)
      for (const what of ['one', 'two']) await write(what, [log])
      const { waiting, status } = await ian.done('audit', 'export', agreementId(), '--into', ian.path('standing'))
      expect({ waiting: waiting >= 2, status }).toEqual({ waiting: true, status: 'verified' })
    } finally {
      sequencer = startHousekeeping()
    }
  })

  it('[log/export] exports an organisation’s own log, its key from the agreement', async () => {
    const own: LogReference = { kind: 'organisation', id: world.council.id }
    await entryWriter(test.as.server.database, app.clock.now() as Instant)('at home', [own])
    const report = await ian.done('audit', 'export', '--organisation', '--into', ian.path('own'))
    expect(report).toMatchObject({ status: 'verified', origin: originOf(own), key: { pinned: true } })
  })

  it('[log/export] never writes into a folder that holds something', async () => {
    const { exit, error } = await ian.run('audit', 'export', agreementId(), '--into', folder)
    expect({ exit, said: error.includes('not empty') }).toEqual({ exit: 2, said: true })
  })

  it('[log/readers] is refused to a caseworker, and unknown to other organisations, in their own logs', async () => {
    const carol = await person(world.council, holderOf(world.council, 'caseworker'))
    const otto = await person(stranger, holderOf(stranger, 'information-officer'))
    const refused = await carol.run('audit', 'export', agreementId(), '--into', carol.path('x'), '--json')
    expect([refused.exit, refused.json.error.code]).toEqual([3, 'ROLE_REQUIRED'])
    const unknown = await otto.run('audit', 'export', agreementId(), '--into', otto.path('x'), '--json')
    expect([unknown.exit, unknown.json.error.code]).toEqual([3, 'NOT_FOUND'])
    await ian.done('audit', 'export', agreementId(), '--into', ian.path('refusals'))
    const entries = (await readEntries(ian.path('refusals'))).map((bytes) =>
      JSON.parse(new TextDecoder().decode(bytes)),
    )
    const refusals = entries.filter(({ outcome }) => outcome === 'refused')
    expect(refusals.map(({ code, actor }) => [code, actor.organisation])).toEqual([['ROLE_REQUIRED', world.council.id]])
    await otto.run('audit', 'export', '--organisation', '--into', otto.path('own'))
    const own = (await readEntries(otto.path('own'))).map((bytes) => JSON.parse(new TextDecoder().decode(bytes)))
    expect(own.map(({ event, code }) => [event, code])).toContainEqual(['audit.exported', 'NOT_FOUND'])
  })
})

describe('audit verify', () => {
  it('[log/words] reads the log in plain sentences', async () => {
    const { out } = await reader.run('audit', 'verify', folder, '--entries')
    expect(out).toContain(`${world.council.people[0]!.name}, ${world.council.name}: The log was looked at.`)
    expect(out).toContain('Verified.')
  })

  it('[log/export] knows no key without an agreement under a pinned root, and checks all else', async () => {
    const nobody = await createCommandLine({ now: () => app.clock.now() })
    closing.push(nobody.remove)
    const { exit, json } = await nobody.run('audit', 'verify', folder, '--json')
    expect(exit).toBe(4)
    expect(json).toMatchObject({ status: 'key not pinned', problem: null, key: { pinned: false } })
    expect(json.openings.held).toBe(count * 3)
    const damaged = await nobody.run('audit', 'verify', await tampered(flipBit('tile/entries/000', 300)), '--json')
    expect(damaged.json.status).toBe('bad')
    const other = await person(stranger, holderOf(stranger, 'information-officer'))
    expect((await other.run('audit', 'verify', folder, '--json')).json.status).toBe('key not pinned')
  })

  it('[log/export] is a script as well, for those without a command line', async () => {
    const script = (...argv: string[]) =>
      run(process.execPath, ['scripts/verify-log.ts', ...argv], { env: { HOME: ian.path('nowhere') } }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
      )
    const pinned = await script(folder, '--home', reader.home)
    expect([pinned.code, pinned.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'Verified.'])
    expect(await script(folder)).toMatchObject({ code: 4, stdout: expect.stringContaining('key not pinned') })
    const damaged = await script(await tampered(flipBit('tile/entries/001', 5_000)), '--home', reader.home)
    expect(damaged).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/BAD {6}Entry 2\d\d: The entry is not the one/),
    })
  })

  // By a clock so many seconds off: what stands still is counted from before the last entry was written.
  const clocks = [
    [-7200, 'ENTRY_IN_FUTURE'],
    [-360, 'ENTRY_IN_FUTURE'],
    [-3, null],
    [0, null],
    [3, null],
    [360, null],
    [7200, null],
  ] as const
  it.each(clocks)('[clock/tolerance] [clock/named] by a clock %i seconds off finds %s', async (offset, lack) => {
    const clock = () => addSeconds(offset < -300 ? addDays(world.at, 1) : (app.clock.now() as Instant), offset)
    const reader = await person(world.council, holderOf(world.council, 'information-officer'), clock)
    const { exit, json } = await reader.run('audit', 'verify', folder, '--json')
    expect([exit, json.lacks[0]?.code ?? null]).toEqual([lack === null ? 0 : 7, lack])
    if (lack === null) return
    expect((await reader.run('audit', 'verify', folder)).out).toContain('Look at that clock first')
  })

  it('[log/export] still verifies when its rosters have expired since', async () => {
    const patient = await person(world.council, holderOf(world.council, 'information-officer'), () => later(60))
    const { exit, json } = await patient.run('audit', 'verify', folder, '--json')
    expect([exit, json.status]).toEqual([0, 'verified'])
    expect(json.key.asOf < later(1)).toBe(true)
  })

  const tampers: Record<string, { change: (copy: string) => Promise<unknown>; found: object }> = {
    'a bit in an entry': {
      change: editBundle(1, (entries) => entries.map((entry, at) => (at === 44 ? flipped(entry) : entry))),
      found: { code: 'ENTRY_MISMATCH', index: 300 },
    },
    'a bit in the length of an entry': {
      change: flipBit('tile/entries/000', 1),
      found: { code: 'ENTRY_MISMATCH', index: 0 },
    },
    'two entries swapped': {
      change: editBundle(0, ([a, b, c, ...rest]) => [a!, c!, b!, ...rest]),
      found: { code: 'ENTRY_MISMATCH', index: 1 },
    },
    'an entry dropped': {
      change: editBundle(1, (entries) => entries.toSpliced(4, 1)),
      found: { code: 'ENTRY_MISMATCH', index: 260 },
    },
    'the last entry of a bundle dropped': {
      change: editBundle(1, (entries) => entries.slice(0, -1)),
      found: { code: 'BUNDLE_MALFORMED', index: 511 },
    },
    'a bundle removed': {
      change: (copy) => rm(join(copy, 'tile/entries/001')),
      found: { code: 'ENTRY_MISSING', index: 256 },
    },
    'a bit in a full tile': {
      change: flipBit('tile/0/001', 32),
      found: { code: 'TILE_MISMATCH', index: null, where: 'tile/0/001' },
    },
    'a bit in the last tile': {
      change: flipBit('tile/0/002.p/88', 0),
      found: { code: 'EDGE_TILES_MISMATCH', index: null },
    },
    'a tile removed': {
      change: (copy) => rm(join(copy, 'tile/0/000')),
      found: { code: 'TILE_MISSING', where: 'tile/0/000' },
    },
    'another size in the checkpoint': {
      change: async (copy) => {
        const text = await readFile(join(copy, 'checkpoint'), 'utf8')
        await writeFile(join(copy, 'checkpoint'), text.replace(`\n${count}\n`, `\n${count - 1}\n`))
      },
      found: { code: 'CHECKPOINT_SIGNATURE', index: null },
    },
    'a bit in the signature': {
      change: async (copy) => {
        const text = await readFile(join(copy, 'checkpoint'), 'utf8')
        const at = text.length - 20
        await writeFile(
          join(copy, 'checkpoint'),
          `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`,
        )
      },
      found: { code: 'CHECKPOINT_SIGNATURE' },
    },
    'no checkpoint': { change: (copy) => rm(join(copy, 'checkpoint')), found: { code: 'CHECKPOINT_MISSING' } },
    'another value in an opening': {
      change: async (copy) => {
        const lines = (await readFile(join(copy, 'openings.jsonl'), 'utf8')).split('\n')
        const at = lines.findIndex((line) => line.startsWith('{"index":123,') && line.includes('source.address'))
        lines[at] = lines[at]!.replace('192.0.2.7', '192.0.2.8')
        await writeFile(join(copy, 'openings.jsonl'), lines.join('\n'))
      },
      found: { code: 'OPENING_MISMATCH', index: 123, where: 'source.address' },
    },
    'signed again by a foreign key': {
      change: async (copy) => forge({ copy, entries: await readEntries(copy), key: foreignKey() }),
      found: { code: 'CHECKPOINT_SIGNATURE' },
    },
    'an entry of another log under the right key': {
      change: async (copy) => {
        const entries = await readEntries(copy)
        const other = new TextDecoder().decode(entries[5]).replace(originOf(log), originOf({ kind: 'service' }))
        await forge({ copy, entries: entries.with(5, new TextEncoder().encode(other)) })
      },
      found: { code: 'ENTRY_OF_OTHER_LOG', index: 5 },
    },
    'something that is no entry under the right key': {
      change: async (copy) =>
        forge({ copy, entries: (await readEntries(copy)).with(7, new TextEncoder().encode('{"a":1}')) }),
      found: { code: 'ENTRY_UNREADABLE', index: 7 },
    },
  }
  const flipped = (entry: Uint8Array) => entry.with(100, entry[100]! ^ 1)

  it.each(Object.entries(tampers))('[log/tampering] names %s', async (_, { change, found }) => {
    const report = await verifyBy(blank, await tampered(change))
    expect(report).toMatchObject({ exit: 4, status: 'bad', problem: found })
  })

  it('[log/tampering] pins no key from an agreement that somebody made up around it', async () => {
    const copy = await tampered(async (made) => {
      const key = foreignKey()
      await forge({ copy: made, entries: await readEntries(made), key })
      const { serviceKeys } = world.agreement.value
      const period = { ...serviceKeys.log[0]!, publicKey: Buffer.from(key.publicKey).toString('base64') }
      const agreement = makeAgreement({ ...world.agreement.value, serviceKeys: { ...serviceKeys, log: [period] } })
      const { police, council } = world
      const signatures = [
        world.signatures[0]!,
        await signAgreement({ agreement, organisation: police, signer: holderOf(police, 'siro'), at: world.at }),
      ]
      const documents = agreementDocumentsOf({ agreement, signatures, organisations: [council, police] })
      await writeFile(join(made, 'documents.json'), JSON.stringify([documents]))
    })
    const report = await verify(copy)
    expect(report).toMatchObject({ exit: 4, status: 'key not pinned', problem: null })
    expect(report.key.reason).not.toBeNull()
    // Whoever forgets the key of the true log beside it is caught at once.
    await cp(join(folder, 'vkey'), join(copy, 'vkey'))
    expect(await verify(copy)).toMatchObject({ exit: 4, status: 'bad', problem: { code: 'VKEY_OTHER' } })
  })

  it('[log/tampering] sees a history that the log key’s holder rewrote or cut, when an older checkpoint is given', async () => {
    const rewritten = await tampered(async (copy) => {
      const entries = await readEntries(copy)
      const other = new TextDecoder().decode(entries[42]).replace('entry 42', 'entry 43')
      await forge({ copy, entries: [...entries.with(42, new TextEncoder().encode(other)), entries[0]!] })
      await rm(join(copy, 'openings.jsonl'))
    })
    expect(await verifyBy(await anotherHome(), rewritten)).toMatchObject({ status: 'not verified in full', seen: null })
    const stranger = await anotherHome()
    expect(await verifyBy(stranger, rewritten, '--earlier', join(folder, 'checkpoint'))).toMatchObject({
      exit: 4,
      problem: { code: 'HISTORY_REWRITTEN', where: `size ${count}` },
    })
    expect(await verifyBy(stranger, rewritten, '--earlier', folder)).toMatchObject({
      exit: 4,
      problem: { code: 'HISTORY_REWRITTEN', index: 42, where: `otherwise in ${folder}` },
    })
    const cut = await tampered(async (copy) => {
      await forge({ copy, entries: (await readEntries(copy)).slice(0, 400) })
      await rm(join(copy, 'openings.jsonl'))
    })
    expect(await verifyBy(stranger, cut, '--earlier', folder)).toMatchObject({ problem: { code: 'HISTORY_SHORTER' } })
    const foreign = await tampered(async (copy) => forge({ copy, entries: await readEntries(copy), key: foreignKey() }))
    expect(await verify(folder, '--earlier', foreign)).toMatchObject({ problem: { code: 'EARLIER_SIGNATURE' } })
  })

  it('[log/no-names] names the partner’s people, not their sessions and addresses, and verifies as well', async () => {
    const iris = await person(world.police, holderOf(world.police, 'information-officer'))
    const theirs = iris.path('export')
    await iris.done('audit', 'export', agreementId(), '--into', theirs)
    const lines = (await readFile(join(theirs, 'openings.jsonl'), 'utf8')).split('\n').filter(Boolean)
    const openings = lines.map((line) => JSON.parse(line) as { index: number; field: string })
    const ofCouncil = new Set(openings.filter(({ index }) => index < count).map(({ field }) => field))
    expect(ofCouncil).toEqual(new Set(['actor.account']))
    const { exit, json } = await iris.run('audit', 'verify', theirs, '--json')
    expect({ exit, status: json.status }).toEqual({ exit: 0, status: 'verified' })
    expect(json.openings).toMatchObject({ missing: 0 })
    expect(json.openings.theirs).toBeGreaterThanOrEqual(count * 2)
  })

  it('[log/openings] still leads to the signed root when openings were deleted, and is not verified in full', async () => {
    const some = await tampered(async (copy) => {
      const lines = (await readFile(join(copy, 'openings.jsonl'), 'utf8')).split('\n')
      await writeFile(join(copy, 'openings.jsonl'), lines.filter((line) => !line.includes('actor.account')).join('\n'))
    })
    expect(await verify(some)).toMatchObject({
      exit: 7,
      status: 'not verified in full',
      openings: { held: count * 2, missing: count, kinds: { 'actor.account': count } },
    })
    const { out } = await reader.run('audit', 'verify', some, '--entries')
    expect(out).toContain(`Account not given of ${world.council.id}: `)
    const all = await tampered((copy) => rm(join(copy, 'openings.jsonl')))
    expect(await verify(all)).toMatchObject({ exit: 7, openings: { held: 0, missing: count * 3 } })
  })
})
