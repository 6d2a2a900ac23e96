// A true organisation verifies; every lie a server could tell about it is refused by its name.
import { describe, expect, it } from 'vitest'
import {
  makeOrganisation,
  makePerson,
  makePolice,
  organisationDocumentsOf,
  signDocument,
  type TestOrganisation,
  testInstant,
  testOrigin,
  withRoster,
} from '../../../tests/fixtures/documents.ts'
import { encodeSigned, type OrganisationDocuments } from '#contract/documents.ts'
import { encodeDocument } from '#domain/document.ts'
import { person, type Roster, roster } from '#domain/organisations/roster.ts'
import { statement } from '#domain/organisations/statement.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import type { Fingerprint, OrganisationId, Origin } from '#domain/values.ts'
import { generateKey } from '#openpgp/keys.ts'
import { TrustRefused } from './trust-refused.ts'
import type { Expected } from './verify-statements.ts'
import { membersOf, verifyOrganisation } from './verify-organisation.ts'

const { police, team } = await makePolice()
const honest = organisationDocumentsOf(police)
const expected = expectedOf(police)
const stranger = await makePerson({
  name: 'Gus Ghost',
  email: 'gus@police.example',
  roles: ['caseworker'],
  teams: [team.id],
})

function expectedOf(organisation: TestOrganisation): Expected {
  return {
    origin: testOrigin,
    root: organisation.root.fingerprint as Fingerprint,
    organisation: organisation.id,
    seen: { statement: 0, roster: 0 },
    now: testInstant,
  }
}

async function refusalOf(
  documents: OrganisationDocuments,
  differing: Partial<Expected> = {},
): Promise<TrustRefusalCode | 'believed'> {
  try {
    await verifyOrganisation({ ...expected, ...differing }, documents)
    return 'believed'
  } catch (error) {
    if (error instanceof TrustRefused) return error.code
    throw error
  }
}

/** The police's documents with a last roster that says something else, signed by whom the liar likes. */
async function withLastRoster(said: Partial<Roster>, signer = police.rosterKey): Promise<OrganisationDocuments> {
  const value = { ...police.rosters.at(-1)!.value, ...said }
  const signed = await signDocument({ model: roster, value, key: signer, at: testInstant })
  return { ...honest, rosters: [encodeSigned(signed)] }
}

