import { describe, expect, it } from 'vitest'
import { collectOperations } from '#contract/transfers/collect.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { problemMediaType } from '#contract/problem.ts'
import { createApi, type Fetch } from './api.ts'
import { retryingApi } from './retrying.ts'

const refusal = (status: number, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({
      type: '/api/problems/X',
      instance: '/api/problems/X',
      title: 'No',
      status,
      code: 'X',
      action: 'Wait',
      correlation: '0'.repeat(32),
    }),
    { status, headers: { 'Content-Type': problemMediaType, ...headers } },
  )
const done = () => Response.json({ transfers: [] })

function serviceThat(...answers: readonly (() => Response)[]) {
  const left = [...answers]
  const keys: (string | null)[] = []
  const slept: number[] = []
  const fetch: Fetch = async (_url, { headers }) => {
    keys.push(new Headers(headers).get('idempotency-key'))
    const answer = left.shift()
    if (!answer) throw new Error('nobody answers')
    return answer()
  }
  let id = 0
  const newId = () => {
    id += 1
    return `id-${id}`
  }
  const api = retryingApi(createApi({ url: 'https://s', fetch, newId, client: 'cli' }), {
    newId,
    seconds: 60,
    sleep: async (milliseconds) => void slept.push(milliseconds / 1000),
  })
  return { api, keys, slept }
}

const away = () => {
  throw new TypeError('fetch failed')
}

describe('an Api that waits', () => {
  it('[batch/retries] comes back when the service said, and repeats what was lost under the same key', async () => {
    const { api, keys, slept } = serviceThat(
      () => refusal(429, { 'Retry-After': '7' }),
      away,
      () => refusal(503),
      () => Response.json({}),
    )
    await api.call(collectOperations.opened, { params: { transfer: '0'.repeat(32) as never } })
    expect(slept).toEqual([7, 2, 5])
    expect(new Set(keys)).toEqual(new Set(['id-1']))
  })

  it('[batch/retries] gives back at once what was decided, and gives up in the end', async () => {
    const refused = serviceThat(() => refusal(409), done)
    await expect(refused.api.call(viewOperations.sent, {})).rejects.toMatchObject({ status: 409 })
    const gone = serviceThat(away, away, away, away, away, away, away, away)
    await expect(gone.api.call(viewOperations.sent, {})).rejects.toThrow('did not answer')
    expect(gone.slept).toEqual([1, 2, 5, 10, 20])
  })
})
