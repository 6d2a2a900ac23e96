import { expect, it } from 'vitest'
import { identityOperations } from '#contract/identity.ts'
import { createApi } from './api.ts'
import { isOwnAddress } from './own-address.ts'

const addresses: readonly (readonly [string, boolean])[] = [
  ['https://safehand.example', true],
  ['https://safehand.example:8443', true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:8080', true],
  ['http://[::1]:8080', true],
  ['http://safehand.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1@evil.example', false],
  ['HTTP://safehand.example', false],
  ['ftp://safehand.example', false],
  ['safehand.example', false],
]

it.each(addresses)('[network/own-address] %s may be told a secret: %s', async (url, may) => {
  expect(isOwnAddress(url)).toBe(may)
  const asked: string[] = []
  const fetch = async (to: string) => {
    asked.push(to)
    return Response.json({})
  }
  const api = createApi({ url, fetch, token: 'secret', newId: () => 'a'.repeat(32), client: 'cli' })
  const error = await api.call(identityOperations.account, {}).catch((thrown: Error) => thrown.name)
  expect([error === 'InsecureAddress', asked.length]).toEqual([!may, may ? 1 : 0])
})
