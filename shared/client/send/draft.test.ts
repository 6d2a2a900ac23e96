import { describe, expect, it } from 'vitest'
import { addDays, addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { createApi } from '../api.ts'
import type { Sender } from '../trust/sender.ts'
import { draftWithoutFiles } from './draft.ts'
import type { SendRequest } from './sending.ts'

const at = '2026-11-22T09:00:00Z' as Instant
const id = 'c03a8b8fb97996492099484e49f1ebe4'
const sender = { agreement: { agreement: { id } } } as unknown as Sender
const asked: Omit<SendRequest, 'files'> = {
  flow: 'council-to-police',
  purpose: 'SAFEGUARD_CHILD',
  items: ['INCIDENT_SUMMARY'],
  marking: 'OFFICIAL',
  handlingInstruction: null,
  caseReference: null,
  days: 14,
  recipients: [],
}

/** A service that says so of every draft, and keeps what it was asked. */
async function draft({ createdAt, expires }: { readonly createdAt: Instant; readonly expires: Instant }) {
  const calls: string[] = []
  const bodies: unknown[] = []
  const api = createApi({
    url: 'https://safehand.example',
    newId: () => '0'.repeat(32),
    client: 'cli',
    fetch: async (url, init) => {
      calls.push(new URL(url).pathname.replace(/[0-9a-f]{32}/, 'ID'))
      bodies.push(JSON.parse(String(init.body)))
      return Response.json({ transfer: id, createdAt, expires, uploads: [] })
    },
  })
  const drafted = draftWithoutFiles({ api, now: () => at }, { sender, asked })
  return {
    code: await drafted.then(
      () => 'drafted',
      ({ code }) => String(code),
    ),
    calls,
    bodies,
  }
}

describe('[clock/counted-by-service] a draft', () => {
  it('says how many days, and no time by its own clock', async () => {
    const { bodies } = await draft({ createdAt: at, expires: addDays(at, 14) })
    expect(bodies).toEqual([expect.objectContaining({ days: 14 })])
    expect(JSON.stringify(bodies)).not.toMatch(/2026-/)
  })

  const cases = [
    ['at once', 0, 0, 'drafted'],
    ['by a clock that is three seconds behind', -3, 0, 'drafted'],
    ['by a clock that is three seconds ahead', 3, 0, 'drafted'],
    ['by a clock that is five minutes ahead', 300, 0, 'drafted'],
    ['by a clock that is six minutes behind', -360, 0, 'TRUST_EXPIRY'],
    ['by a clock that is six minutes ahead', 360, 0, 'TRUST_EXPIRY'],
    ['for a second longer than was asked', 0, 1, 'TRUST_EXPIRY'],
    ['for a second less than was asked', 0, -1, 'TRUST_EXPIRY'],
    ['for a year', 0, 365 * 86_400, 'TRUST_EXPIRY'],
  ] as const
  it.each(cases)('that was counted %s is what it should be', async (_how, offset, longer, code) => {
    const createdAt = addSeconds(at, offset)
    const found = await draft({ createdAt, expires: addSeconds(addDays(createdAt, 14), longer) })
    expect(found.code).toBe(code)
    const givenUp = ['/api/transfers', '/api/transfers/ID/abandonment']
    expect(found.calls).toEqual(code === 'drafted' ? ['/api/transfers'] : givenUp)
  })
})
