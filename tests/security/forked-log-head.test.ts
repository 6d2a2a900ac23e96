// Who may not read the log is a witness of it all the same (ARCHITECTURE.md#nobody-forgets): each command that works under an
// agreement is shown the newest head of its log, keeps it, and goes no further when a later one does not contain it. The
// operator here holds the log's true key.
import { mkdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { headOf, type LogMemory } from '#client/log/memory.ts'
import { fetchRememberedAgreement } from '#client/log/remembered-agreement.ts'
import type { EncodedEntry } from '#domain/audit/encode.ts'
import type { RememberedLog } from '#domain/audit/remembered.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { ed25519Key, randomId, sha256, verifyEd25519 } from '#platform/crypto.ts'
import { anchorOf, makeWorld, newId, type World } from '../fixtures/documents.ts'
import { createLogOperator, type LogOperator, type Shown } from '../fixtures/log-operator.ts'

let world: World
let operator: LogOperator
let first: readonly EncodedEntry[]
let grown: readonly EncodedEntry[]

beforeAll(async () => {
  world = await makeWorld()
  operator = createLogOperator(world)
  grown = operator.history(300)
  first = grown.slice(0, 260)
})
afterAll(() => operator?.remove())

const show = (shown: Omit<Shown, 'log'>) => operator.show({ log: operator.log, ...shown })
const rewritten = (entries: readonly EncodedEntry[], at: number) => entries.with(at, operator.entry('never happened'))

/** As a page would keep it. */
function memoryInside() {
  const kept = new Map<string, RememberedLog>()
  const memory: LogMemory = {
    recall: async (origin) => kept.get(origin) ?? null,
    keep: async ({ before, now }) => {
      if ((kept.get(now.origin) ?? null) !== before) return false
      kept.set(now.origin, now)
      return true
    },
  }
  return { memory, newest: () => [...kept.values()][0] ?? null }
}

function client(inside = memoryInside()) {
  const slept: number[] = []
  const ask = (now: Instant = operator.now(), memory = inside.memory) =>
    fetchRememberedAgreement({
      api: createApi({ url: 'https://safehand.invalid', fetch: operator.fetch, newId: randomId, client: 'cli' }),
      id: world.agreement.value.id,
      anchor: anchorOf(world.council),
      now,
      memory,
      sleep: async (milliseconds) => void slept.push(milliseconds),
      sha256,
      verifyEd25519: ({ key, ...claim }) => verifyEd25519({ ...claim, publicKey: key }),
    })
  return { ask, newest: inside.newest, slept }
}

/** The log grows once the client has waited so often. */
function growAfter(slept: readonly number[], waits: number): void {
  const shown = {
    log: operator.log,
    get entries() {
      return slept.length < waits ? first : grown
    },
  }
  operator.show(shown)
}

interface Attempt {
  readonly shown: () => Omit<Shown, 'log'>
  /** Null: it is believed, and the head kept. */
  readonly refused: string | null
}

const attempts: Readonly<Record<string, Attempt>> = {
  'the same head': { shown: () => ({ entries: first }), refused: null },
  'a longer one, with its proof': { shown: () => ({ entries: grown }), refused: null },
  'one that is one longer': { shown: () => ({ entries: grown.slice(0, 261) }), refused: null },
  'a longer one, without a proof': { shown: () => ({ entries: grown, proof: [] }), refused: 'HISTORY_REWRITTEN' },
  'a longer one, with another proof': {
    shown: () => ({ entries: grown, proof: Array.from({ length: 5 }, () => `${'A'.repeat(43)}=`) }),
    refused: 'HISTORY_REWRITTEN',
  },
  'an older one': { shown: () => ({ entries: first.slice(0, 100) }), refused: 'HISTORY_SHORTER' },
  'another of the same length': { shown: () => ({ entries: rewritten(first, 3) }), refused: 'HISTORY_REWRITTEN' },
  'a longer one with an entry written again': {
    shown: () => ({ entries: rewritten(grown, 3) }),
    refused: 'HISTORY_REWRITTEN',
  },
  'none, as if there had never been one': {
    shown: () => ({ entries: first, noHead: true }),
    refused: 'CHECKPOINT_MISSING',
  },
  'one of another key': {
    shown: () => ({ entries: grown, key: ed25519Key(new Uint8Array(32).fill(9)) }),
    refused: 'CHECKPOINT_SIGNATURE',
  },
  'one of another log': {
    shown: () => ({ entries: grown, origin: `${world.origin}/agreements/${newId()}` }),
    refused: 'CHECKPOINT_MALFORMED',
  },
  'the service’s own log': {
    shown: () => ({ entries: grown, origin: `${world.origin}/service` }),
    refused: 'CHECKPOINT_MALFORMED',
  },
}

describe('a client that has seen 260 entries', () => {
  it.each(Object.entries(attempts))('[log/head] is shown %s', async (_, { shown, refused }) => {
    const { ask, newest } = client()
    show({ entries: first })
    await ask()
    show(shown())
    if (refused === null) {
      await ask()
      expect(headOf(newest()!).size).toBe(shown().entries.length)
      expect(newest()!.refused).toEqual([])
    } else {
      await expect(ask()).rejects.toMatchObject({
        code: 'TRUST_HISTORY',
        saw: expect.stringContaining('260 entries on'),
      })
      expect(headOf(newest()!).size).toBe(260)
      expect(newest()!.refused).toMatchObject([{ code: refused }])
    }
    show({ entries: grown })
    await ask()
    expect(headOf(newest()!).size).toBe(300)
  })

  it('[log/head] is told that there is no such agreement', async () => {
    const { ask, newest } = client()
    operator.show(404)
    await expect(ask()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    show({ entries: first })
    await ask()
    operator.show(404)
    await expect(ask()).rejects.toMatchObject({ code: 'TRUST_HISTORY', saw: expect.stringContaining('260 entries on') })
    expect(newest()!.refused).toMatchObject([{ note: null, code: 'CHECKPOINT_MISSING' }])
  })

  it('[log/head] is shown the head of long ago again, though its own questions must stand behind it', async () => {
    const { ask, newest, slept } = client()
    show({ entries: first })
    await ask()
    const later = addSeconds(operator.now(), 361)
    await expect(ask(later)).rejects.toMatchObject({ code: 'TRUST_HISTORY' })
    expect(slept.reduce((all, one) => all + one, 0)).toBeGreaterThan(60_000)
    expect(newest()!.refused).toMatchObject([{ code: 'HISTORY_STANDS' }])
    show({ entries: grown })
    await ask(later)
    expect(headOf(newest()!).size).toBe(300)
  })

  it('[log/head] whose clock was put right meanwhile asks again, and goes on when the log grows', async () => {
    const { ask, slept } = client()
    show({ entries: first })
    await ask()
    growAfter(slept, 2)
    await ask(addSeconds(operator.now(), 7_200))
    expect(slept).toHaveLength(2)
  })

  it('[log/head] compares again with what another of its programs kept meanwhile', async () => {
    const inside = memoryInside()
    const { ask } = client(inside)
    show({ entries: first })
    await ask()
    let raced = false
    const racing: LogMemory = {
      recall: inside.memory.recall,
      keep: async (change) => {
        if (!raced) {
          raced = true
          show({ entries: grown })
          await ask()
        }
        return inside.memory.keep(change)
      },
    }
    show({ entries: grown.slice(0, 280) })
    await ask(operator.now(), racing)
    expect(headOf(inside.newest()!).size).toBe(300)
  })
})

describe('the command line', () => {
  const request = () => [
    ...['--agreement', world.agreement.value.id, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example'],
  ]

  it.each(['send', 'a list', 'a watched folder'] as const)('[log/head] %s goes no further', async (how) => {
    const carol = await operator.home({ organisation: world.council, person: world.council.people[0]! })
    const file = await carol.file('report.txt', 'minutes')
    const list = await carol.file('list.csv', `file\n${file}\n`)
    const commands = {
      send: ['send', file, ...request()],
      'a list': ['send', '--batch', list, ...request(), '--dry-run'],
      'a watched folder': ['watch', carol.path('out'), ...request(), '--once'],
    }
    await mkdir(carol.path('out'))
    show({ entries: grown })
    const before = await carol.run(...commands[how], '--json')
    expect(before.out).not.toContain('TRUST_HISTORY')
    show({ entries: rewritten(grown, 42) })
    const { exit, out, error } = await carol.run(...commands[how], '--json')
    expect([exit, `${out}${error}`]).toEqual([4, expect.stringContaining('TRUST_HISTORY')])
  })
})
