// The instants at which transfers end: exactly, whatever the calendar does around them.
import { describe, expect, it } from 'vitest'
import type { AccountId, Instant, OrganisationId } from '../../values.ts'
import { endedByClock, keptUntil } from './decide-end.ts'
import type { TransferFacts } from '../transfer.ts'

const instant = (text: string) => text as Instant

/** Of a released transfer, what its end depends on. */
function released(change: { expiresAt: string; acknowledged?: readonly (string | null)[] }): TransferFacts {
  const { expiresAt, acknowledged = [null] } = change
  const deliveries = acknowledged.map((at, index) => ({
    recipient: { kind: 'person', organisation: 'o' as OrganisationId, account: `${index}` as AccountId },
    state: at === null ? 'waiting' : 'acknowledged',
    acknowledgedAt: at,
  }))
  const transfer = { state: 'released', expiresAt, held: null, ended: null }
  return { transfer, deliveries, daysAfterAcknowledgement: 3, pauses: [] } as unknown as TransferFacts
}

describe('the end by the clock', () => {
  it.each([
    ['an ordinary day', '2026-12-06T09:00:00Z', '2026-12-06T08:59:59Z'],
    ['the hour that London skips', '2027-03-28T01:30:00Z', '2027-03-28T01:29:59Z'],
    ['the hour that London has twice', '2026-10-25T01:00:00Z', '2026-10-25T00:59:59Z'],
    ['29 February', '2028-02-29T00:00:00Z', '2028-02-28T23:59:59Z'],
    ['the first second of a year', '2027-01-01T00:00:00Z', '2026-12-31T23:59:59Z'],
  ])('[end/expiry] is exact in %s', (_, expiresAt, before) => {
    expect(endedByClock(released({ expiresAt }), instant(before))).toBeNull()
    expect(endedByClock(released({ expiresAt }), instant(expiresAt))).toEqual({ as: 'expired', at: expiresAt })
  })

  it.each([
    ['across 29 February', '2028-02-27T12:00:00Z', '2028-03-01T12:00:00Z'],
    ['across February of another year', '2027-02-27T12:00:00Z', '2027-03-02T12:00:00Z'],
    ['across the end of summer time', '2026-10-24T12:00:00Z', '2026-10-27T13:00:00Z'],
    ['across its beginning, at a minute to midnight', '2026-03-27T23:59:00Z', '2026-03-30T22:59:00Z'],
  ])(
    '[end/expiry] [agreement/days] comes three days after the last acknowledgement %s, by the clock in London',
    (_, last, end) => {
      const facts = released({ expiresAt: '2029-01-01T00:00:00Z', acknowledged: ['2026-01-01T00:00:00Z', last] })
      expect(keptUntil(facts, instant(end))).toBe(end)
      expect(endedByClock(facts, instant(end))).toEqual({ as: 'acknowledged', at: end })
    },
  )

  it('[end/expiry] is the earlier of the two, and waits for everybody', () => {
    const acknowledged = ['2026-12-01T00:00:00Z']
    const soon = released({ expiresAt: '2026-12-02T00:00:00Z', acknowledged })
    expect(endedByClock(soon, instant('2026-12-05T00:00:00Z'))?.as).toBe('expired')
    const one = released({ expiresAt: '2026-12-20T00:00:00Z', acknowledged: [...acknowledged, null] })
    expect(keptUntil(one, instant('2026-12-10T00:00:00Z'))).toBeNull()
    expect(endedByClock(one, instant('2026-12-10T00:00:00Z'))).toBeNull()
  })
})
