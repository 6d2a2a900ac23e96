// What stands between a recipient and the service: attempts and what becomes of them, for a file of which six octets of ten
// are kept.
import { describe, expect, it } from 'vitest'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import { createApi, ServerUnreachable } from '../api.ts'
import { fetchBody, type PartialFile } from './fetch-body.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const [kept, whole, other] = ['012345', '0123456789', 'ABCDEFGHIJ']
const [mine, newer] = ['"mine"', '"newer"']
const file = { 'content-type': 'application/pgp-encrypted' }

/** In memory, as cli/collecting keeps it in a folder. */
function partialOf(text: string) {
  const now = { etag: text === '' ? null : mine, text }
  const partial: PartialFile = {
    etag: now.etag,
    length: text.length,
    async *read() {
      yield bytes(text)
    },
    restart: async (etag) => void Object.assign(now, { etag, text: '' }),
    async append(piece) {
      now.text += new TextDecoder().decode(piece)
    },
    close: async () => undefined,
    remove: async () => undefined,
  }
  return { now, partial }
}

type Answer = (range: string | null) => Response
const answer = (status: number, text: string, headers: Record<string, string>): Response =>
  new Response(text, { status, headers: { ...file, ...headers } })
const rest = (headers: Record<string, string>) => answer(206, whole.slice(6), headers)
const all = () => answer(200, whole, { etag: mine })
const page = (status: number) => new Response('<p>no</p>', { status, headers: { 'content-type': 'text/html' } })

/** Whoever asks for a part gets this, and the whole otherwise. */
const toRanges =
  (give: () => Response): Answer =>
  (range) =>
    range === null ? all() : give()

async function collect({ give, has = kept }: { give: Answer; has?: string }) {
  const asked: (string | null)[] = []
  const fetch = async (_url: string, { headers }: RequestInit) => {
    const range = new Headers(headers).get('range')
    asked.push(range)
    return give(range)
  }
  const api = createApi({ url: 'https://safehand.example', fetch, newId: () => 'a'.repeat(32), client: 'cli' })
  const { now, partial } = partialOf(has)
  const entry = { id: '0'.repeat(32), length: 10 } as BodyEntry
  let got = ''
  try {
    for await (const piece of await fetchBody({ api, transfer: '0'.repeat(32) as never, entry, partial })) {
      got += new TextDecoder().decode(piece)
    }
    return { asked: asked.length, got, now, error: null }
  } catch (error) {
    return { asked: asked.length, got, now, error: error as Error }
  }
}

const at = (range: string) => ({ etag: mine, 'content-range': range })

describe('[collect/in-between] what is kept of a file', () => {
  it.each<[string, Answer, { asked: number; got?: string; etag?: string }]>([
    ['the rest', toRanges(() => rest(at('bytes 6-9/10'))), { asked: 1 }],
    ['the rest, its ETag weakened', toRanges(() => rest({ ...at('bytes 6-9/10'), etag: `W/${mine}` })), { asked: 1 }],
    ['the whole, the Range taken away', all, { asked: 1 }],
    ['the whole, its ETag weakened too', () => answer(200, whole, { etag: `W/${mine}` }), { asked: 1 }],
    ['a newer version', () => answer(200, other, { etag: newer }), { asked: 1, got: other, etag: newer }],
    ['the whole without an ETag', () => answer(200, whole, {}), { asked: 1 }],
    ['a part that does not say which', toRanges(() => rest({ etag: mine })), { asked: 2 }],
    ['another part', toRanges(() => rest(at('bytes 2-5/10'))), { asked: 2 }],
    ['a part in another unit', toRanges(() => rest(at('octets 6-9/10'))), { asked: 2 }],
    ['a part of another version', toRanges(() => rest({ ...at('bytes 6-9/10'), etag: newer })), { asked: 2 }],
    ['several parts', toRanges(() => rest({ 'content-type': 'multipart/byteranges; boundary=b' })), { asked: 2 }],
    ['that there is no such part, of something else', toRanges(() => page(416)), { asked: 2 }],
    ['a page, when asked for a part', toRanges(() => page(200)), { asked: 2 }],
  ])('[collect/in-between] %s: is used, and the file is one version', async (_, give, expected) => {
    const { error, got, asked, now } = await collect({ give })
    const { etag = mine } = expected
    expect({ error, got, asked }).toEqual({ error: null, got: expected.got ?? whole, asked: expected.asked })
    // Whatever is kept belongs to the version that it is kept for.
    expect([now.etag, got.startsWith(now.text)]).toEqual([etag, true])
  })

  it.each<[string, Answer]>([
    ['a page', () => page(200)],
    ['a part that nobody asked for', () => rest(at('bytes 6-9/10'))],
    ['nothing', () => new Response(null)],
    ['a way to somewhere else', () => new Response(null, { status: 301, headers: { location: 'https://x.example' } })],
  ])('[collect/in-between] %s in place of the whole is no file, and what is kept stays', async (_, give) => {
    const { error, got, now } = await collect({ give: (range) => (range === null ? give(null) : page(416)) })
    expect(error).toBeInstanceOf(ServerUnreachable)
    expect([got, now]).toEqual(['', { etag: mine, text: kept }])
  })

  it.each([
    ['what is kept', all, /kept, so that it goes on from there/],
    ['that it begins again', () => answer(200, whole, {}), /begins at its start/],
  ])('[collect/in-between] a download that breaks off says %s', async (_, like, words) => {
    const { headers } = like()
    let told = false
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      if (told) controller.error(new Error('reset'))
      else controller.enqueue(bytes('012'))
      told = true
    }
    const { error } = await collect({ give: () => new Response(new ReadableStream({ pull }), { headers }), has: '' })
    expect(error?.message).toMatch(words)
  })
})
