import { describe, expect, it } from 'vitest'
import {
  makePolice,
  organisationDocumentsOf,
  type TestOrganisation,
  testInstant,
  testOrigin,
  withRoster,
} from '../../../tests/fixtures/documents.ts'
import type { AwaitingPerson } from '#contract/organisations.ts'
import { type PersonRow, readPeople } from '#domain/organisations/people-list.ts'
import { teamNames } from '#domain/organisations/rostered.ts'
import type { AccountId, Email, Fingerprint } from '#domain/values.ts'
import { planRoster, type RosterWish } from './plan-roster.ts'
import { TrustRefused } from './trust-refused.ts'
import { verifyOrganisation } from './verify-organisation.ts'

const { police } = await makePolice()
const verify = (organisation: TestOrganisation) =>
  verifyOrganisation(
    {
      origin: testOrigin,
      root: police.root.fingerprint as Fingerprint,
      organisation: police.id,
      seen: { statement: 0, roster: 0 },
      now: testInstant,
    },
    organisationDocumentsOf(organisation),
  )
const last = await verify(police)
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
  const nothing = { withdrawn: [], rows: null, takeIn: new Map(), own: null, remove: [] }
  return planRoster({ last, awaiting: [nia], ...nothing, ...wish })
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
    expect(joining).toEqual([
      {
        ...{ person: nia, roles: ['caseworker'], teams: ['Night desk'] },
        ...{ isCompared: false, isNamed: false, left: null },
      },
    ])
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
    const again = { ...nia, account: known.account, email: known.email }
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

const [olu, pat] = police.people
const left = await verify(await withRoster(police, { people: police.people.filter((one) => one !== pat) }))

/** As a service offers somebody who stood in a roster, or says that it does. */
function offered(one: typeof pat, change: Partial<AwaitingPerson> = {}): AwaitingPerson {
  const { account, name, email, key } = one!
  const [certificate, encryptionSubkey] = [key.fingerprint, key.encryptionSubkey] as [Fingerprint, Fingerprint]
  return { ...nia, account, name, email, certificate, encryptionSubkey, ...change }
}

const fresh = { certificate: 'e'.repeat(40), encryptionSubkey: 'f'.repeat(40) } as Pick<
  AwaitingPerson,
  'certificate' | 'encryptionSubkey'
>
const other = { account: 'd'.repeat(32) as AccountId, email: 'bob@police.example' as Email, name: 'Bob Brown' }
const takeIn = (email: string, shown: Fingerprint | null = null) => new Map([[email, shown]])
const listOf = (one: AwaitingPerson, fingerprint = '') =>
  rowsOf({ email: one.email, name: one.name, roles: 'caseworker', teams: '', fingerprint })

describe('who has left', () => {
  it.each<[string, AwaitingPerson, Partial<RosterWish>, { isNamed: boolean; hasLeft: boolean }]>([
    ['with their old account and key', offered(pat), {}, { isNamed: false, hasLeft: true }],
    ['under another name', offered(pat, { name: 'Zoe Young' }), {}, { isNamed: false, hasLeft: true }],
    ['with another key', offered(pat, fresh), {}, { isNamed: false, hasLeft: true }],
    [
      'as a new account of their address',
      offered(pat, { ...fresh, account: other.account }),
      {},
      { isNamed: false, hasLeft: true },
    ],
    [
      'as a new account of their name',
      offered(pat, { ...fresh, ...other, name: pat!.name }),
      {},
      { isNamed: false, hasLeft: true },
    ],
    ['in a list that still has them', offered(pat), { rows: listOf(offered(pat)) }, { isNamed: false, hasLeft: true }],
    [
      'in a list with their fingerprint',
      offered(pat),
      { rows: listOf(offered(pat), pat!.key.fingerprint) },
      { isNamed: false, hasLeft: true },
    ],
    [
      'taken in by the administrator, by name',
      offered(pat),
      { takeIn: takeIn(pat!.email) },
      { isNamed: true, hasLeft: true },
    ],
    ['is no newcomer', offered(pat, { ...fresh, ...other }), {}, { isNamed: false, hasLeft: false }],
    ['is nobody who comes with another key', offered(olu, fresh), {}, { isNamed: false, hasLeft: false }],
  ])('[trust/leaver-stays-out] %s', (_how, person, wish, { isNamed, hasLeft }) => {
    const [one] = plan({ last: left, awaiting: [person], ...wish }).joining
    expect({ isNamed: one?.isNamed, left: one?.left }).toEqual({
      isNamed,
      left: hasLeft ? { name: pat!.name, email: pat!.email, sequence: 1 } : null,
    })
  })

  const ghost = { ...fresh, ...other }
  it.each<[string, readonly AwaitingPerson[]]>([
    ['the key of who has left, as a new account', [offered(pat, other)]],
    ['the account of who has left, under another address', [offered(pat, { ...fresh, email: other.email })]],
    ['the key of who stays, as a new account', [offered(olu, other)]],
    ['the account of who stays, under another address', [offered(olu, { email: other.email })]],
    ['a second account of an address that stays', [offered(olu, { ...fresh, account: other.account })]],
    [
      'an encryption key of somebody else beside one’s own',
      [{ ...nia, ...ghost, encryptionSubkey: offered(olu).encryptionSubkey }],
    ],
    ['two who wait under one address', [nia, { ...nia, ...ghost, email: nia.email }]],
    ['two who wait with one key', [nia, { ...nia, ...other }]],
  ])('[trust/leaver-stays-out] a service that offers %s is refused, whoever was named', (_what, awaiting) => {
    for (const wish of [{}, { takeIn: takeIn(awaiting.at(-1)!.email) }]) {
      expect(() => plan({ last: left, awaiting, ...wish })).toThrow(
        expect.objectContaining({ code: 'TRUST_PERSON_RENAMED' }),
      )
    }
  })

  it('[trust/leaver-stays-out] their address may be given to a new account once theirs ends', () => {
    const again = offered(pat, { ...fresh, account: other.account })
    const [one] = plan({ awaiting: [again], withdrawn: [pat!.account] }).joining
    expect(one?.left).toMatchObject({ email: pat!.email, sequence: 1 })
  })
})

describe('who is taken in by name', () => {
  it('[trust/next-roster] with the fingerprint that they read, or not at all', () => {
    const [one] = plan({ takeIn: takeIn(nia.email, nia.certificate) }).joining
    expect(one).toMatchObject({ isNamed: true, isCompared: true })
    const swapped = { takeIn: takeIn(nia.email, 'f'.repeat(40) as Fingerprint) }
    expect(() => plan(swapped)).toThrow(expect.objectContaining({ code: 'TRUST_CERTIFICATE' }))
    expect(plan({ takeIn: takeIn('nobody@police.example') }).notWaiting).toEqual(['nobody@police.example'])
  })

  it('[trust/next-roster] the administrator themselves, whose key is on their own machine', () => {
    expect(plan({ own: nia.certificate }).joining).toMatchObject([{ isNamed: true, isCompared: true }])
  })

  it('[trust/next-roster] who leaves waits for nothing, and who only lost their key may prove another', () => {
    const again = offered(olu, fresh)
    const removed = plan({ awaiting: [again], remove: [olu!.email], withdrawn: [olu!.account] })
    expect(removed).toMatchObject({ joining: [], mayReturn: [], leaving: new Set([olu!.account]) })
    expect(plan({ awaiting: [], withdrawn: [olu!.account] }).mayReturn).toEqual([olu!.account])
  })
})
