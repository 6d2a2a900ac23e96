// Something between a sender and the service answers an upload in its place: told apart in words, nothing more leaves, and no
// other address hears of it.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ServerUnreachable } from '#client/api.ts'
import { uploadBody } from '#client/send/encrypt-and-upload.ts'
import { idleTimer } from '#client/idle-timeout.ts'
import type { FileId, TransferId } from '#domain/values.ts'
import { newId } from '../fixtures/documents.ts'
import { inPieces } from '../fixtures/streams.ts'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

const html = { 'Content-Type': 'text/html; charset=utf-8' }
const page = (status: number): Answer => ({ status, headers: html, body: '<p>Please sign in</p>' })
let elsewhere: string
let url: string
let heardElsewhere = 0
let asked: string[] = []
let inPlace: { readonly method: string; readonly answer: Answer }

const other = createServer((_, response) => {
  heardElsewhere += 1
  response.writeHead(200).end()
})
const server = createServer((request, response) => {
  asked.push(request.method ?? '')
  request.resume().on('end', () => {
    const { method, answer } = inPlace
    if (request.method === method) response.writeHead(answer.status, answer.headers).end(answer.body)
    else response.writeHead(201, { 'Tus-Resumable': '1.0.0', Location: '/uploads/x' }).end()
  })
})

beforeAll(async () => {
  for (const one of [server, other]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  ;[url = '', elsewhere = ''] = [server, other].map((one) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`)
})
afterAll(async () => {
  for (const one of [server, other]) await new Promise((resolve) => one.close(resolve))
})

const answers: readonly (readonly [string, () => Answer, RegExp])[] = [
  ['200 with a page', () => page(200), /200, text\/html.*web page/],
  ['200 with nothing', () => ({ status: 200, headers: {}, body: '' }), /something else answered.*200/],
  ['301', () => ({ ...page(301), headers: { Location: elsewhere } }), /not followed/],
  ['307', () => ({ ...page(307), headers: { Location: elsewhere } }), /not followed/],
  ['403 with a page', () => page(403), /something else answered/],
  ['405', () => page(405), /does not let this kind/],
  ['407', () => page(407), /HTTPS_PROXY/],
  ['413', () => page(413), /nothing this large/],
]

it.each(
  answers.flatMap(([what, answer, words]) => ['POST', 'PATCH'].map((method) => ({ what, answer, words, method }))),
)(
  '[network/in-between] $what in place of an answer to $method is told apart, in words',
  async ({ method, answer, words }) => {
    inPlace = { method, answer: answer() }
    asked = []
    const body = new Uint8Array(randomBytes(500))
    const upload = { file: newId<FileId>(), length: body.length, token: 'T'.repeat(43) }
    const sent = uploadBody(
      { url, idleTimer: idleTimer(60) },
      { transfer: newId<TransferId>(), upload, body: inPieces(body, 100) },
    )
    const error = await sent.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServerUnreachable)
    expect((error as Error).message).toMatch(words)
    expect(asked).toEqual(method === 'POST' ? ['POST'] : ['POST', 'PATCH'])
    expect(heardElsewhere).toBe(0)
  },
)
