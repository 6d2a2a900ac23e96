import { describe, expect, it } from 'vitest'
import {
  makePerson,
  makePolice,
  newId,
  organisationDocumentsOf,
  type TestPerson,
  testInstant,
  testOrigin,
} from '../../../tests/fixtures/documents.ts'
import type { AwaitingPerson } from '#contract/organisations.ts'
import { parseDocument } from '#domain/document.ts'
import { person } from '#domain/organisations/roster.ts'
import type { AccountId, Fingerprint } from '#domain/values.ts'
import { type Joining, type NextRoster, prepareNextRoster } from './next-roster.ts'
import { verifyOrganisation } from './verify-organisation.ts'

const { police, team } = await makePolice()
const root = police.root.fingerprint as Fingerprint
const expected = {
  origin: testOrigin,
  root,
  organisation: police.id,
  seen: { statement: 0, roster: 0 },
  now: testInstant,
}
const last = await verifyOrganisation(expected, organisationDocumentsOf(police))
const newcomer = await makePerson({ name: 'Nia New', email: 'nia@police.example', roles: ['caseworker'] })

let drawn = 0
const next: NextRoster = {
  statements: last.statements,
  last,
  joining: [],
  changing: [],
  leaving: new Set<AccountId>(),
  teams: [],
  issued: testInstant,
  newSalt: () => (drawn++).toString(16).padStart(64, '0'),
  newId: () => newId<string>(),
}

function awaiting({ account, name, email, key }: TestPerson): AwaitingPerson {
  return {
    account,
    name,
    email,
    certificate: key.fingerprint as Fingerprint,
    encryptionSubkey: key.encryptionSubkey as Fingerprint,
    certificateBytes: key.certificate.toBase64(),
    proposedRoles: ['caseworker'],
    proposedTeams: [],
  }
}

function joiningOf(someone: TestPerson, teams: readonly string[] = []): Joining {
  return { person: awaiting(someone), roles: ['caseworker'], teams }
}

function entriesOf(people: readonly Uint8Array[]) {
  return people.map((bytes) => {
    const parsed = parseDocument(person, bytes)
    if (!parsed.ok) throw new Error(parsed.reason)
    return parsed.value
  })
}

describe('the next roster', () => {
  it('[trust/next-roster] follows the last one and keeps unchanged people’s very entries', async () => {
    const { roster, people } = await prepareNextRoster(next)
    expect(roster).toMatchObject({ sequence: 2, previous: last.roster.reference.hash, statement: last.statements.hash })
    expect(roster.people).toEqual(police.rosters[0]!.value.people)
    expect(people).toHaveLength(police.people.length)
  })

  it('[trust/next-roster] takes in who joins, with a fresh salt, and makes the teams that are new', async () => {
    const { roster, people } = await prepareNextRoster({
      ...next,
      joining: [joiningOf(newcomer, [team.name, 'Housing'])],
    })
    const nia = entriesOf(people).find(({ account }) => account === newcomer.account)
    expect(roster.teams.map(({ name }) => name)).toEqual([team.name, 'Housing'])
    expect(nia?.teams).toEqual(roster.teams.map(({ id }) => id))
    expect(roster.people).toEqual([...roster.people].sort())
    expect(new Set(entriesOf(people).map(({ salt }) => salt)).size).toBe(people.length)
  })

  it('[trust/next-roster] leaves out who leaves, and replaces who comes with another key', async () => {
    const [olu, pat] = police.people
    const again = { ...olu!, key: newcomer.key }
    const leaving = new Set([pat!.account])
    const entries = entriesOf((await prepareNextRoster({ ...next, joining: [joiningOf(again)], leaving })).people)
    expect(entries.map(({ account }) => account)).not.toContain(pat!.account)
    expect(entries.filter(({ account }) => account === olu!.account)).toMatchObject([
      { certificate: newcomer.key.fingerprint },
    ])
  })

  it('[trust/next-roster] takes nobody whose certificate is not the one whose fingerprint was shown', async () => {
    const [olu] = police.people
    const swapped = { ...awaiting(newcomer), certificateBytes: olu!.key.certificate.toBase64() }
    const joining = [{ person: swapped, roles: ['caseworker'], teams: [] }] as const
    await expect(prepareNextRoster({ ...next, joining })).rejects.toMatchObject({ code: 'TRUST_CERTIFICATE' })
  })

  it('[trust/next-roster] changes roles and teams of who stays, in a freshly salted entry with the same key', async () => {
    const olu = last.roster.people.find(({ name }) => name === 'Olu Officer')!
    const changing = [{ account: olu.account, name: 'Olu Okafor', roles: ['approver' as const], teams: ['Night desk'] }]
    const { roster, people } = await prepareNextRoster({ ...next, changing })
    const changed = entriesOf(people).find(({ account }) => account === olu.account)!
    const { email, certificate, encryptionSubkey } = olu
    expect(changed).toMatchObject({ name: 'Olu Okafor', email, certificate, encryptionSubkey, roles: ['approver'] })
    expect(changed.teams).toEqual([roster.teams.find(({ name }) => name === 'Night desk')?.id])
    const before = new Set(police.rosters.at(-1)!.value.people)
    expect(people).toHaveLength(before.size)
    expect(roster.people.filter((digest) => !before.has(digest))).toHaveLength(1)
  })
})
