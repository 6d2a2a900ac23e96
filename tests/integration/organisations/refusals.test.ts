// What the server does not take as a statement or a roster: each with its code, one entry, and nothing changed.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { unlockedKey } from '#client/trust/key-holder.ts'
import type { Api } from '#client/api.ts'
import { registerAndProve } from '#client/trust/key-proof.ts'
import { encodeSigned } from '#contract/documents.ts'
import { identityOperations } from '#contract/identity.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { encodeDocument } from '#domain/document.ts'
import { type Person, person, type Roster, roster } from '#domain/organisations/roster.ts'
import { type Statement, statement } from '#domain/organisations/statement.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type {
  AccountId,
  Email,
  Fingerprint,
  Instant,
  OrganisationId,
  Origin,
  Sha256Hex,
  TeamId,
} from '#domain/values.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { hashOf, newId, signDocument, testOrigin } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'
import { acceptInvitation, apiOf, registerOrganisation, tokenFor } from '../../fixtures/people.ts'

let database: TestDatabase
let app: GovernedApp
let administrator: Api
let colleague: Api
let account: AccountId
let organisation: OrganisationId
const keys: Record<'root' | 'rosterKey' | 'own' | 'stranger', KeyPair> = {} as never

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  const invited = await registerOrganisation(app, {
    ownerUrl: database.urls.owner,
    name: 'Ashdown Council',
    email: 'ada@council.example',
  })
  const ada = await acceptInvitation(app, invited.token)
  organisation = ada.organisation as OrganisationId
  account = ada.account as AccountId
  administrator = apiOf(app, await tokenFor(app, ada))
  colleague = await inviteColleague()
  const at = addDays(now(), -1)
  for (const name of ['root', 'rosterKey', 'own', 'stranger'] as const) {
    keys[name] = await generateKey({ name, at, expiresAfterSeconds: null })
  }
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

async function inviteColleague(): Promise<Api> {
  const { token } = await administrator.call(identityOperations.invite, {
    body: { email: 'carol@council.example', name: 'Carol Caseworker', roles: ['caseworker'], teams: [] },
  })
  return apiOf(app, await tokenFor(app, await acceptInvitation(app, token)))
}

function now(): Instant {
  return app.clock.now() as Instant
}

const fingerprintOf = (key: KeyPair) => key.fingerprint as Fingerprint

/** The code and reason of a refusal, that it left one entry with that code, and that no row was added. */
async function refusalOf(act: Promise<unknown> | (() => Promise<unknown>)) {
  const before = await countRows()
  let refusal: { code?: string; action?: string } = {}
  const entries = await entriesOf(database.as.owner.database, async () => {
    await (typeof act === 'function' ? act() : act).catch((error: unknown) => {
      refusal = error as typeof refusal
    })
  })
  expect(await countRows()).toEqual(before)
  expect(entries.map(({ code, outcome }) => ({ code, outcome }))).toEqual([{ code: refusal.code, outcome: 'refused' }])
  return `${refusal.code}: ${refusal.action}`
}

async function countRows() {
  const { database: owner } = database.as.owner
  const count = async (table: 'statement' | 'roster' | 'roster_person' | 'organisation_key') =>
    (await owner.selectFrom(table).selectAll().execute()).length
  return [
    await count('statement'),
    await count('roster'),
    await count('roster_person'),
    await count('organisation_key'),
  ]
}

interface Stating {
  readonly said?: Partial<Statement>
  readonly signer?: KeyPair
  readonly certificates?: readonly Uint8Array[]
  readonly api?: Api
}

async function state({ said = {}, signer = keys.root, api = administrator, ...rest }: Stating = {}) {
  const at = now()
  const value: Statement = {
    type: 'safehand.organisation-statement/1',
    origin: testOrigin,
    organisation,
    name: 'Ashdown Council',
    sequence: 1,
    previous: null,
    issued: at,
    expires: addDays(at, 365),
    root: fingerprintOf(keys.root),
    rosterKeys: [{ fingerprint: fingerprintOf(keys.rosterKey), from: at, until: addDays(at, 365) }],
    successorRoot: null,
    ...said,
  }
  const signed = await signDocument({ model: statement, value, key: signer, at })
  const certificates = rest.certificates ?? [keys.root.certificate, keys.rosterKey.certificate]
  return api.call(organisationOperations.registerStatement, {
    body: { document: encodeSigned(signed), keys: certificates.map((bytes) => bytes.toBase64()) },
  })
}

