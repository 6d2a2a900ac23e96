import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { inPieces } from '../../../tests/fixtures/streams.ts'
import { type PartLeaving, PartSource } from './part-source.ts'

const body = Uint8Array.from({ length: 2500 }, (_, index) => index % 251)
const source = () => new PartSource({ body: inPieces(body, 333), size: body.length, partSize: 1000 })
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const read = async (from: PartSource, start: number, end: number) =>
  Uint8Array.from((await from.slice(start, end)).value as Uint8Array)

describe('what tus is fed with', () => {
  it('[send/lying-uploads] gives each part, the same bytes again for one in flight, and hashes each once', async () => {
    const parts = source()
    for (const [start, end] of [
      [0, 1000],
      [0, 1000],
      [1000, 2000],
      [2000, 2500],
      [2000, 2500],
    ] as const) {
      expect(await read(parts, start, end)).toEqual(body.subarray(start, end))
    }
    expect(parts.digests).toEqual(
      [
        [0, 1000],
        [1000, 2000],
        [2000, 2500],
      ].map(([a, b]) => hashOf(body.subarray(a, b))),
    )
  })

  it('[send/lying-uploads] refuses an offset that a server made up, behind or ahead', async () => {
    const parts = source()
    await parts.slice(0, 1000)
    await parts.slice(1000, 2000)
    const refused = (saw: string) => ({ code: 'TRUST_UPLOAD', saw })
    await expect(parts.slice(0, 1000)).rejects.toMatchObject(refused('a wish for bytes from 0, which are gone'))
    await expect(parts.slice(2300, 2500)).rejects.toMatchObject(refused('a wish for bytes from 2300, which are gone'))
    await expect(source().slice(0, 400)).rejects.toMatchObject({ code: 'TRUST_UPLOAD' })
  })

  it('[send/lying-uploads] refuses a body of another length than announced', async () => {
    const of = (size: number) => new PartSource({ body: inPieces(body, 333), size, partSize: 5000 })
    await expect(of(2501).slice(0, 2501)).rejects.toThrow('shorter')
    await expect(of(2499).slice(0, 2499)).rejects.toThrow('longer')
  })
})

describe('a body that cannot be made any more', () => {
  async function* failing(after: number) {
    yield body.subarray(0, after)
    throw new Error('input/output error')
  }

  it('[send/file-fault] fails as often as it is asked for, and is never taken for a lie of the service', async () => {
    const parts = new PartSource({ body: failing(500), size: body.length, partSize: 1000 })
    for (const _ of [1, 2, 3]) await expect(parts.slice(0, 1000)).rejects.toThrow('input/output error')
    const later = new PartSource({ body: failing(1500), size: body.length, partSize: 1000 })
    await later.slice(0, 1000)
    for (const _ of [1, 2, 3]) await expect(later.slice(1000, 2000)).rejects.toThrow('input/output error')
  })
})

describe('what an earlier run let leave', () => {
  const left = [hashOf(body.subarray(0, 1000)), hashOf(body.subarray(1000, 2000))]
  const resumed = (bytes: Uint8Array, leaving: (part: PartLeaving) => Promise<void> = async () => undefined) =>
    new PartSource({ body: inPieces(bytes, 333), size: bytes.length, partSize: 1000, left, leaving })
  const changed = body.with(1500, 252)

  it('[send/resume] is passed over or sent again as it was, and only what follows is journalled, before it leaves', async () => {
    const journal: PartLeaving[] = []
    const parts = resumed(body, async (part) => void journal.push(part))
    expect(await read(parts, 1000, 2000)).toEqual(body.subarray(1000, 2000))
    expect(journal).toEqual([])
    expect(await read(parts, 2000, 2500)).toEqual(body.subarray(2000, 2500))
    expect(journal).toEqual([{ number: 3, sha256: hashOf(body.subarray(2000)) }])
    await parts.finish()
  })

  it('[send/resume] is never sent as other bytes, nor passed over when it is other bytes', async () => {
    const other = { code: 'SOURCE_CHANGED', detail: 'source-other' }
    await expect(resumed(changed).slice(1000, 2000)).rejects.toMatchObject(other)
    await expect(resumed(changed).slice(2000, 2500)).rejects.toMatchObject(other)
  })

  it('[send/resume] ends where the journal ends: what never left is not there, whatever the service says', async () => {
    await expect(resumed(body).finish()).rejects.toMatchObject({ code: 'TRUST_UPLOAD', saw: 'an end before the end' })
  })

  it('[send/resume] is not added to while the journal cannot be written, however often it is asked for', async () => {
    const parts = resumed(body, () => Promise.reject(new Error('no space left')))
    for (const _ of [1, 2]) await expect(parts.slice(2000, 2500)).rejects.toThrow('journal')
  })
})
