import { describe, expect, it } from 'vitest'
import { identityOperations } from '#contract/identity.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { type Api, createApi, RefusedByServer, ServerUnreachable } from './api.ts'

const page = '<html><body>Please sign in to the network</body></html>'
const html = { 'content-type': 'text/html; charset=utf-8' }
const json = { 'content-type': 'application/json' }
const params = { transfer: '0'.repeat(32) as never, file: '0'.repeat(32) as never }

function apiThatGets(answer: () => Response, seen: RequestInit[] = []): Api {
  const fetch = async (_url: string, init: RequestInit) => {
    seen.push(init)
    return answer()
  }
  return createApi({ url: 'https://safehand.example', fetch, newId: () => 'a'.repeat(32), client: 'cli' })
}

const endless = () =>
  new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(32)),
  })

describe('an answer that is not the service’s', () => {
  const answers: [string, () => Response, RegExp][] = [
    ['200 with a page', () => new Response(page, { headers: html }), /200, text\/html.*web page/],
    ['200 with nothing', () => new Response(null), /something else answered/],
    ['204', () => new Response(null, { status: 204 }), /something else answered/],
    ['200 that calls a page JSON', () => new Response(page, { headers: json }), /something else answered/],
    ['200 with JSON of somebody else', () => new Response('{"login":"/portal"}', { headers: json }), /none of this/],
    ['200 with JSON cut short', () => new Response('{"account":', { headers: json }), /something else answered/],
    ['301', () => new Response(null, { status: 301, headers: { location: 'https://evil.example' } }), /not followed/],
    ['307', () => new Response(null, { status: 307, headers: { location: 'https://evil.example' } }), /not followed/],
    ['405', () => new Response(page, { status: 405, headers: html }), /does not let this kind/],
    ['407', () => new Response(page, { status: 407, headers: html }), /HTTPS_PROXY/],
    ['413', () => new Response(page, { status: 413, headers: html }), /nothing this large/],
    ['502', () => new Response(page, { status: 502, headers: html }), /cannot reach it/],
    [
      'a refusal that is no problem',
      () => new Response('{}', { status: 403, headers: json }),
      /something else answered/,
    ],
    ['more than any reply', () => new Response(endless(), { headers: json }), /larger than any/],
  ]

  it.each(answers)('[network/in-between] %s is told apart, in words', async (_, answer, words) => {
    const api = apiThatGets(answer)
    const error = await api.call(identityOperations.account, {}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServerUnreachable)
    expect((error as Error).message).toMatch(words)
  })

  it.each([html, json, { 'content-type': 'application/octet-stream' }])(
    '[network/in-between] instead of a file is never taken for one: %o',
    async (headers) => {
      const api = apiThatGets(() => new Response(page, { headers }))
      await expect(api.bytes(collectOperations.fetch, { params })).rejects.toBeInstanceOf(ServerUnreachable)
    },
  )

  it('[network/own-address] no other address is ever followed', async () => {
    const seen: RequestInit[] = []
    await apiThatGets(() => new Response(null, { status: 308 }), seen)
      .call(identityOperations.account, {})
      .catch(() => null)
    expect(seen.map(({ redirect }) => redirect)).toEqual(['manual'])
  })
})

it('[network/in-between] the service’s own refusal stays a refusal', async () => {
  const said = {
    type: 'x',
    title: 'No',
    status: 413,
    instance: 'x',
    code: 'REQUEST_TOO_LARGE',
    action: 'Less.',
    correlation: 'c',
  }
  const headers = { 'content-type': 'application/problem+json', 'retry-after': '7' }
  const api = apiThatGets(() => new Response(JSON.stringify(said), { status: 413, headers }))
  const error = await api.call(identityOperations.account, {}).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RefusedByServer)
  expect(error).toMatchObject({ code: 'REQUEST_TOO_LARGE', retryAfter: 7 })
})
