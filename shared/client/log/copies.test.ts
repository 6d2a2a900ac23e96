import { expect, it } from 'vitest'
import { sha256 } from '#platform/crypto.ts'
import { rootOf } from '#tlog/merkle.ts'
import { bundlesAt, encodeBundle, entriesPath } from '#tlog/tiles.ts'
import { decimalEntries, leafHashesOf } from '../../../tests/fixtures/tlog.ts'
import { compareCopies } from './copies.ts'

function copyOf(entries: readonly Uint8Array[]) {
  const bundles = Array.from(bundlesAt(entries.length), (bundle) => {
    const from = bundle.index * 256
    return [entriesPath(bundle), encodeBundle(entries.slice(from, from + bundle.width))] as const
  })
  const files = new Map(bundles)
  const reader = { read: (path: string) => files.get(path) ?? null }
  return { reader, size: entries.length, root: rootOf(sha256, leafHashesOf(entries)), files }
}

const entries = decimalEntries(600)
const other = Buffer.from('other')

it.each([
  ['the same', entries, null],
  ['longer now', decimalEntries(700), null],
  ['shorter now', entries.slice(0, 300), null],
  ['one entry other', entries.with(300, other), 300],
  ['two entries other', entries.with(500, other).with(20, other), 20],
  ['one left out', entries.toSpliced(256, 1), 256],
  ['the first', entries.with(0, other), 0],
  ['shorter and other', entries.slice(0, 300).with(299, other), 299],
  ['nothing now', [], null],
] as const)('[log/memory] two copies, %s', (_, now, index) => {
  expect(compareCopies(sha256, { now: copyOf(now), earlier: copyOf(entries) })).toEqual({ index })
})

it('[log/memory] an earlier copy that is not what it was tells nothing of the other', () => {
  const earlier = copyOf(entries)
  const altered = copyOf(entries.with(9, other))
  expect(compareCopies(sha256, { now: earlier, earlier: { ...altered, root: earlier.root } })).toBeUndefined()
  earlier.files.delete('tile/entries/001')
  expect(compareCopies(sha256, { now: altered, earlier })).toBeUndefined()
})

it('[log/memory] what cannot be read of the log now begins to differ there', () => {
  const now = copyOf(entries)
  now.files.delete('tile/entries/001')
  expect(compareCopies(sha256, { now, earlier: copyOf(entries) })).toEqual({ index: 256 })
})
