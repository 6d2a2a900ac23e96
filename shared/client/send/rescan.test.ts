// Who stands behind a recipient is asked of a roster that holds today, whatever was verified to read what was sent before.
import { expect, it } from 'vitest'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { Instant } from '#domain/values.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import { currentRecipient } from './rescan.ts'

const now = '2026-11-22T09:00:00Z' as Instant
const recipient = { kind: 'person', organisation: 'police', account: 'lee' } as unknown as Recipient
const lee = { account: 'lee', roles: ['caseworker'], teams: [], keyExpires: null }
const agreementUntil = (expires: string) =>
  ({ people: () => [lee], nameOf: () => 'Lee', rosterExpires: () => expires }) as unknown as VerifiedAgreement

it('[send/rostered-only] is asked of a roster that has not ended', () => {
  expect(currentRecipient(agreementUntil('2026-11-23T09:00:00Z'), { recipient, now }).members).toEqual([lee])
  expect(() => currentRecipient(agreementUntil('2026-11-22T08:55:00Z'), { recipient, now })).toThrow(
    expect.objectContaining({ code: 'TRUST_ROSTER_EXPIRED' }),
  )
})
