import { describe, expect, it } from 'vitest'
import type { PersonCaller } from '../caller.ts'
import { type Role, roleNames } from '../roles.ts'
import type { AccountId, AgreementId, CorrelationId, OrganisationId, Sha256Hex } from '../values.ts'
import { decideEntries, decideExport, logReaders, type ReadableLog, type SignedHead } from './decisions.ts'
import type { LogOrigin } from './entry.ts'

const [council, police, dwp] = ['a', 'b', 'c'].map((digit) => digit.repeat(32) as OrganisationId)
const agreement = { id: 'd'.repeat(32) as AgreementId, version: 1, hash: 'e'.repeat(64) as Sha256Hex }
const log: ReadableLog = {
  reference: { kind: 'agreement', id: agreement.id },
  origin: `test.invalid/agreements/${agreement.id}` as LogOrigin,
  agreement,
  owners: [council!, police!],
  waitedFor: [],
}
const head: SignedHead = { size: 3, root: 'f'.repeat(64) as Sha256Hex, note: 'a note' }

function person(organisation: OrganisationId | undefined, ...roles: Role[]): PersonCaller {
  return {
    actor: { kind: 'person', account: '1'.repeat(32) as AccountId, organisation: organisation!, roles },
    client: 'cli',
    session: null,
    address: null,
    correlation: '2'.repeat(32) as CorrelationId,
  }
}

const exportAs = (caller: PersonCaller, facts: Partial<Parameters<typeof decideExport>[0]> = {}) =>
  decideExport({ caller, log, head, consistency: [], waiting: 0, ...facts })

describe('reading a log', () => {
  it.each(roleNames)('[log/readers] is for four offices of a party alone: %s', (role) => {
    const decision = exportAs(person(police, role))
    expect('refusal' in decision ? decision.refusal.code : 'permitted').toBe(
      logReaders.includes(role) ? 'permitted' : 'ROLE_REQUIRED',
    )
  })

  it('[log/readers] is logged in the log itself, with the size and root that were exported', () => {
    const decision = exportAs(person(council, 'auditor'), { waiting: 2 })
    expect(decision).toEqual({
      next: { origin: log.origin, size: 3, checkpoint: 'a note', consistency: [], waiting: 2 },
      changes: [],
      event: { event: 'audit.exported', logs: [log.reference], agreement, detail: { size: 3, root: head.root } },
      jobs: [],
    })
    const caller = person(council, 'auditor')
    const viewed = decideEntries({ caller, log, range: { from: 0, to: 3 }, page: 'page' })
    expect(viewed).toMatchObject({
      next: 'page',
      event: { event: 'audit.viewed', logs: [log.reference], detail: { what: 'entries 0 to 3' } },
    })
  })

  it('[log/readers] is for a sender too, while a transfer of theirs waits for them', () => {
    const caller = person(council, 'caseworker')
    expect(exportAs(caller)).toMatchObject({ refusal: { code: 'ROLE_REQUIRED' } })
    expect(exportAs(caller, { log: { ...log, waitedFor: [caller.actor.account] } })).toMatchObject({
      next: { size: 3 },
    })
  })

  it('[log/readers] refuses a party’s other people in the log, and strangers in their own', () => {
    expect(exportAs(person(council, 'caseworker')).event.logs).toEqual([log.reference])
    const strangers = exportAs(person(dwp, 'auditor'))
    expect(strangers).toMatchObject({ refusal: { code: 'NOT_FOUND' } })
    expect(strangers.event.logs).toEqual([{ kind: 'organisation', id: dwp }])
    expect(JSON.stringify(strangers)).not.toContain(agreement.id)
  })

  it('[log/readers] says that it cannot, before anything was signed', () => {
    expect(exportAs(person(council, 'siro'), { head: null })).toMatchObject({
      refusal: { code: 'SERVICE_UNAVAILABLE' },
    })
  })
})
