// A real server that stops in the middle of what it says.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fetchWithIdleTimeout } from './idle-timeout.ts'

const seconds = 0.3
const heard = fetchWithIdleTimeout(fetch, seconds)
const server = createServer((request, response) => answers[request.url ?? '']?.(response))
let url: string

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/nothing': () => undefined,
  '/beginning': (response) => void response.write('a,b\n'),
  '/all': (response) => void response.setHeader('x-said', 'yes').end('a,b\n'.repeat(100_000)),
  '/empty': (response) => void response.writeHead(204).end(),
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('[cli/silent-service] gives up a service that does not answer', async () => {
  await expect(heard(`${url}/nothing`, {})).rejects.toThrow('nothing came for')
})

it('[cli/silent-service] breaks off a reply that stops in the middle', async () => {
  const { body } = await heard(`${url}/beginning`, {})
  const reader = body!.getReader()
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('a,b\n')
  await expect(reader.read()).rejects.toThrow('nothing came for')
})

it('hands on what is answered as it is, however slowly it is read', async () => {
  const reply = await heard(`${url}/all`, {})
  expect([reply.status, reply.headers.get('x-said')]).toEqual([200, 'yes'])
  await sleep(seconds * 3000)
  expect(await reply.text()).toBe('a,b\n'.repeat(100_000))
  expect(await heard(`${url}/empty`, {})).toMatchObject({ status: 204, body: null })
})

it('ends with the signal of whoever asked', async () => {
  const stop = new AbortController()
  const asked = heard(`${url}/nothing`, { signal: stop.signal })
  stop.abort(new Error('Ctrl-C'))
  await expect(asked).rejects.toThrow('Ctrl-C')
})