describe('a statement is refused', () => {
  it('[trust/refused] from anyone but an administrator', async () => {
    expect(await refusalOf(() => state({ api: colleague }))).toMatch(/^ROLE_REQUIRED/)
  })

  it('[trust/refused] with another signature than the root’s', async () => {
    expect(await refusalOf(() => state({ signer: keys.stranger }))).toMatch(/^SIGNATURE_INVALID/)
  })

  it('[trust/refused] when it does not fit here, now, or after the last one', async () => {
    const cases: readonly [Partial<Statement>, RegExp][] = [
      [{ origin: 'other.safehand.invalid' as Origin }, /another installation/i],
      [{ organisation: newId<OrganisationId>() }, /another organisation/i],
      [{ name: 'Ashdown Borough' }, /another name/i],
      [{ sequence: 2 }, /sequence must be 1/i],
      [{ previous: 'a'.repeat(64) as Sha256Hex }, /follow the last/i],
      [{ issued: addSeconds(now(), -400) }, /not issued now/i],
      [{ issued: addSeconds(now(), 400) }, /not issued now/i],
      [{ expires: now() }, /expired/i],
      [{ expires: addDays(now(), 367) }, /lives too long/i],
      [{ successorRoot: fingerprintOf(keys.stranger) }, /certificate of a key it names is missing/i],
      [{ successorRoot: fingerprintOf(keys.root) }, /its own successor/i],
    ]
    for (const [said, why] of cases) {
      const refusal = await refusalOf(() => state({ said }))
      expect(refusal).toMatch(/^STATEMENT_REFUSED/)
      expect(refusal).toMatch(why)
    }
  })

  it('[trust/refused] without the certificates it names, or with others', async () => {
    const { root, rosterKey, stranger } = keys
    expect(await refusalOf(() => state({ certificates: [root.certificate, stranger.certificate] }))).toMatch(/missing/i)
    const tooMany = [root.certificate, rosterKey.certificate, stranger.certificate]
    expect(await refusalOf(() => state({ certificates: tooMany }))).toMatch(/does not name/i)
  })

  it('[keys/public-only] with a secret key beside it', async () => {
    const certificates = [keys.root.privateKey, keys.rosterKey.certificate]
    expect(await refusalOf(() => state({ certificates }))).toMatch(/^KEY_SECRET/)
  })

  it('[trust/refused] when its bytes are not canonical', async () => {
    const bytes = new TextEncoder().encode('{ "type": "safehand.organisation-statement/1" }')
    const signature = keys.root.certificate
    const document = encodeSigned({ bytes, signature: new Uint8Array(signature) })
    const certificates = [keys.root.certificate.toBase64(), keys.rosterKey.certificate.toBase64()]
    const act = () =>
      administrator.call(organisationOperations.registerStatement, { body: { document, keys: certificates } })
    expect(await refusalOf(act)).toMatch(/^DOCUMENT_INVALID/)
  })
})

