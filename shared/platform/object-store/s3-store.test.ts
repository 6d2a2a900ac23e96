// What the S3 store makes of answers that Ceph's gateway never gives. The contract itself: tests/integration/platform.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ObjectStoreUnavailable } from './object-store.ts'
import { type S3Store, s3Store } from './s3-store.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A store that has one answer to everything. */
async function storeThatSays(status: number, body: string): Promise<S3Store> {
  const server = createServer((_, answer) => {
    answer.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${body}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = { accessKeyId: 'key', secretAccessKey: 'secret' }
  return s3Store({ endpoint, region: 'us-east-1', bucket: 'safehand', pathStyle: true, ...keys })
}

const refusal = (code: string) => `<Error><Code>${code}</Code><Message>Not so.</Message></Error>`
const versioning = (status: string) => `<VersioningConfiguration>${status}</VersioningConfiguration>`

describe('[storage/start-check] a bucket', () => {
  it.each(['VersioningNotConfigured', 'NotImplemented'])(
    '[storage/no-versions] of a store that knows no versions (%s) keeps none',
    async (code) => {
      const store = await storeThatSays(501, refusal(code))
      expect(await store.isVersioned()).toBe(false)
    },
  )

  it('whose versioning nobody may see counts as unknown, never as without', async () => {
    const unseen = [
      [403, 'AccessDenied'],
      [403, 'VersioningNotConfigured'],
      [501, 'SomethingElse'],
    ] as const
    for (const [status, code] of unseen) {
      const store = await storeThatSays(status, refusal(code))
      await expect(store.isVersioned()).rejects.toThrow(ObjectStoreUnavailable)
    }
  })

  it.each([
    ['', false],
    ['<Status>Enabled</Status>', true],
    ['<Status>Suspended</Status>', true],
  ])('says whether it keeps what is deleted: %j', async (status, kept) => {
    const store = await storeThatSays(200, versioning(status))
    expect(await store.isVersioned()).toBe(kept)
  })
})
