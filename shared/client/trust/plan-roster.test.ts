import { describe, expect, it } from 'vitest'
import { makePolice, organisationDocumentsOf, testInstant, testOrigin } from '../../../tests/fixtures/documents.ts'
import type { AwaitingPerson } from '#contract/organisations.ts'
import { type PersonRow, readPeople } from '#domain/organisations/people-list.ts'
import { teamNames } from '#domain/organisations/rostered.ts'
import type { AccountId, Fingerprint } from '#domain/values.ts'
import { planRoster, type RosterWish } from './plan-roster.ts'
import { TrustRefused } from './trust-refused.ts'
import { verifyOrganisation } from './verify-organisation.ts'

const { police } = await makePolice()
const last = await verifyOrganisation(
  {
    origin: testOrigin,
    root: police.root.fingerprint as Fingerprint,
    organisation: police.id,
    seen: { statement: 0, roster: 0 },
    now: testInstant,
  },
  organisationDocumentsOf(police),
)
const [known] = last.roster.people
if (!known) throw new Error('nobody stands in the roster')
const nia = {
  account: 'a'.repeat(32) as AccountId,
  name: 'Nia New',
  email: 'nia@police.example',
  certificate: 'b'.repeat(40) as Fingerprint,
  encryptionSubkey: 'c'.repeat(40) as Fingerprint,
  certificateBytes: '',
  proposedRoles: ['caseworker'],
  proposedTeams: ['Night desk'],
} as unknown as AwaitingPerson

function plan(wish: Partial<RosterWish>) {
  return planRoster({ last, awaiting: [nia], withdrawn: [], rows: null, remove: [], ...wish })
}

function rowsOf(...records: readonly object[]): readonly PersonRow[] {
  const read = readPeople(records)
  if ('reason' in read) throw new Error(read.reason)
  return read.people
}

const listed = { email: nia.email, name: 'Nia Newcomer', roles: 'caseworker;approver', teams: '' }

describe('the next roster', () => {
  it('[trust/next-roster] takes in who waits with the rights of the invitation, once somebody compared the fingerprint', () => {
    const { joining, changing, leaving } = plan({})
    expect(joining).toEqual([{ person: nia, roles: ['caseworker'], teams: ['Night desk'], isCompared: false }])
    expect([changing, [...leaving]]).toEqual([[], []])
  })

  it('[trust/next-roster] takes in whom a list names, as it names them, and nobody else', () => {
    expect(plan({ rows: [] })).toMatchObject({ joining: [], notListed: [nia] })
    const [one] = plan({ rows: rowsOf({ ...listed, fingerprint: nia.certificate }) }).joining
    expect(one).toMatchObject({ person: { name: 'Nia Newcomer' }, roles: ['caseworker', 'approver'], isCompared: true })
    expect(plan({ rows: rowsOf(listed) }).joining[0]?.isCompared).toBe(false)
  })

  it('[trust/next-roster] is refused when the service has another key for somebody than the list', () => {
    expect(() => plan({ rows: rowsOf({ ...listed, fingerprint: 'f'.repeat(40) }) })).toThrow(TrustRefused)
  })

  it('[trust/next-roster] keeps the rights of who comes again with another key', () => {
    const again = { ...nia, account: known.account }
    const [one] = plan({ awaiting: [again] }).joining
    expect(one).toMatchObject({ roles: known.roles, teams: teamNames(known, last.roster) })
  })

  it('[trust/next-roster] changes who stands otherwise in the list, and leaves out who has no key or is to leave', () => {
    const same = { email: known.email, name: known.name, roles: known.roles.join(';') }
    const teams = teamNames(known, last.roster).join(';')
    expect(plan({ rows: rowsOf({ ...same, teams }) }).changing).toEqual([])
    expect(plan({ rows: rowsOf({ ...same, teams: 'Other desk' }) }).changing).toMatchObject([
      { account: known.account, teams: ['Other desk'] },
    ])
    expect(plan({ withdrawn: [known.account] })).toMatchObject({
      withoutKey: [known],
      leaving: new Set([known.account]),
    })
    const removed = plan({ remove: [known.email.toUpperCase(), 'nobody@police.example'] })
    expect(removed).toMatchObject({ leaving: new Set([known.account]), unknown: ['nobody@police.example'] })
  })
})