describe('a true organisation', () => {
  it('[trust/organisation] gives its people, their certificates and its teams', async () => {
    const verified = await verifyOrganisation(expected, honest)
    expect(verified.roster.people.map(({ email }) => email).sort()).toEqual(
      police.people.map(({ email }) => email).sort(),
    )
    expect(
      membersOf(verified, team.id)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Olu Officer', 'Pat Officer'])
    expect(verified.seen).toEqual({ statement: 1, roster: 1 })
    const olu = verified.roster.people.find(({ name }) => name === 'Olu Officer')
    expect(olu?.certificateBytes).toEqual(new Uint8Array(police.people[0]!.key.certificate))
  })

  it('[trust/organisation] is known without its id by whoever pinned only its root', async () => {
    const { organisation } = await verifyOrganisation({ ...expected, organisation: undefined }, honest)
    expect(organisation).toBe(police.id)
  })

  it('[trust/organisation] keeps its past rosters, with the people who stood in them', async () => {
    const [olu, ...others] = police.people
    const later = await withRoster(police, { people: others })
    const verified = await verifyOrganisation(expected, organisationDocumentsOf(later))
    const first = verified.rosters.get(police.rosters[0]!.hash)
    expect(verified.roster.people.map(({ account }) => account)).not.toContain(olu!.account)
    expect(first?.people.map(({ account }) => account)).toContain(olu!.account)
  })

  it('[trust/organisation] may be given without some of its entries: a partner sees only what it needs', async () => {
    const verified = await verifyOrganisation(expected, { ...honest, people: honest.people.slice(0, 2) })
    expect(verified.roster.people).toHaveLength(2)
  })
})

describe('a lying server', () => {
  it('[trust/organisation] cannot swap the root', async () => {
    const impostor = await makeOrganisation({ name: police.name, people: police.people, teams: [team], id: police.id })
    expect(await refusalOf(organisationDocumentsOf(impostor))).toBe('TRUST_ROOT')
    // Nor by saying that its own certificate has the pinned fingerprint.
    const keys = organisationDocumentsOf(impostor).keys.map((key) => ({ ...key, fingerprint: expected.root }))
    expect(await refusalOf({ ...organisationDocumentsOf(impostor), keys })).toBe('TRUST_ROOT')
  })

  it('[trust/organisation] cannot sign a statement itself', async () => {
    const liar = await generateKey({ name: 'liar', at: testInstant, expiresAfterSeconds: null })
    const { value } = police.statements[0]!
    const signed = await signDocument({ model: statement, value, key: liar, at: testInstant })
    expect(await refusalOf({ ...honest, statements: [encodeSigned(signed)] })).toBe('TRUST_STATEMENT_SIGNATURE')
  })

  it('[trust/organisation] cannot drop, repeat or leave out statements', async () => {
    const [first] = honest.statements
    expect(await refusalOf({ ...honest, statements: [] })).toBe('TRUST_STATEMENT_CHAIN')
    expect(await refusalOf({ ...honest, statements: [first!, first!] })).toBe('TRUST_STATEMENT_CHAIN')
  })

  it('[trust/organisation] cannot serve an older statement or roster than was seen', async () => {
    expect(await refusalOf(honest, { seen: { statement: 2, roster: 0 } })).toBe('TRUST_STATEMENT_OLD')
    expect(await refusalOf(honest, { seen: { statement: 1, roster: 2 } })).toBe('TRUST_ROSTER_OLD')
  })

  it('[trust/organisation] cannot serve an expired roster or statement as current', async () => {
    // By a clock that may be five minutes fast.
    const past = (days: number, seconds: number) => addSeconds(addDays(testInstant, days), seconds)
    expect(await refusalOf(honest, { now: past(30, 300) })).toBe('TRUST_ROSTER_EXPIRED')
    expect(await refusalOf(honest, { now: past(365, 300) })).toBe('TRUST_STATEMENT_EXPIRED')
    expect(await refusalOf(honest, { now: past(30, 299) })).toBe('believed')
  })

  it('[trust/organisation] cannot serve documents of another installation or organisation', async () => {
    expect(await refusalOf(honest, { origin: 'other.safehand.invalid' as Origin })).toBe('TRUST_ORIGIN')
    expect(await refusalOf(honest, { organisation: 'f'.repeat(32) as OrganisationId })).toBe('TRUST_ORGANISATION')
    expect(
      await refusalOf({ ...honest, organisation: 'f'.repeat(32) as OrganisationId }, { organisation: undefined }),
    ).toBe('TRUST_ORGANISATION')
  })

  it('[trust/organisation] cannot sign a roster with a key that the statement does not list', async () => {
    const liar = await generateKey({ name: 'liar', at: addDays(testInstant, -1), expiresAfterSeconds: null })
    const forged = await withLastRoster({}, liar)
    const listed = { fingerprint: liar.fingerprint as Fingerprint, bytes: liar.certificate.toBase64() }
    expect(await refusalOf({ ...forged, keys: [...honest.keys, listed] })).toBe('TRUST_ROSTER_KEY')
  })

  it('[trust/organisation] cannot use a roster key outside its time', async () => {
    expect(await refusalOf(await withLastRoster({ issued: addDays(testInstant, -1) }))).toBe('TRUST_ROSTER_KEY')
  })

  it('[trust/organisation] cannot leave a gap between rosters', async () => {
    expect(await refusalOf(await withLastRoster({ sequence: 2 }))).toBe('TRUST_ROSTER_CHAIN')
    const three = await withRoster(await withRoster(police))
    const [first, , third] = organisationDocumentsOf(three).rosters
    expect(await refusalOf({ ...honest, rosters: [first!, third!] })).toBe('TRUST_ROSTER_CHAIN')
  })

  it('[trust/organisation] cannot put a ghost into a team', async () => {
    const ghost = { bytes: encodeDocument(person, stranger.entry).toBase64() }
    const certificate = { account: stranger.account, bytes: stranger.key.certificate.toBase64() }
    const haunted = {
      ...honest,
      people: [...honest.people, ghost],
      certificates: [...honest.certificates, certificate],
    }
    expect(await refusalOf(haunted)).toBe('TRUST_PERSON_NOT_LISTED')
  })

  it('[trust/organisation] cannot put somebody listed into another team or role', async () => {
    const simon = police.people.find(({ name }) => name === 'Simon Siro')!
    const promoted = encodeDocument(person, { ...simon.entry, teams: [team.id] })
    expect(await refusalOf({ ...honest, people: [{ bytes: promoted.toBase64() }] })).toBe('TRUST_PERSON_NOT_LISTED')
  })

  it('[trust/organisation] cannot swap a certificate', async () => {
    const [olu] = police.people
    const swapped = honest.certificates.map((one) =>
      one.account === olu!.account ? { ...one, bytes: stranger.key.certificate.toBase64() } : one,
    )
    expect(await refusalOf({ ...honest, certificates: swapped })).toBe('TRUST_CERTIFICATE')
  })

  it('[trust/organisation] cannot hang somebody’s encryption subkey below another primary key', async () => {
    const [olu, ...others] = police.people
    // What the roster says of Olu mixes both keys, as a certificate with a foreign primary key would.
    const encryptionSubkey = stranger.key.encryptionSubkey as Fingerprint
    const mixed = { ...olu!, key: stranger.key, entry: { ...olu!.entry, encryptionSubkey } }
    const { rosters, ...rest } = await withRoster(
      { ...police, rosters: [], everyone: [] },
      { people: [mixed, ...others] },
    )
    expect(await refusalOf(organisationDocumentsOf({ ...rest, rosters }))).toBe('TRUST_CERTIFICATE')
  })

  it('[trust/organisation] cannot change one byte of what was signed', async () => {
    const bytes = Uint8Array.fromBase64(honest.rosters[0]!.bytes)
    const text = new TextDecoder().decode(bytes).replace('Public Protection Unit', 'Public Protection Unix')
    const changed = { ...honest.rosters[0]!, bytes: new TextEncoder().encode(text).toBase64() }
    expect(await refusalOf({ ...honest, rosters: [changed] })).toBe('TRUST_ROSTER_KEY')
  })

  it('[trust/organisation] cannot use bytes that are not canonical', async () => {
    const bytes = Uint8Array.fromBase64(honest.rosters[0]!.bytes)
    const spaced = new TextEncoder().encode(` ${new TextDecoder().decode(bytes)}`)
    expect(await refusalOf({ ...honest, rosters: [{ ...honest.rosters[0]!, bytes: spaced.toBase64() }] })).toBe(
      'TRUST_DOCUMENT',
    )
  })
})

describe('a careless administrator', () => {
  it('[trust/organisation] cannot list one e-mail for two people', async () => {
    const twin = await makePerson({ name: 'Olu Other', email: 'olu@police.example', roles: ['caseworker'] })
    const doubled = await withRoster(police, { people: [...police.people, twin] })
    expect(await refusalOf(organisationDocumentsOf(doubled))).toBe('TRUST_PERSON_TWICE')
  })
})

describe('a roster key that the latest statement dropped', () => {
  it('[trust/organisation] signs nothing that counts today', async () => {
    const fresh = await generateKey({ name: 'new roster key', at: addDays(testInstant, -1), expiresAfterSeconds: null })
    const first = police.statements[0]!
    const expires = addDays(testInstant, 365)
    const value = {
      ...first.value,
      sequence: 2,
      previous: first.hash,
      rosterKeys: [{ fingerprint: fresh.fingerprint as Fingerprint, from: testInstant, until: expires }],
    }
    const second = await signDocument({ model: statement, value, key: police.root, at: testInstant })
    const documents = {
      ...honest,
      statements: [...honest.statements, encodeSigned(second)],
      keys: [...honest.keys, { fingerprint: fresh.fingerprint as Fingerprint, bytes: fresh.certificate.toBase64() }],
    }
    expect(await refusalOf(documents)).toBe('TRUST_ROSTER_KEY')
  })
})
