// What must never be stored: plaintext, bodies cut short or grown, and anything without its own token
// (ARCHITECTURE.md#upload).
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Drafted } from '#client/send/draft.ts'
import { draftTransfer } from '#client/send/draft.ts'
import { bodyLength, encodeBody } from '#openpgp/body-encoder.ts'
import { cfbBodyLength, encodeCfbBody } from '#openpgp/cfb-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { entriesOf } from '../fixtures/entries.ts'
import { collect, inPieces } from '../fixtures/streams.ts'
import { effectsOf, fileOf, sendingOf, startTransferApp, stateOf, type TransferApp } from '../fixtures/transfer-app.ts'

let running: TransferApp
let drafted: Drafted
const size = 9_000_000
const smallSize = 1000

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const files = [fileOf(new Uint8Array(size)), fileOf(new Uint8Array(smallSize)), fileOf(new Uint8Array(smallSize))]
  drafted = await draftTransfer(effectsOf(running), await sendingOf(running, files))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database

interface Request {
  readonly method: string
  readonly path?: string
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly body?: Uint8Array<ArrayBuffer>
}

function tus({ method, path = '', token = drafted.files[0]!.token, headers = {}, body }: Request): Promise<Response> {
  return fetch(`${running.app.url}/uploads${path}`, {
    method,
    headers: { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}`, ...headers },
    ...(body && { body }),
  })
}

const nameOf = () => `/${drafted.transfer}-${drafted.files[0]!.file}`
const create = () => tus({ method: 'POST', headers: { 'Upload-Length': String(drafted.files[0]!.length) } })

async function patch(body: Uint8Array, offset = 0): Promise<Response> {
  const headers = { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }
  return tus({ method: 'PATCH', path: nameOf(), headers, body: Uint8Array.from(body) })
}

function encode(length: number): Promise<Uint8Array> {
  const sessionKey = asSessionKey(new Uint8Array(32).fill(7))
  const source = inPieces(new Uint8Array(length), 65_536)
  return collect(encodeBody({ sessionKey, salt: new Uint8Array(32), length, source }))
}

const storedParts = async () =>
  (await owner().selectFrom('upload_part').select('number').where('transfer', '=', drafted.transfer).execute()).length

/** Begins anew, sends in whole parts, and gives the last answer with the entries of it all. */
async function sendBytes(bytes: Uint8Array) {
  expect((await create()).status).toBe(201)
  let last = await patch(bytes.subarray(0, 8_388_608))
  const entries = await entriesOf(owner(), async () => {
    if (last.ok && bytes.length > 8_388_608) last = await patch(bytes.subarray(8_388_608), 8_388_608)
  })
  return { status: last.status, code: ((await last.json()) as { code: string }).code, entries }
}

describe('an upload', () => {
  it('[send/plaintext] of plaintext is refused before anything of it is stored', async () => {
    expect((await create()).status).toBe(201)
    const text = new TextEncoder().encode('Name,Address\nSome One,1 High Street\n'.repeat(10_000))
    let answer: Response | undefined
    const entries = await entriesOf(owner(), async () => {
      answer = await patch(text)
    })
    expect(answer?.status).toBe(422)
    const body = await answer!.text()
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_ENCRYPTED_TO_RECIPIENTS' })
    expect(body).not.toContain('at ')
    expect(entries.map(({ event, outcome, code }) => [event, outcome, code])).toEqual([
      ['file.uploaded', 'refused', 'NOT_ENCRYPTED_TO_RECIPIENTS'],
    ])
    expect(await storedParts()).toBe(0)
    expect(await stateOf(running, drafted.transfer)).toBe('draft')
  })

  it('[scan/cut-or-altered] of a body that was cut short is refused, whatever length it was announced with', async () => {
    const cut = (await encode(size + 5000)).subarray(0, bodyLength(size))
    const { status, code, entries } = await sendBytes(cut)
    expect([status, code]).toEqual([422, 'ENVELOPE_MALFORMED'])
    expect(entries.map((entry) => entry.code)).toEqual(['ENVELOPE_MALFORMED'])
    expect(await storedParts()).toBe(0)
    expect(await stateOf(running, drafted.transfer)).toBe('draft')
  })

  it('[scan/cut-or-altered] with something after the body is refused', async () => {
    const body = await encode(size - 5000)
    const grown = new Uint8Array(bodyLength(size))
    grown.set(body)
    const { status, code } = await sendBytes(grown)
    expect([status, code]).toEqual([422, 'ENVELOPE_MALFORMED'])
    expect(await storedParts()).toBe(0)
  })

  it('[envelope/profile] of a v1-cfb body is refused where v2-gcm was drafted', async () => {
    const salt = new Uint8Array(16)
    const length = bodyLength(size) - cfbBodyLength({ length: 0, name: '' }) - 8
    const sessionKey = asSessionKey(new Uint8Array(32).fill(7))
    const source = inPieces(new Uint8Array(length), 65_536)
    const body = await collect(
      encodeCfbBody({ sessionKey, salt, length, name: '', source, primitives: openpgpPrimitives }),
    )
    const { status, code, entries } = await sendBytes(body)
    expect([status, code]).toEqual([422, 'ENVELOPE_MALFORMED'])
    expect(entries).toEqual([])
    expect(await storedParts()).toBe(0)
  })

  it('[send/upload-token] of another length than was drafted is refused', async () => {
    const answer = await tus({ method: 'POST', headers: { 'Upload-Length': '5' } })
    expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'ENVELOPE_MALFORMED' }])
  })

  it('[send/upload-token] needs the token of this very file, and there is no way to read', async () => {
    expect((await create()).status).toBe(201)
    const attempts = [
      tus({ method: 'HEAD', path: nameOf(), token: drafted.manifest.token }),
      tus({ method: 'POST', token: 'A'.repeat(43), headers: { 'Upload-Length': '5' } }),
      tus({ method: 'GET', path: nameOf() }),
    ]
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([404, 403, 404])
  })

  it('[send/upload-token] is the one its token is for, whatever the rest of the address says', async () => {
    expect((await create()).status).toBe(201)
    const { token, length } = drafted.manifest
    const manifest = `/${drafted.transfer}-manifest`
    expect((await tus({ method: 'POST', token, headers: { 'Upload-Length': String(length) } })).status).toBe(201)
    const head = await tus({ method: 'HEAD', token, path: `${manifest}?${nameOf()}` })
    expect(head.headers.get('upload-length')).toBe(String(length))
    await tus({ method: 'DELETE', token, path: `${manifest}?${nameOf()}` })
    const uploads = await owner().selectFrom('upload').select(['file', 'object_upload']).orderBy('file').execute()
    const begun = uploads.filter((upload) => upload.object_upload !== null).map(({ file }) => file)
    expect(begun).toEqual([drafted.files[0]!.file])
  })

  it.each([
    ['deferred length', { 'Upload-Defer-Length': '1' }],
    ['concatenation, a part', { 'Upload-Concat': 'partial', 'Upload-Length': '5' }],
    ['concatenation, the whole', { 'Upload-Concat': 'final;/uploads/a /uploads/b' }],
    ['creation with upload', { 'Upload-Length': 'own', 'Content-Type': 'application/offset+octet-stream' }],
    ['another method in a header', { 'Upload-Length': 'own', 'X-HTTP-Method-Override': 'PATCH' }],
    ['a checksum', { 'Upload-Length': 'own', 'Upload-Checksum': 'sha1 AAAA' }],
  ])('[send/upload-protocol] by an extension of tus that is not offered is refused in words: %s', async (_, given) => {
    expect((await create()).status).toBe(201)
    const own = { 'Upload-Length': String(drafted.files[0]!.length) }
    const headers = { ...given, ...('Upload-Length' in given && given['Upload-Length'] === 'own' && own) } as never
    const body = new Uint8Array(10)
    const entries = await entriesOf(owner(), async () => {
      const answer = await tus({ method: 'POST', headers, body })
      expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'REQUEST_INVALID' }])
    })
    expect(entries.map(({ code }) => code)).toEqual(['REQUEST_INVALID'])
    expect((await tus({ method: 'HEAD', path: nameOf() })).headers.get('upload-offset')).toBe('0')
  })

  it.each([
    ['no offset', { 'Content-Type': 'application/offset+octet-stream' }],
    ['an offset that is no number', { 'Upload-Offset': '1e3', 'Content-Type': 'application/offset+octet-stream' }],
    ['an offset below nothing', { 'Upload-Offset': '-1', 'Content-Type': 'application/offset+octet-stream' }],
    ['an offset too far', { 'Upload-Offset': '8388608', 'Content-Type': 'application/offset+octet-stream' }],
    ['another type of body', { 'Upload-Offset': '0', 'Content-Type': 'text/plain' }],
    ['another version of tus', { 'Upload-Offset': '0', 'Tus-Resumable': '0.2.2' }],
  ])('[send/upload-protocol] with %s is refused, and nothing of it counts', async (_, headers) => {
    expect((await create()).status).toBe(201)
    const answer = await tus({ method: 'PATCH', path: nameOf(), headers: headers as never, body: new Uint8Array(10) })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect((await tus({ method: 'HEAD', path: nameOf() })).headers.get('upload-offset')).toBe('0')
  })

  it('[send/upload-token] says nothing of a file but its id', async () => {
    const name = Buffer.from('secret-name.txt').toString('base64')
    const headers = { 'Upload-Length': String(drafted.files[0]!.length), 'Upload-Metadata': `filename ${name}` }
    const answer = await tus({ method: 'POST', headers })
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'UPLOAD_REFUSED' }])
  })

  it('[send/resume] begun again has its own bytes, not those of an attempt that was whole and never finished', async () => {
    const { file, length } = drafted.files[1]!
    const stored = owner().selectFrom('transfer_file').select(['object_key', 'body_digest'])
    const row = () => stored.where('transfer', '=', drafted.transfer).where('file', '=', file).executeTakeFirstOrThrow()
    const { object_key: key } = await row()
    const uploadId = await running.objects.begin(key)
    const tag = await running.objects.putPart({ key, uploadId, number: 1, length, bytes: new Uint8Array(length) })
    await running.objects.complete({ key, uploadId, parts: [{ number: 1, tag }] })
    const { token } = drafted.files[1]!
    await tus({ method: 'POST', token, headers: { 'Upload-Length': String(length) } })
    const body = await encode(smallSize)
    const headers = { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
    const path = `/${drafted.transfer}-${file}`
    expect((await tus({ method: 'PATCH', token, path, headers, body: Uint8Array.from(body) })).status).toBe(204)
    const kept = await collect(await running.objects.read(key))
    expect(Buffer.compare(kept, body)).toBe(0)
  })

  it('[send/resume] goes on at the end of the last whole part, and is finished once', async () => {
    const body = await encode(size)
    expect((await create()).status).toBe(201)
    expect((await patch(body.subarray(0, 8_388_608))).status).toBe(204)
    expect((await patch(body.subarray(0, 100))).status).toBe(409)
    const half = await patch(body.subarray(8_388_608, 8_400_000), 8_388_608)
    expect([half.status, half.headers.get('upload-offset')]).toEqual([204, '8388608'])
    const head = await tus({ method: 'HEAD', path: nameOf() })
    expect(head.headers.get('upload-offset')).toBe('8388608')
    const entries = await entriesOf(owner(), () => patch(body.subarray(8_388_608), 8_388_608))
    expect(entries.map(({ event, outcome }) => [event, outcome])).toEqual([['file.uploaded', 'success']])
    expect(await stateOf(running, drafted.transfer)).toBe('uploading')
    const again = await create()
    expect([again.status, await again.json()]).toMatchObject([403, { code: 'UPLOAD_REFUSED' }])
  })

  it('[send/resume] whose last part came and whose end did not is ended by asking how far it is', async () => {
    const { file, token, length } = drafted.files[2]!
    const path = `/${drafted.transfer}-${file}`
    await tus({ method: 'POST', token, headers: { 'Upload-Length': String(length) } })
    const headers = { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
    const body = Uint8Array.from(await encode(smallSize))
    await sql`revoke insert on audit.intake from safehand_server`.execute(owner())
    try {
      expect((await tus({ method: 'PATCH', token, path, headers, body })).status).toBe(503)
      // Nobody is told that all is there while it is not so.
      expect((await tus({ method: 'HEAD', token, path })).status).toBe(503)
    } finally {
      await sql`grant insert on audit.intake to safehand_server`.execute(owner())
    }
    const entries = await entriesOf(owner(), async () => {
      const head = await tus({ method: 'HEAD', token, path })
      expect([head.status, head.headers.get('upload-offset')]).toEqual([200, String(length)])
    })
    expect(entries.map(({ event, outcome }) => [event, outcome])).toEqual([['file.uploaded', 'success']])
  })
})
