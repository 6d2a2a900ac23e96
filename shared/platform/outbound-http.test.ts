import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { AddressRefused, guardOf, postOnce } from './outbound-http.ts'

it.each([
  ...['127.0.0.1', '10.1.2.3', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
  ...[
    '::1',
    '::',
    '::ffff:10.1.2.3',
    '::ffff:a00:1',
    '::ffff:0:10.0.0.1',
    '::ffff:0:a9fe:a9fe',
    'fe80::1',
    'fd00::1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'nonsense',
  ],
])('[api/webhook-addresses] %s is not asked, unless its network is allowed', (address) => {
  expect(guardOf([])(address)).toBe(false)
})

it('[api/webhook-addresses] public addresses are asked, and what a setting allows', () => {
  const mayAsk = guardOf(['10.1.0.0/16', 'fd00:1::/32'])
  expect(['8.8.8.8', '2606:4700::1111', '10.1.2.3', 'fd00:1::5'].map(mayAsk)).toEqual([true, true, true, true])
  expect(['10.2.0.1', 'fd00:2::5'].map(mayAsk)).toEqual([false, false])
  expect(() => guardOf(['10.1.0.0'])).toThrow(RangeError)
})

it('[api/webhook-addresses] a name that leads inside is refused before anything is sent, and so is a literal address', async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(302, { Location: '/elsewhere' }).end()
  }).listen(0)
  const { port } = server.address() as AddressInfo
  const post = { headers: {}, body: '{}', withinMs: 2_000 }
  for (const host of ['localhost', '127.0.0.1', '[::1]', '0x7f.1', '2130706433']) {
    const url = `http://${host}:${port}/`
    await expect(postOnce({ ...post, url, mayAsk: guardOf([]) })).rejects.toThrow(AddressRefused)
  }
  expect(asked).toBe(0)
  const mayAsk = guardOf(['127.0.0.0/8', '::1/128'])
  expect(await postOnce({ ...post, url: `http://localhost:${port}/`, mayAsk })).toBe(302)
  expect(asked).toBe(1)
  server.close()
})