describe('once the first statement is there', () => {
  let hash: Sha256Hex

  beforeAll(async () => {
    hash = (await state()).hash
    const holder = { anchor: { origin: testOrigin }, account, now }
    const encryptionSubkey = keys.own.encryptionSubkey as Fingerprint
    await registerAndProve(
      { ...holder, api: administrator, key: unlockedKey(keys.own.privateKey), encryptionSubkey },
      keys.own.certificate,
    )
  })

  it('[trust/refused] the root stays what it is', async () => {
    const said = { sequence: 2, previous: hash, root: fingerprintOf(keys.stranger) }
    const certificates = [keys.stranger.certificate, keys.rosterKey.certificate]
    expect(await refusalOf(() => state({ said, certificates, signer: keys.stranger }))).toMatch(/root is another/i)
  })

  interface Rostering {
    readonly said?: Partial<Roster>
    readonly entry?: Partial<Person>
    readonly signer?: KeyPair
    readonly api?: Api
    /** The entries that come along; without it exactly those that are listed. */
    readonly given?: readonly Uint8Array[]
    readonly twice?: true
  }

  async function sign({
    said = {},
    entry = {},
    signer = keys.rosterKey,
    api = administrator,
    ...rest
  }: Rostering = {}) {
    const at = now()
    const value: Person = {
      type: 'safehand.person/1',
      salt: '0'.repeat(64),
      account,
      name: 'Ada Admin',
      email: 'ada@council.example' as Email,
      certificate: fingerprintOf(keys.own),
      encryptionSubkey: keys.own.encryptionSubkey as Fingerprint,
      roles: ['organisation-administrator'],
      teams: [],
      ...entry,
    }
    const people = [encodeDocument(person, value)]
    if (rest.twice) people.push(encodeDocument(person, { ...value, salt: '1'.repeat(64) }))
    const document: Roster = {
      type: 'safehand.roster/1',
      origin: testOrigin,
      organisation,
      name: 'Ashdown Council',
      statement: hash,
      sequence: 1,
      previous: null,
      issued: at,
      expires: addDays(at, 30),
      teams: [],
      people: people.map(hashOf).sort(),
      ...said,
    }
    const signed = await signDocument({ model: roster, value: document, key: signer, at })
    return api.call(organisationOperations.registerRoster, {
      body: {
        document: encodeSigned(signed),
        people: (rest.given ?? people).map((bytes) => ({ bytes: bytes.toBase64() })),
      },
    })
  }

  it('[trust/refused] a roster is refused from anyone but an administrator', async () => {
    expect(await refusalOf(() => sign({ api: colleague }))).toMatch(/^ROLE_REQUIRED/)
  })

  it('[trust/refused] a roster is refused with the signature of a key that the statement does not list, the root’s too', async () => {
    expect(await refusalOf(() => sign({ signer: keys.stranger }))).toMatch(/^SIGNATURE_INVALID/)
    expect(await refusalOf(() => sign({ signer: keys.root }))).toMatch(/^SIGNATURE_INVALID/)
  })

  it('[trust/refused] a roster is refused when it does not fit here, now, or after the last one', async () => {
    const twoTeams = { id: newId<TeamId>(), name: 'Housing' }
    const cases: readonly [Partial<Roster>, RegExp][] = [
      [{ origin: 'other.safehand.invalid' as Origin }, /another installation/i],
      [{ organisation: newId<OrganisationId>() }, /another organisation/i],
      [{ statement: 'b'.repeat(64) as Sha256Hex }, /current statement/i],
      [{ sequence: 2 }, /sequence must be 1/i],
      [{ expires: addDays(now(), 31) }, /lives too long/i],
      [{ expires: now() }, /expired/i],
      [{ teams: [twoTeams, twoTeams] }, /team stands in it twice/i],
      [{ people: [] }, /entries and digests differ/i],
    ]
    for (const [said, why] of cases) {
      const refusal = await refusalOf(() => sign({ said }))
      expect(refusal).toMatch(/^ROSTER_REFUSED/)
      expect(refusal).toMatch(why)
    }
  })

  it('[trust/refused] a roster is refused when its people are not who they are here', async () => {
    const cases: readonly [Rostering, RegExp][] = [
      [{ entry: { account: newId<AccountId>() } }, /no account here/i],
      [{ entry: { email: 'mallory@council.example' as Email } }, /no account here/i],
      [{ entry: { certificate: fingerprintOf(keys.stranger) } }, /no account here/i],
      [{ entry: { encryptionSubkey: keys.stranger.encryptionSubkey as Fingerprint } }, /no account here/i],
      [{ entry: { teams: [newId<TeamId>()] } }, /a team it does not name/i],
      [{ entry: { roles: ['caseworker'] } }, /nobody in it is administrator/i],
      [{ twice: true }, /somebody stands in it twice/i],
      [{ given: [] }, /entries and digests differ/i],
    ]
    for (const [rostering, why] of cases) {
      const refusal = await refusalOf(() => sign(rostering))
      expect(refusal).toMatch(/^ROSTER_REFUSED/)
      expect(refusal).toMatch(why)
    }
  })

  it('[trust/refused] a roster is refused when an entry is none', async () => {
    const given = [new TextEncoder().encode('{"type":"safehand.person/1"}')]
    expect(await refusalOf(() => sign({ given }))).toMatch(/^DOCUMENT_INVALID/)
  })

  describe('and the first roster', () => {
    beforeEach(() => app.clock.pass(1))

    it('[trust/refused] the same roster is not taken twice', async () => {
      const { sequence } = await sign()
      expect(sequence).toBe(1)
      expect(await refusalOf(() => sign())).toMatch(/sequence must be 2/i)
    })
  })
})

describe('once a root has named its successor', () => {
  it('[trust/successor] only the successor signs the next statement, and the organisation’s root is the successor', async () => {
    const { root, rosterKey, stranger } = keys
    const last = await database.as.owner.database
      .selectFrom('statement')
      .select(['sequence', 'hash'])
      .orderBy('sequence', 'desc')
      .executeTakeFirstOrThrow()
    const successorRoot = fingerprintOf(stranger)
    const named = await state({
      said: { sequence: last.sequence + 1, previous: last.hash, successorRoot },
      certificates: [root.certificate, rosterKey.certificate, stranger.certificate],
    })
    const next = { sequence: named.sequence + 1, previous: named.hash }
    expect(await refusalOf(() => state({ said: next }))).toMatch(/root is another/i)
    const byOld = {
      said: { ...next, root: successorRoot },
      certificates: [stranger.certificate, rosterKey.certificate],
    }
    expect(await refusalOf(() => state(byOld))).toMatch(/^SIGNATURE_INVALID/)
    await state({ ...byOld, signer: stranger })
    const known = database.as.owner.database.selectFrom('organisation').select('root').where('id', '=', organisation)
    expect(await known.executeTakeFirstOrThrow()).toEqual({ root: successorRoot })
  })
})
