import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { auditOperations, type LogExport } from '#contract/audit.ts'
import { ed25519Key, sha256, verifyEd25519 } from '#platform/crypto.ts'
import { signCheckpoint } from '#tlog/checkpoint.ts'
import { rootOf } from '#tlog/merkle.ts'
import { ED25519, vkeyOf } from '#tlog/note.ts'
import type { Instant, Origin } from '#domain/values.ts'
import { decimalEntries, exportTiles, leafHashesOf } from '../../../tests/fixtures/tlog.ts'
import { createApi, type Fetch } from '../api.ts'
import { exportLog } from './export-log.ts'
import type { LogMemory } from './memory.ts'
import { type LogToVerify, verifyExportedLog } from './verify-log.ts'

const id = 'a'.repeat(32)
const origin = `test.invalid/agreements/${id}`
const key = ed25519Key(new Uint8Array(32).fill(1))

/** A folder in memory. */
function createFolder() {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    read: (path: string) => files.get(path) ?? null,
    write: async (path: string, bytes: Uint8Array) => {
      expect(files.has(path)).toBe(false)
      files.set(path, Uint8Array.from(bytes))
    },
    append: async (path: string, bytes: Uint8Array) => {
      files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), bytes]))
    },
  }
}

interface Told {
  readonly entries: readonly Uint8Array[]
  /** What the checkpoint signs; the entries when left out. */
  readonly signed?: readonly Uint8Array[]
  readonly origin?: string
}

function checkpointOf({ entries, signed = entries, ...told }: Told): string {
  const checkpoint = { origin: told.origin ?? origin, size: signed.length, root: rootOf(sha256, leafHashesOf(signed)) }
  const vkey = vkeyOf(sha256, { name: checkpoint.origin, algorithm: ED25519, key: key.publicKey })
  return new TextDecoder().decode(signCheckpoint({ checkpoint, vkey, sign: key.sign }))
}

/** Answers the two operations from a list of entries, in pages of at most `page`. */
function service(told: Told, page = 1_000): Fetch {
  return async (url, { method }) => {
    const { pathname, searchParams } = new URL(url)
    if (method === 'POST' && pathname === `/api/audit/agreement/${id}/exports`) {
      const size = (told.signed ?? told.entries).length
      const reply = {
        origin: told.origin ?? origin,
        size,
        checkpoint: checkpointOf(told),
        consistency: [],
        waiting: 0,
        documents: [],
      }
      return Response.json(reply as unknown as LogExport)
    }
    expect([method, pathname]).toEqual(['GET', `/api/audit/agreement/${id}/entries`])
    const from = Number(searchParams.get('from'))
    const entries = told.entries.slice(from, Math.min(Number(searchParams.get('to')), from + page))
    return Response.json({ entries: entries.map((entry) => Buffer.from(entry).toString('base64')), openings: [] })
  }
}

const memory: LogMemory = { recall: async () => null, keep: async () => true }

function exportFrom(fetch: Fetch) {
  const sink = createFolder()
  const api = createApi({ url: 'https://test.invalid', fetch, newId: () => id, client: 'cli' })
  return {
    sink,
    done: exportLog({
      api,
      log: { kind: 'agreement', id },
      installation: 'test.invalid' as Origin,
      memory,
      now: '2026-11-22T09:00:00Z' as Instant,
      sink,
      sha256,
    }),
  }
}

const unpinned: Omit<LogToVerify, 'reader'> = {
  anchor: null,
  now: '2026-11-22T09:00:00Z' as Instant,
  sha256,
  hmacSha256: (secret, message) => createHmac('sha256', secret).update(message).digest(),
  verifyEd25519: ({ key: publicKey, ...claim }) => verifyEd25519({ ...claim, publicKey }),
}

describe('exportLog', () => {
  it.each([1, 255, 256, 257, 700])(
    '[log/export] builds the tiles of %i entries from pages of any length',
    async (size) => {
      const entries = decimalEntries(size)
      const { sink, done } = exportFrom(service({ entries }, 97))
      expect(await done).toEqual({ origin, size, waiting: 0, proved: null })
      const tiles = exportTiles(entries)
      for (const [path, bytes] of tiles) expect(sink.read(path)).toEqual(Uint8Array.from(bytes))
      const written = [...sink.files.keys()].filter((path) => /^tile\/\d/.test(path))
      expect(written.sort()).toEqual([...tiles.keys()].sort())
    },
  )

  it('[log/export] keeps what it was given, and names what is wrong, when it does not lead to the signed root', async () => {
    const signed = decimalEntries(300)
    const tries = [
      { entries: signed.with(7, Buffer.from('other')), code: 'ROOT_MISMATCH' },
      { entries: signed.slice(0, -1), code: 'ENTRY_MISSING' },
      { entries: [], code: 'ENTRY_MISSING' },
    ]
    for (const { entries, code } of tries) {
      const { sink, done } = exportFrom(service({ entries, signed }))
      await done
      expect(await verifyExportedLog({ ...unpinned, reader: sink })).toMatchObject({ status: 'bad', problem: { code } })
    }
  })

  it.each(['test.invalid/service', `other.invalid/agreements/${id}`, `test.invalid/organisations/${id}`])(
    '[log/export] refuses a checkpoint of another log: %s',
    async (other) => {
      const { sink, done } = exportFrom(service({ entries: decimalEntries(3), origin: other }))
      await expect(done).rejects.toMatchObject({ code: 'TRUST_LOG' })
      expect(sink.files.size).toBe(0)
    },
  )
})

describe('verifyExportedLog', () => {
  it('[log/export] asks whose entries they are, even under a head that matches', async () => {
    const { sink, done } = exportFrom(service({ entries: decimalEntries(3) }))
    await done
    const report = await verifyExportedLog({ ...unpinned, reader: sink })
    expect(report).toMatchObject({ status: 'bad', problem: { code: 'ENTRY_UNREADABLE', index: 0 } })
  })
})

it('[log/export] reading a log needs the scope of the log', () => {
  expect(Object.values(auditOperations).map(({ scope }) => scope)).toEqual(['audit', 'audit'])
})
