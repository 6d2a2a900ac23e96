// A history that its own operator cut, rolled back, forked or wrote again (ARCHITECTURE.md#nobody-forgets), each head truly
// signed with the log's key: the signature says nothing against it, and what this home saw before does.
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncodedEntry } from '#domain/audit/encode.ts'
import { addSeconds } from '#domain/time.ts'
import { ed25519Key, sha256, verifyEd25519 } from '#platform/crypto.ts'
import { checkpointSignaturesBy, parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { cosignedMessage, encodeCosignature } from '#tlog/cosignature.ts'
import { COSIGNATURE, ED25519, formatVkey, parseVkey, vkeyOf } from '#tlog/note.ts'
import type { CommandLine } from '../fixtures/command-line.ts'
import {
  agreementDocumentsOf,
  holderOf,
  makeAgreement,
  makeWorld,
  newId,
  signAgreement,
  type TestOrganisation,
  type World,
} from '../fixtures/documents.ts'
import { createLogOperator, type LogOperator, type Shown } from '../fixtures/log-operator.ts'

const before = 300
const later = 20

let world: World
let operator: LogOperator
/** What was shown first, and what truly came after it. */
let first: readonly EncodedEntry[]
let grown: readonly EncodedEntry[]

beforeAll(async () => {
  world = await makeWorld()
  operator = createLogOperator(world)
  grown = operator.history(before + later)
  first = grown.slice(0, before)
})
afterAll(() => operator?.remove())

const show = (shown: Omit<Shown, 'log'>) => operator.show({ log: operator.log, ...shown })
const agreement = () => world.agreement.value.id
/** Another entry in the place of the one at `at`. */
const rewritten = (entries: readonly EncodedEntry[], at: number) => entries.with(at, operator.entry('never happened'))

/** A home that has exported the true log. */
async function home(): Promise<CommandLine> {
  const ian = await operator.home()
  show({ entries: first })
  await ian.done('audit', 'export', agreement(), '--into', ian.path('true'))
  return ian
}

const request = [
  ...['--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY'],
  ...['--to', 'olu@police.example'],
]

async function exported(ian: CommandLine, into: string) {
  const { exit, json } = await ian.run('audit', 'export', agreement(), '--into', ian.path(into), '--json')
  return { exit, ...json }
}

async function verified(ian: CommandLine, folder: string, ...options: string[]) {
  const { exit, json } = await ian.run('audit', 'verify', ian.path(folder), ...options, '--json')
  return { exit, ...json }
}

const good = { exit: 0, status: 'verified', problem: null }
const bad = (code: string, index: number | null = null) => ({ exit: 4, status: 'bad', problem: { code, index } })

interface Attempt {
  readonly shown: () => Omit<Shown, 'log'>
  readonly exported: object
  /** Of the folder that the export wrote, offline; the same when left out. */
  readonly verified?: object
}

const attempts: Readonly<Record<string, Attempt>> = {
  'the very same': { shown: () => ({ entries: first }), exported: good },
  'what came after it': { shown: () => ({ entries: grown }), exported: good },
  'cut, and signed again': { shown: () => ({ entries: first.slice(0, 200) }), exported: bad('HISTORY_SHORTER') },
  'nothing but its first entry': { shown: () => ({ entries: first.slice(0, 1) }), exported: bad('HISTORY_SHORTER') },
  'one entry written again, as long as before': {
    shown: () => ({ entries: rewritten(first, 42) }),
    exported: bad('HISTORY_REWRITTEN', 42),
  },
  'one entry written again, and longer': {
    shown: () => ({ entries: rewritten(grown, 42) }),
    exported: bad('HISTORY_REWRITTEN', 42),
  },
  'its last entry written again': {
    shown: () => ({ entries: rewritten(grown, before - 1) }),
    exported: bad('HISTORY_REWRITTEN', before - 1),
  },
  'one entry left out': {
    shown: () => ({ entries: grown.toSpliced(7, 1) }),
    exported: bad('HISTORY_REWRITTEN', 7),
  },
  'cut, and grown otherwise': {
    shown: () => ({ entries: [...first.slice(0, 200), ...operator.history(200)] }),
    exported: bad('HISTORY_REWRITTEN', 200),
  },
  'cut, with an entry written again': {
    shown: () => ({ entries: rewritten(first, 10).slice(0, 200) }),
    exported: bad('HISTORY_REWRITTEN', 10),
  },
  'a whole other history': {
    shown: () => ({ entries: operator.history(400) }),
    exported: bad('HISTORY_REWRITTEN', 0),
  },
  'entries that do not lead to the signed root': {
    shown: () => ({ entries: rewritten(grown, 42), signed: grown }),
    exported: bad('ROOT_MISMATCH', 42),
  },
  'a true head, and fewer entries than it counts': {
    shown: () => ({ entries: grown, endsAt: 310 }),
    // The last whole file of entries is what an export can be read by.
    exported: bad('ENTRY_MISSING', 256),
  },
  'a true head, and no entries at all': {
    shown: () => ({ entries: grown, endsAt: 0 }),
    exported: bad('ENTRY_MISSING', 0),
  },
  'signed by another key': {
    shown: () => ({ entries: grown, key: ed25519Key(new Uint8Array(randomBytes(32))) }),
    exported: bad('CHECKPOINT_SIGNATURE'),
  },
  'the log of another agreement': {
    shown: () => ({ entries: grown, origin: `${world.origin}/agreements/${newId()}` }),
    exported: { exit: 4, error: { code: 'TRUST_LOG' } },
  },
  'the organisation’s log in its place': {
    shown: () => ({ entries: grown, origin: `${world.origin}/organisations/${agreement()}` }),
    exported: { exit: 4, error: { code: 'TRUST_LOG' } },
  },
  'the log of an agreement at another installation': {
    shown: () => ({ entries: grown, origin: `other.invalid/agreements/${agreement()}` }),
    exported: { exit: 4, error: { code: 'TRUST_LOG' } },
  },
}

describe('a home that has seen the true log', () => {
  it.each(Object.entries(attempts))('[log/memory] is shown %s', async (_, { shown, ...expected }) => {
    const ian = await home()
    show(shown())
    expect(await exported(ian, 'again')).toMatchObject(expected.exported)
    if ('error' in expected.exported) return
    expect(await verified(ian, 'again')).toMatchObject(expected.verified ?? expected.exported)
    // What was seen first stays seen, whatever was shown meanwhile.
    show({ entries: grown })
    expect(await exported(ian, 'at last')).toMatchObject(good)
  })

  it('[log/memory] is told that there is no such log, and that nobody can tell', async () => {
    const [ian, nobody] = [await home(), await operator.home()]
    operator.show(404)
    const gone = { exit: 4, error: { code: 'TRUST_HISTORY', message: expect.stringContaining(`${before} entries on`) } }
    expect(await exported(ian, 'gone')).toMatchObject(gone)
    expect(await exported(nobody, 'gone')).toMatchObject({ exit: 3, error: { code: 'NOT_FOUND' } })
    expect((await ian.done('audit', 'seen')).logs[0].refused).toMatchObject([
      { note: null, code: 'CHECKPOINT_MISSING' },
    ])
    operator.show(403)
    expect(await exported(ian, 'not mine')).toMatchObject({ exit: 3, error: { code: 'ROLE_REQUIRED' } })
    show({ entries: grown })
    expect(await exported(ian, 'there')).toMatchObject(good)
  })

  it('[log/memory] says what it saw when, and where the earlier copy is', async () => {
    const ian = await home()
    show({ entries: rewritten(grown, 42) })
    const { out } = await ian.run('audit', 'export', agreement(), '--into', ian.path('again'))
    expect(out).toContain(`Seen     ${before} entries here on ${operator.now()}`)
    expect(out).toContain('THIS LOG DOES NOT CONTAIN THEM')
    expect(out).toContain(`The earlier copy is in ${ian.path('true')}`)
    expect(out).toContain('BAD      Entry 42')
    expect(out).toContain(`Keep ${ian.path('again')} and ${ian.path('true')}, changing nothing`)
  })

  it('[log/memory] refuses without the earlier copy as well, and says that it is gone or changed', async () => {
    const ian = await home()
    await writeFile(join(ian.path('true'), 'tile/entries/000'), 'something else')
    show({ entries: rewritten(grown, 42) })
    expect(await exported(ian, 'one')).toMatchObject({ ...bad('HISTORY_REWRITTEN'), seen: { copy: 'changed' } })
    await rm(ian.path('true'), { recursive: true })
    expect(await exported(ian, 'two')).toMatchObject({ ...bad('HISTORY_REWRITTEN'), seen: { copy: 'gone' } })
    show({ entries: first.slice(0, 200) })
    expect(await exported(ian, 'three')).toMatchObject(bad('HISTORY_SHORTER'))
    expect(await verified(ian, 'three')).toMatchObject(bad('HISTORY_SHORTER'))
  })

  it('[log/memory] is rolled back to a genuine older head: refused from the service, an older copy in a folder', async () => {
    const ian = await home()
    show({ entries: grown })
    await ian.done('audit', 'export', agreement(), '--into', ian.path('later'))
    show({ entries: first })
    expect(await exported(ian, 'again')).toMatchObject({
      ...bad('HISTORY_SHORTER'),
      seen: { size: before + later, place: ian.path('later'), now: 'another' },
    })
    expect(await verified(ian, 'again')).toMatchObject(bad('HISTORY_SHORTER'))
    // The same octets, fetched when they were all that there was: an older copy, and no lie.
    expect(await verified(ian, 'true')).toMatchObject({
      exit: 7,
      status: 'not verified in full',
      lacks: [{ code: 'OLDER_THAN_SEEN', count: before + later }],
      seen: { now: 'older' },
    })
  })

  it('[log/memory] learns from a folder that is verified here, and from none whose key nobody pinned', async () => {
    const [ian, other] = [await home(), await operator.home()]
    expect(await verified(other, '../nothing-there')).toMatchObject({ exit: 2 })
    const taken = await other.run('audit', 'verify', ian.path('true'), '--json')
    expect(taken.json).toMatchObject({ status: 'verified', seen: null })
    show({ entries: rewritten(grown, 42) })
    expect(await exported(other, 'again')).toMatchObject(bad('HISTORY_REWRITTEN', 42))
    // A longer history of a log that is truly named so, signed by nobody's key: it must not bar the true one.
    const stranger = await operator.home()
    show({ entries: grown, documents: [] })
    await stranger.run('audit', 'export', agreement(), '--into', stranger.path('unpinned'), '--json')
    const ann = await operator.home()
    const unpinned = await ann.run('audit', 'verify', stranger.path('unpinned'), '--json')
    expect(unpinned.json.status).toBe('key not pinned')
    show({ entries: first })
    expect(await exported(ann, 'true')).toMatchObject({ ...good, seen: null })
    // Who had it from the service itself holds the service to it.
    expect(await exported(stranger, 'true')).toMatchObject(bad('HISTORY_SHORTER'))
  })
})

describe('an organisation’s own log', () => {
  it.each([
    ['what came after it', (all: readonly EncodedEntry[]) => all, good],
    ['cut', (all: readonly EncodedEntry[]) => all.slice(0, 10), bad('HISTORY_SHORTER')],
    [
      'written again',
      (all: readonly EncodedEntry[], other: EncodedEntry) => all.with(3, other),
      bad('HISTORY_REWRITTEN', 3),
    ],
  ] as const)('[log/memory] is remembered like an agreement’s, %s', async (_, change, expected) => {
    const log = { kind: 'organisation', id: world.council.id } as const
    const own = createLogOperator(world, { log })
    const entries = own.history(60)
    const ian = await own.home()
    const take = async (into: string) => {
      const { exit, json } = await ian.run('audit', 'export', '--organisation', '--into', ian.path(into), '--json')
      return { exit, ...json }
    }
    own.show({ log, entries: entries.slice(0, 50) })
    expect(await take('first')).toMatchObject(good)
    own.show({ log, entries: change(entries, own.entry('never happened')) })
    expect(await take('again')).toMatchObject(expected)
    await own.remove()
  })
})

describe('cosignatures that the agreement asks for', () => {
  const name = 'witness.police.example/w1'
  const witness = ed25519Key(new Uint8Array(32).fill(5))
  const vkey = vkeyOf(sha256, { name, algorithm: COSIGNATURE, key: witness.publicKey })
  let cosigned: LogOperator
  beforeAll(async () => {
    const { council, police } = world
    const agreed = makeAgreement({ ...world.agreement.value, witnesses: [formatVkey(vkey)], quorum: 1 })
    const sign = (organisation: TestOrganisation) =>
      signAgreement({ agreement: agreed, organisation, signer: holderOf(organisation, 'siro'), at: world.at })
    const signatures = [await sign(council), await sign(police)]
    const documents = agreementDocumentsOf({ agreement: agreed, signatures, organisations: [council, police] })
    cosigned = createLogOperator({ ...world, agreement: agreed, signatures, documents })
  })
  afterAll(() => cosigned?.remove())

  const by = (key: typeof witness) => (text: string) => {
    const time = 1_795_338_000
    const signature = encodeCosignature({ time, signature: key.sign(cosignedMessage(text, time)) })
    return [{ name, keyId: vkey.keyId, signature }]
  }
  const take = async (ian: CommandLine, into: string) => {
    const id = cosigned.world.agreement.value.id
    const { exit, json } = await ian.run('audit', 'export', id, '--into', ian.path(into), '--json')
    return { exit, ...json }
  }
  const lacking = { exit: 7, lacks: [{ code: 'COSIGNATURES_MISSING', count: 1 }] }

  it('[log/cosigned] are counted: without them a log is not verified in full', async () => {
    const ian = await cosigned.home()
    const log = cosigned.log
    cosigned.show({ log, entries: first })
    expect(await take(ian, 'none')).toMatchObject(lacking)
    cosigned.show({ log, entries: first, cosign: by(ed25519Key(new Uint8Array(32).fill(6))) })
    expect(await take(ian, 'by another')).toMatchObject(lacking)
    cosigned.show({ log, entries: first, cosign: by(witness) })
    expect(await take(ian, 'cosigned')).toMatchObject({ ...good, key: { quorum: 1, cosigned: 1 } })
  })

  it('[log/cosigned] that an earlier head had are not left out of a later one', async () => {
    const ian = await cosigned.home()
    const log = cosigned.log
    cosigned.show({ log, entries: first, cosign: by(witness) })
    expect(await take(ian, 'cosigned')).toMatchObject(good)
    cosigned.show({ log, entries: grown })
    expect(await take(ian, 'later')).toMatchObject({ ...bad('COSIGNATURES_LOST'), seen: { now: 'another' } })
    const file = await ian.file('x', 'minutes')
    const sent = await ian.run('send', file, '--agreement', cosigned.world.agreement.value.id, ...request, '--json')
    expect([sent.exit, sent.json.error.code]).toEqual([4, 'TRUST_HISTORY'])
    cosigned.show({ log, entries: grown, cosign: by(witness) })
    expect(await take(ian, 'at last')).toMatchObject(good)
  })
})

describe('a log with two faces', () => {
  const officer = () => world.police.people.find(({ roles }) => roles.includes('information-officer'))!

  it('[log/fork] is one log to each officer alone, and two as soon as they compare', async () => {
    const ian = await home()
    const iris = await operator.home({ organisation: world.police, person: officer() })
    show({ entries: rewritten(grown, 42) })
    expect(await exported(iris, 'log')).toMatchObject({ ...good, seen: null })
    show({ entries: grown })
    expect(await exported(ian, 'log')).toMatchObject(good)
    const { out } = await iris.run('audit', 'seen', agreement())
    const theirs = await ian.file('theirs', `${out}\n`)
    expect(await verified(ian, 'log', '--earlier', theirs)).toMatchObject(bad('HISTORY_REWRITTEN'))
    expect(await verified(ian, 'log', '--earlier', iris.path('log'))).toMatchObject(bad('HISTORY_REWRITTEN', 42))
    // And the other way round, who has seen less.
    const ours = await iris.file('ours', `${(await ian.run('audit', 'seen', agreement())).out}\n`)
    expect(await verified(iris, 'log', '--earlier', ours)).toMatchObject(bad('HISTORY_REWRITTEN'))
  })

  it('[log/fork] is the same to both when it is one, whoever has seen more', async () => {
    const ian = await home()
    const iris = await operator.home({ organisation: world.police, person: officer() })
    show({ entries: grown, withholds: ({ field }) => field.startsWith('source.') })
    expect(await exported(iris, 'log')).toMatchObject(good)
    const ours = await iris.file('ours', `${(await ian.run('audit', 'seen', agreement())).out}\n`)
    expect(await verified(iris, 'log', '--earlier', ours)).toMatchObject(good)
  })

  it('[log/memory] is kept as evidence, and shown with what was seen and where it is', async () => {
    const ian = await home()
    show({ entries: rewritten(grown, 42) })
    await exported(ian, 'lie')
    show({ entries: grown })
    await exported(ian, 'truth')
    const { logs } = await ian.done('audit', 'seen')
    expect(logs).toMatchObject([
      {
        size: before + later,
        pinned: true,
        copy: { place: ian.path('truth'), size: before + later },
        refused: [{ code: 'HISTORY_REWRITTEN', place: ian.path('lie'), note: expect.stringContaining(agreement()) }],
      },
    ])
    const { out } = await ian.run('audit', 'seen')
    expect(out).toContain(`It is in ${ian.path('lie')}`)
    expect((await ian.run('audit', 'seen', newId())).exit).toBe(2)
    const nobody = await operator.home()
    expect((await nobody.run('audit', 'seen')).out).toBe('This home has seen no log yet.')
  })
})

describe('the verifier key of the log', () => {
  it('[log/vkey] stands in the export, and opens the checkpoint to a program that knows no agreement', async () => {
    const ian = await home()
    const text = await readFile(join(ian.path('true'), 'vkey'), 'utf8')
    const vkey = parseVkey(sha256, text.trimEnd())!
    const signed = parseSignedCheckpoint(await readFile(join(ian.path('true'), 'checkpoint')))!
    const signatures = checkpointSignaturesBy(signed, vkey)
    expect(signatures).toHaveLength(1)
    expect(signatures.every(({ key, ...claim }) => verifyEd25519({ ...claim, publicKey: key }))).toBe(true)
    expect((await verified(ian, 'true')).key.vkey).toBe(text.trimEnd())
  })

  it('[log/vkey] is compared: another one beside the log is bad', async () => {
    const ian = await home()
    const file = join(ian.path('true'), 'vkey')
    const other = vkeyOf(sha256, {
      name: `${world.origin}/agreements/${agreement()}`,
      algorithm: ED25519,
      key: world.service.promise.publicKey,
    })
    for (const text of [formatVkey(other), '', 'something']) {
      await writeFile(file, `${text}\n`)
      expect(await verified(ian, 'true')).toMatchObject(bad('VKEY_OTHER'))
    }
    await rm(file)
    expect(await verified(ian, 'true')).toMatchObject(good)
  })

  it('[log/vkey] is left out when nobody pinned it', async () => {
    const ian = await operator.home()
    show({ entries: first, documents: [] })
    expect(await exported(ian, 'log')).toMatchObject({ exit: 4, status: 'key not pinned', key: { vkey: null } })
    expect(await readdir(ian.path('log'))).not.toContain('vkey')
  })
})

describe('openings that are withheld', () => {
  const withheld = async (withholds: NonNullable<Shown['withholds']>) => {
    const ian = await operator.home()
    show({ entries: first, withholds })
    return { ian, found: await exported(ian, 'log') }
  }

  it.each([
    ['all', () => true, { 'actor.account': before, 'source.session': before, 'source.address': before }],
    ['one kind', ({ field }: { field: string }) => field === 'actor.account', { 'actor.account': before }],
    [
      'of one entry',
      ({ index }: { index: number }) => index === 7,
      { 'actor.account': 1, 'source.session': 1, 'source.address': 1 },
    ],
  ] as const)('[log/openings] %s: not verified in full, with their number, by kind', async (_, withholds, kinds) => {
    const { ian, found } = await withheld(withholds)
    const missing = Object.values(kinds).reduce((all, one) => all + one, 0)
    const expected = {
      exit: 7,
      status: 'not verified in full',
      lacks: [{ code: 'OPENINGS_MISSING', count: missing }],
      openings: { held: before * 3 - missing, missing, kinds },
    }
    expect(found).toMatchObject(expected)
    expect(await verified(ian, 'log')).toMatchObject(expected)
  })

  it('[log/openings] says in words how many of what are missing, and whom to ask', async () => {
    const { ian } = await withheld(({ field }) => field === 'actor.account')
    const { out } = await ian.run('audit', 'verify', ian.path('log'))
    expect(out).toContain(`${before} ARE MISSING: ${before} × who acted`)
    expect(out).toContain('Ask whoever runs the service')
    expect(out).toContain('NOT VERIFIED IN FULL')
    expect(out).not.toContain('Verified.')
  })

  it('[log/openings] a partner’s sessions and addresses are not missing: nobody gives them', async () => {
    const iris = world.police.people.find(({ roles }) => roles.includes('information-officer'))!
    const theirs = await operator.home({ organisation: world.police, person: iris })
    show({ entries: first, withholds: ({ field }) => field.startsWith('source.') })
    expect(await exported(theirs, 'log')).toMatchObject({ ...good, openings: { theirs: before * 2, missing: 0 } })
    show({ entries: first, withholds: () => true })
    expect(await exported(theirs, 'all')).toMatchObject({ exit: 7, openings: { missing: before } })
  })
})

it('[log/openings] an entry from a time to come is said, and the clock before the liar', async () => {
  const ian = await operator.home()
  const early = addSeconds(operator.now(), 299)
  const soon = operator.entry('soon', early)
  show({ entries: [...first, soon] })
  expect(await exported(ian, 'soon')).toMatchObject(good)
  show({ entries: [...first, soon, operator.entry('not yet', addSeconds(early, 2))] })
  expect(await exported(ian, 'not yet')).toMatchObject({
    exit: 7,
    lacks: [{ code: 'ENTRY_IN_FUTURE', count: before + 1 }],
  })
  const { out } = await ian.run('audit', 'verify', ian.path('not yet'))
  expect(out).toContain('Put the clock right')
})

it('[log/memory] a damaged memory is said, and nothing is forgotten for it', async () => {
  const ian = await home()
  const folder = join(ian.home, 'logs')
  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.json'))
  const file = join(folder, name!)
  const kept = await readFile(file, 'utf8')
  const damages = {
    'no JSON': kept.slice(0, 100),
    empty: '',
    'another log’s': kept.replace(agreement(), newId()),
    'a head that is none': kept.replace(/"note": "[^"]*"/, '"note": "something"'),
    'nothing of it': '{}',
  }
  for (const [what, content] of Object.entries(damages)) {
    await writeFile(file, content)
    for (const run of [exported(ian, `again ${what}`), verified(ian, 'true')]) {
      expect(await run, what).toMatchObject({ exit: 1, error: { code: 'HOME_DAMAGED' } })
    }
    expect(await readFile(file, 'utf8')).toBe(content)
  }
  await writeFile(file, kept)
  show({ entries: grown })
  expect(await exported(ian, 'at last')).toMatchObject(good)
})
