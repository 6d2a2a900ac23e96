import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogOrigin } from '#domain/audit/entry.ts'
import { type RememberedLog, rememberedLog } from '#domain/audit/remembered.ts'
import type { Instant } from '#domain/values.ts'
import { ed25519Key, sha256 } from '#platform/crypto.ts'
import { signCheckpoint } from '#tlog/checkpoint.ts'
import { rootOf } from '#tlog/merkle.ts'
import { ED25519, vkeyOf } from '#tlog/note.ts'
import { decimalEntries, leafHashesOf } from '../../../tests/fixtures/tlog.ts'
import { compareHeads, headOf, type ProvedHead, rememberHead, rememberRefused, standsStill } from './memory.ts'

const origin = `test.invalid/agreements/${'a'.repeat(32)}` as LogOrigin
const key = ed25519Key(new Uint8Array(32).fill(1))
const at = '2026-12-01T09:00:00Z' as Instant
const entries = decimalEntries(600)

const hashes = leafHashesOf(entries)
const rootAt = (size: number) => rootOf(sha256, hashes.slice(0, size))

function proved(size: number, change: Partial<ProvedHead> = {}): ProvedHead {
  const vkey = vkeyOf(sha256, { name: origin, algorithm: ED25519, key: key.publicKey })
  const bytes = signCheckpoint({ checkpoint: { origin, size, root: rootAt(size) }, vkey, sign: key.sign })
  return {
    origin,
    note: new TextDecoder().decode(bytes),
    at,
    pinned: true,
    fresh: false,
    cosigned: 0,
    copy: null,
    ...change,
  }
}

const copyAt = (size: number) => ({
  place: `/exports/${size}`,
  size,
  root: Buffer.from(rootAt(size)).toString('base64'),
})

describe('what a client keeps of a log', () => {
  it('[log/memory] never goes back, whatever order heads and copies are seen in', () => {
    const seen = fc.array(fc.record({ size: fc.integer({ min: 1, max: 600 }), copied: fc.boolean() }), { minLength: 1 })
    fc.assert(
      fc.property(seen, (heads) => {
        let kept: RememberedLog | null = null
        for (const { size, copied } of heads)
          kept = rememberHead(kept, proved(size, copied ? { copy: copyAt(size) } : {}))
        expect(rememberedLog.parse(kept)).toEqual(kept)
        expect(headOf(kept!).size).toBe(Math.max(...heads.map(({ size }) => size)))
        const copies = heads.filter(({ copied }) => copied).map(({ size }) => size)
        expect(kept!.copy?.size ?? null).toBe(copies.length > 0 ? Math.max(...copies) : null)
      }),
      { numRuns: 30 },
    )
  })

  it('[log/memory] says when a head was first seen, and learns later whose key signed it', () => {
    const unpinned = rememberHead(null, proved(5, { pinned: false }))
    const again = rememberHead(unpinned, proved(5, { pinned: false, at: '2026-12-02T09:00:00Z' as Instant }))
    expect(again).toEqual(unpinned)
    expect(rememberHead(unpinned, proved(5)).head.pinned).toBe(true)
    expect(rememberHead(rememberHead(null, proved(5)), proved(5, { pinned: false })).head.pinned).toBe(true)
    expect(rememberHead(rememberHead(null, proved(5, { cosigned: 2 })), proved(6)).cosigned).toBe(2)
  })

  it('[log/memory] knows since when something of its own must follow a head: from the first time that it asked', () => {
    const later = '2026-12-01T09:06:01Z' as Instant
    const found = rememberHead(null, proved(5))
    expect(standsStill(found, later)).toBe(false)
    const asked = rememberHead(found, proved(5, { fresh: true }))
    expect([standsStill(asked, '2026-12-01T09:06:00Z' as Instant), standsStill(asked, later)]).toEqual([false, true])
    const again = rememberHead(asked, proved(5, { fresh: true, at: later }))
    expect(again.head.asked).toBe(at)
    expect(standsStill(rememberHead(again, proved(6, { fresh: true, at: later })), later)).toBe(false)
  })

  it('[log/memory] keeps what was refused, once, through every later head', () => {
    const known = rememberHead(null, proved(5))
    const lie = { note: proved(4).note, at, code: 'HISTORY_SHORTER', place: '/exports/lie' }
    const told = rememberRefused(rememberRefused(known, lie), lie)
    expect(told.refused).toEqual([lie])
    expect(headOf(told)).toEqual(headOf(known))
    expect(rememberHead(told, proved(9)).refused).toEqual([lie])
  })

  it.each([
    [5, 5, 'same'],
    [5, 9, 'longer'],
    [9, 5, 'HISTORY_SHORTER'],
  ] as const)('[log/memory] seen at %i, shown at %i: %s', (before, now, found) => {
    expect(compareHeads(headOf(rememberHead(null, proved(before))), headOf(rememberHead(null, proved(now))))).toBe(
      found,
    )
  })

  it('[log/memory] another root of the same size was written again', () => {
    const before = headOf(rememberHead(null, proved(5)))
    expect(compareHeads(before, { ...before, root: rootAt(6) })).toBe('HISTORY_REWRITTEN')
  })
})
