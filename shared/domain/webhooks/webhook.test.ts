import { describe, expect, it } from 'vitest'
import type { TransferChange } from '../transfers/changes.ts'
import type { Instant, TransferId } from '../values.ts'
import { announcementsOf } from './announcements.ts'
import { afterAttempt, retrySeconds, webhookUrl } from './webhook.ts'

const at = '2026-11-22T09:00:00Z' as Instant
const transfer = 'a'.repeat(32) as TransferId
const enter = (state: string) => ({ kind: 'transfers.enter', transfer, state, at }) as TransferChange

describe('[api/webhooks] what a webhook is told', () => {
  it('is the release, the recall, the expiry and the first fetch of each recipient, and nothing before', () => {
    const told = (change: TransferChange) => announcementsOf([change]).map(({ event }) => event)
    expect(['released', 'recalled', 'expired'].flatMap((state) => told(enter(state)))).toEqual([
      'transfer.released',
      'transfer.recalled',
      'transfer.expired',
    ])
    expect(['uploading', 'scanning', 'rejected', 'destroyed'].flatMap((state) => told(enter(state)))).toEqual([])
    const fetched = { kind: 'transfers.deliver', transfer, state: 'fetched' } as TransferChange
    expect(told(fetched)).toEqual(['transfer.collected'])
    expect(told({ ...fetched, state: 'opened' } as TransferChange)).toEqual([])
  })

  it('is tried at growing intervals for about a day, and no longer where it is gone', () => {
    const pauses = retrySeconds.map((_, index) => afterAttempt({ attempts: index + 1, status: 500 }, at))
    expect(pauses.every(({ kind }) => kind === 'again')).toBe(true)
    expect([...retrySeconds].toSorted((one, other) => one - other)).toEqual([...retrySeconds])
    const hours = retrySeconds.reduce((sum, one) => sum + one, 0) / 3600
    expect(Math.round(hours)).toBe(24)
    expect(afterAttempt({ attempts: retrySeconds.length + 1, status: null }, at).kind).toBe('given-up')
    expect(afterAttempt({ attempts: 1, status: 410 }, at).kind).toBe('given-up')
    expect(afterAttempt({ attempts: 1, status: 204 }, at).kind).toBe('delivered')
    expect(afterAttempt({ attempts: 1, status: 302 }, at).kind).toBe('again')
  })

  it.each([
    ['https://cases.example.gov.uk/hooks?of=safehand', true],
    ['http://127.0.0.1:8080/', true],
    ['http://cases.example.gov.uk/', false],
    ['https://ada:secret@cases.example/', false],
    ['http://127.0.0.1.evil.example/', false],
    ['file:///etc/passwd', false],
    ['https://cases.example/#here', false],
  ])('%s as an address: %s', (url, good) => {
    const { success, error } = webhookUrl.safeParse(url)
    expect(success).toBe(good)
    // Said to whoever typed it.
    expect(error?.issues[0]?.message ?? 'must be an https address').toContain('must be an https address')
  })
})
