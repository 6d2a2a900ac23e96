// What one person may do in a while, by kind: counted before anything is read of the request, for that person alone, at all
// servers together, with the time to wait and words that say what was too much.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Problem } from '#contract/problem.ts'
import { operations } from '#contract/operations.ts'
import { scopes } from '#contract/operation.ts'
import { randomId } from '#platform/crypto.ts'
import { auditUseCases } from '../../../server/audit/use-cases.ts'
import { certificateUseCases } from '../../../server/certificates/use-cases.ts'
import { type ActKind, actLimits } from '../../../server/http/person-limits.ts'
import { transferUseCases } from '../../../server/transfers/use-cases.ts'
import { webhookUseCases } from '../../../server/webhooks/use-cases.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { acceptInvitation, registerOrganisation, type TestPerson, tokenFor } from '../../fixtures/people.ts'

const most = 2
const kinds = Object.entries(actLimits) as readonly [ActKind, (typeof actLimits)[ActKind]][]

let database: TestDatabase
let apps: readonly [RunningApp, RunningApp]
let headersOf: Record<'ada' | 'bea', Record<string, string>>

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  const start = () =>
    startApp({
      databaseUrl: database.urls.server,
      useCases: [...auditUseCases, ...certificateUseCases, ...transferUseCases, ...webhookUseCases],
      limits: {
        perKind: Object.fromEntries(kinds.map(([kind]) => [kind, { points: most, seconds: 600 }])) as never,
      },
    })
  const first = await start()
  apps = [first, await start()]
  const join = async (name: string, email: string) =>
    acceptInvitation(first, (await registerOrganisation(first, { ownerUrl: database.urls.owner, name, email })).token)
  const signedIn = async (person: TestPerson) => ({
    Authorization: `Bearer ${await tokenFor(first, person, [...scopes])}`,
  })
  headersOf = {
    ada: await signedIn(await join('Ashdown Council', 'ada@council.example')),
    bea: await signedIn(await join('Westshire Police', 'bea@police.example')),
  }
  await database.as.owner.pool.query('DELETE FROM throttle')
})
afterAll(async () => {
  await Promise.all(apps?.map((app) => app.stop()) ?? [])
  await database?.drop()
})

/** With nothing in it: what counts is that it was asked. */
async function ask(name: string, { of, at }: { readonly of: 'ada' | 'bea'; readonly at: number }) {
  const operation = operations.find((one) => one.name === name)
  if (!operation) throw new Error(`the contract has no ${name}`)
  const path = operation.path.replaceAll(/:\w+/g, () => randomId())
  return fetch(`${apps[at % 2]?.url}/api${path}`, {
    method: operation.method,
    headers: { ...headersOf[of], 'Content-Type': 'application/json', 'Idempotency-Key': randomId() },
    ...(operation.method === 'POST' && { body: '{}' }),
  })
}

describe('[account/limits] what one person does', () => {
  it.each(kinds)(
    '[account/limits] too many %s are stopped, theirs alone, with one entry for the flood',
    async (kind, { operations: names }) => {
      for (let round = 0; round < most; round += 1) {
        expect((await ask(names[round % names.length]!, { of: 'ada', at: round })).status).not.toBe(429)
      }
      const entries = await entriesOf(database.as.owner.database, async () => {
        for (const [at, name] of [...names, ...names].entries()) {
          const reply = await ask(name, { of: 'ada', at })
          expect([name, reply.status]).toEqual([name, 429])
          expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
          const { code, title, action } = (await reply.json()) as Problem
          expect([code, title]).toEqual(['TOO_MANY_ATTEMPTS', `You have asked for too many ${kind} in a short time`])
          expect(action).toMatch(/^Wait \d+ seconds, then try again\.$/)
        }
      })
      expect(entries.map(({ code }) => code)).toEqual(['TOO_MANY_ATTEMPTS'])
      expect((await ask(names[0]!, { of: 'bea', at: 0 })).status).not.toBe(429)
    },
  )

  it('[account/limits] of one kind stops nothing else', async () => {
    expect((await ask('session.end-others', { of: 'ada', at: 0 })).status).not.toBe(429)
    expect((await ask('identity.account', { of: 'ada', at: 1 })).status).toBe(200)
  })
})
