// An agreement from import to force, on a real database, each step as the process that takes it.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { verifyAgreement, verifyProposal } from '#client/trust/verify-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { encodeSigned } from '#contract/documents.ts'
import { publicKeys } from '#contract/service.ts'
import type { Agreement } from '#domain/agreements/agreement.ts'
import { decideTransfer } from '#domain/policy/decide-transfer.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { SignedBytes } from '#domain/document.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { AgreementId, CorrelationId, Fingerprint, Instant, Origin, Sha256Hex } from '#domain/values.ts'
import { loadAgreementFacts } from '#store/agreements.ts'
import { createCommit } from '#store/commit.ts'
import { importAgreement } from '../../../server/agreements/import.ts'
import { listAgreements, showAgreement } from '../../../server/agreements/show.ts'
import { signAgreement as signAsParty } from '../../../server/agreements/sign.ts'
import { activateAgreement } from '../../../worker/housekeeper/agreements/activate.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import {
  anchorOf,
  holderOf,
  makeAgreement,
  makeOrganisation,
  makePerson,
  makeWorld,
  newId,
  publicKeysOf,
  signAgreement,
  type TestAgreement,
  type TestOrganisation,
  type World,
  withRoster,
} from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { perform } from '../../fixtures/perform.ts'
import { callerOf, storeOrganisation } from '../../fixtures/stored-world.ts'

let database: TestDatabase
let world: World
let dwp: TestOrganisation
let now: Instant

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  world = await makeWorld()
  const people = [
    await makePerson({
      name: 'Dora Worker',
      email: 'dora@dwp.example',
      roles: ['caseworker', 'information-officer', 'siro'],
    }),
  ]
  dwp = await makeOrganisation({ name: 'Test DWP', people })
  for (const organisation of [world.council, world.police, dwp]) await storeOrganisation(owner(), { organisation })
})
afterAll(async () => {
  await database?.drop()
})
beforeEach(() => {
  now = world.at
})

const owner = () => database.as.owner.database

const adapters = () => ({
  commit: createCommit({ database: database.as.server.database, installation: world.origin, now: () => now }),
  publicKeys: publicKeys.parse({ origin: world.origin, ...publicKeysOf(world.service) }),
  installation: world.origin,
  now: () => now,
})
const officer = () => callerOf(world.council, holderOf(world.council, 'information-officer'))
const councilSiro = () => callerOf(world.council, holderOf(world.council, 'siro'))
const policeSiro = () => callerOf(world.police, holderOf(world.police, 'siro'))
const dora = () => callerOf(dwp, dwp.people[0]!)

const show = (caller: PersonCaller, agreement: AgreementId, version?: number) =>
  perform(showAgreement, adapters(), { caller, params: { agreement }, query: { version } })
const list = (caller: PersonCaller) => perform(listAgreements, adapters(), { caller })

/** An agreement of its own for each test. */
const another = (change: Partial<Agreement> = {}) =>
  makeAgreement({ ...world.agreement.value, id: newId<AgreementId>(), ...change })

const importBy = (caller: PersonCaller, { bytes }: { bytes: Uint8Array<ArrayBuffer> }) =>
  perform(importAgreement, adapters(), { caller, body: { bytes: bytes.toBase64() } })

const signBy = (caller: PersonCaller, { agreement, signed }: { agreement: TestAgreement; signed: SignedBytes }) =>
  perform(signAsParty, adapters(), { caller, params: { agreement: agreement.value.id }, body: encodeSigned(signed) })

async function signByCouncil(agreement: TestAgreement) {
  const signed = await signAgreement({
    agreement,
    organisation: world.council,
    signer: holderOf(world.council, 'siro'),
  })
  return signBy(councilSiro(), { agreement, signed })
}

async function signByPolice(agreement: TestAgreement) {
  const signed = await signAgreement({ agreement, organisation: world.police, signer: holderOf(world.police, 'siro') })
  return signBy(policeSiro(), { agreement, signed })
}

const activate = (hash: Sha256Hex) =>
  activateAgreement({
    commit: createCommit({ database: database.as.housekeeper.database, installation: world.origin, now: () => now }),
    payload: { agreement: hash, correlation: newId<CorrelationId>() },
  })

async function inForce(): Promise<TestAgreement> {
  const agreement = another()
  await importBy(officer(), agreement)
  await signByCouncil(agreement)
  await signByPolice(agreement)
  await activate(agreement.hash)
  return agreement
}

const stored = (hash: Sha256Hex) => owner().selectFrom('agreement').selectAll().where('hash', '=', hash).execute()

const logOf = ({ value: { id } }: TestAgreement) => `${world.origin}/agreements/${id}`
const ownLogOf = ({ id }: TestOrganisation) => `${world.origin}/organisations/${id}`

/** What an outcome refused with, when it did. */
const refusalOf = (outcome: { ok: boolean; refusal?: unknown }) => outcome.refusal

describe('an agreement', () => {
  it('[agreement/in-force] is imported, signed by both signatories, put in force, and believed by both clients', async () => {
    const agreement = another()
    const entries = await entriesOf(owner(), async () => {
      const imported = await importBy(officer(), agreement)
      expect(imported).toMatchObject({ ok: true, next: { ...agreement.reference } })
      expect(await signByCouncil(agreement)).toMatchObject({ ok: true, next: { unsigned: [world.police.id] } })
      expect(await signByPolice(agreement)).toMatchObject({ ok: true, next: { unsigned: [] } })
      expect(await activate(agreement.hash)).toMatchObject({ ok: true, next: { activated: true } })
    })
    expect(entries.map(({ event, log, outcome }) => [event, log, outcome])).toEqual(
      ['imported', 'signed', 'signed', 'activated'].map((verb) => [`agreement.${verb}`, logOf(agreement), 'success']),
    )
    const rosters = [world.council, world.police].map(({ rosters }) => rosters.at(-1)!.hash).toSorted()
    expect((entries.at(-1)!.detail.rosters as string[]).toSorted()).toEqual(rosters)
    expect(entries.every((entry) => entry.agreement?.hash === agreement.hash)).toBe(true)
    for (const party of [world.council, world.police]) {
      const shown = await show(callerOf(party, holderOf(party, 'caseworker')), agreement.value.id)
      if (!shown.ok) throw new Error(shown.refusal.code)
      const documents = agreementOperations.show.reply.parse(shown.next)
      expect((await verifyAgreement(anchorOf(party), documents, now)).hash).toBe(agreement.hash)
    }
    const [job, ...more] = await owner()
      .selectFrom('outbox')
      .select(['job', 'data'])
      .where('job', '=', 'activate-agreement')
      .execute()
      .then((rows) => rows.filter(({ data }) => (data as { agreement: string }).agreement === agreement.hash))
    expect([job?.job, more]).toEqual(['activate-agreement', []])
  })

  it('[log/no-names] names no signer in its log: the account is a salted commitment', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    const [signed] = await entriesOf(owner(), () => signByCouncil(agreement))
    expect(signed?.detail).toMatchObject({
      organisation: world.council.id,
      role: 'siro',
      signer: { c: expect.any(String) },
    })
    expect(JSON.stringify(signed)).not.toContain(holderOf(world.council, 'siro').account)
  })

  it('[agreement/signing] shows a signatory of the partner what to sign before anyone signed', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    const shown = await show(policeSiro(), agreement.value.id, 1)
    if (!shown.ok) throw new Error(shown.refusal.code)
    expect((await verifyProposal(anchorOf(world.police), shown.next, now)).hash).toBe(agreement.hash)
    await expect(verifyAgreement(anchorOf(world.police), shown.next, now)).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_NOT_SIGNED',
    })
  })

  it('[agreement/permitted] says with the newest version, and no other, that a signatory may sign it, until they did', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    const permitted = async (caller: PersonCaller, version: number) => {
      const shown = await show(caller, agreement.value.id, version)
      if (!shown.ok) throw new Error(shown.refusal.code)
      return agreementOperations.show.reply.parse(shown.next).permitted
    }
    expect(await permitted(officer(), 1)).toEqual(['agreements.import'])
    expect(await permitted(councilSiro(), 1)).toEqual(['agreements.sign'])
    await signByCouncil(agreement)
    expect([await permitted(councilSiro(), 1), await permitted(policeSiro(), 1)]).toEqual([[], ['agreements.sign']])
    await importBy(officer(), makeAgreement({ ...agreement.value, version: 2, supersedes: agreement.hash }))
    expect([await permitted(policeSiro(), 1), await permitted(policeSiro(), 2)]).toEqual([[], ['agreements.sign']])
  })

  it('[agreement/in-force] is activated once, and a repeated job is logged', async () => {
    const agreement = await inForce()
    const [before] = await stored(agreement.hash)
    now = addDays(now, 1)
    const [again] = await entriesOf(owner(), async () => {
      expect(await activate(agreement.hash)).toMatchObject({ ok: true, next: { activated: false } })
    })
    expect(again).toMatchObject({ event: 'request.replayed', log: logOf(agreement) })
    expect((await stored(agreement.hash))[0]?.activated_at).toBe(before?.activated_at)
  })

  it('[agreement/in-force] a job that comes before the last signature puts nothing in force', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    await signByCouncil(agreement)
    expect(await activate(agreement.hash)).toMatchObject({ ok: false, refusal: { code: 'AGR_NOT_SIGNED' } })
    expect((await stored(agreement.hash))[0]?.activated_at).toBeNull()
  })

  it('[operate/rights] only the housekeeper can put it in force, and nobody can change it', async () => {
    const { hash } = another()
    for (const role of ['server', 'scanner'] as const) {
      const { database: as } = database.as[role]
      await expect(
        as.updateTable('agreement').set({ activated_at: now }).where('hash', '=', hash).execute(),
      ).rejects.toThrow('permission denied')
    }
    const { database: housekeeper } = database.as.housekeeper
    await expect(
      housekeeper.updateTable('agreement').set({ version: 9 }).where('hash', '=', hash).execute(),
    ).rejects.toThrow('permission denied')
    await expect(housekeeper.deleteFrom('agreement_signature').execute()).rejects.toThrow('permission denied')
  })
})

describe('import refuses', () => {
  /** Refused with the clause, in the caller's own log, and nothing is stored. */
  async function refuses(caller: PersonCaller, agreement: { bytes: Uint8Array<ArrayBuffer>; hash: Sha256Hex }) {
    let outcome: Awaited<ReturnType<typeof importBy>> | undefined
    const entries = await entriesOf(owner(), async () => {
      outcome = await importBy(caller, agreement)
    })
    const log = `${world.origin}/organisations/${caller.actor.organisation}`
    expect(entries).toMatchObject([{ event: 'agreement.imported', outcome: 'refused', log }])
    expect(await stored(agreement.hash)).toEqual([])
    return outcome!.ok ? undefined : outcome!.refusal
  }

  it('[agreement/import] who is no information officer', async () => {
    expect(await refuses(councilSiro(), another())).toMatchObject({ code: 'ROLE_REQUIRED' })
  })

  it('[agreement/import] a document that is not canonical, or none at all', async () => {
    const { bytes, hash } = another()
    const spaced = new TextEncoder().encode(`${new TextDecoder().decode(bytes)}\n`)
    expect(await refuses(officer(), { bytes: spaced, hash })).toMatchObject({ code: 'DOCUMENT_INVALID' })
    expect(await refuses(officer(), { bytes: Uint8Array.of(0xff), hash })).toMatchObject({ code: 'DOCUMENT_INVALID' })
  })

  const unfit: readonly [clause: string, change: (value: Agreement) => Partial<Agreement>][] = [
    ['origin', () => ({ origin: 'elsewhere.invalid' as Origin })],
    ['quorum', () => ({ quorum: 2 })],
    [
      'parties',
      ({ parties: [one, other] }) => ({ parties: [one!, { ...other!, root: '0'.repeat(40) as Fingerprint }] }),
    ],
    ['version', () => ({ version: 2, supersedes: '0'.repeat(64) as Sha256Hex })],
    ...(['scanAuthority', 'log', 'promise', 'housekeeper'] as const).map(
      (kind): [string, (value: Agreement) => Partial<Agreement>] => [
        `serviceKeys.${kind}`,
        ({ serviceKeys }) => ({
          serviceKeys: {
            ...serviceKeys,
            [kind]: [
              ...serviceKeys[kind],
              {
                ...serviceKeys[kind][0]!,
                ...(kind === 'log' || kind === 'promise'
                  ? { publicKey: `${'A'.repeat(43)}=` }
                  : { fingerprint: '0'.repeat(40) as Fingerprint }),
              },
            ],
          },
        }),
      ],
    ),
  ]
  for (const [clause, change] of unfit) {
    it(`[agreement/import] an agreement whose ${clause} does not fit this service`, async () => {
      const refusal = await refuses(officer(), another(change(world.agreement.value)))
      expect(refusal).toMatchObject({ code: 'AGR_REFUSED', clause })
    })
  }

  it('[agreement/ended] one that has ended', async () => {
    now = addDays(world.at, 367)
    expect(await refuses(officer(), another())).toMatchObject({ code: 'AGR_EXPIRED', clause: 'expiresOn' })
  })

  it('[agreement/import] one that the importer’s organisation is no party to', async () => {
    expect(await refuses(dora(), another())).toMatchObject({ code: 'AGR_REFUSED', clause: 'parties' })
  })

  it('[agreement/import] a version that does not follow the one that is here, and takes the one that does', async () => {
    const first = another()
    await importBy(officer(), first)
    const next = { ...first.value, title: 'Wider', version: 2 }
    const astray = makeAgreement({ ...next, supersedes: '1'.repeat(64) as Sha256Hex })
    expect(await refuses(officer(), astray)).toMatchObject({ code: 'AGR_REFUSED', clause: 'supersedes' })
    const again = makeAgreement({ ...first.value, title: 'Another first' })
    expect(await refuses(officer(), again)).toMatchObject({ code: 'AGR_REFUSED', clause: 'version' })
    const second = makeAgreement({ ...next, supersedes: first.hash })
    expect(await importBy(officer(), second)).toMatchObject({ ok: true, next: { version: 2 } })
  })

  it('[api/once] nothing twice: the same key and request give the same reply', async () => {
    const agreement = another()
    const idempotency = { key: newId(), operation: 'test', request: newId() }
    const asked = { caller: officer(), idempotency, body: { bytes: agreement.bytes.toBase64() } }
    const first = await perform(importAgreement, adapters(), asked)
    expect(await perform(importAgreement, adapters(), asked)).toMatchObject({ ...first, replayed: true })
    expect(await stored(agreement.hash)).toHaveLength(1)
  })
})

describe('signing refuses', () => {
  const siro = () => holderOf(world.council, 'siro')
  const signature = (agreement: TestAgreement, change: Partial<Parameters<typeof signAgreement>[0]> = {}) =>
    signAgreement({ agreement, organisation: world.council, signer: siro(), ...change })

  /** Refused in the agreement's log, and no signature is stored. */
  async function refuses(agreement: TestAgreement, act: () => ReturnType<typeof signBy>) {
    let outcome: Awaited<ReturnType<typeof signBy>> | undefined
    const before = await signaturesOf(agreement)
    const entries = await entriesOf(owner(), async () => {
      outcome = await act()
    })
    expect(entries).toMatchObject([{ event: 'agreement.signed', outcome: 'refused', log: logOf(agreement) }])
    expect(await signaturesOf(agreement)).toBe(before)
    return refusalOf(outcome!)
  }

  const signaturesOf = async ({ hash }: TestAgreement) =>
    (await owner().selectFrom('agreement_signature').select('account').where('agreement', '=', hash).execute()).length

  let agreement: TestAgreement
  beforeEach(async () => {
    agreement = another()
    await importBy(officer(), agreement)
  })

  it('[agreement/signing] who is no SIRO', async () => {
    const carol = holderOf(world.council, 'caseworker')
    const signed = await signature(agreement, { signer: carol })
    const act = () => signBy(callerOf(world.council, carol), { agreement, signed })
    expect(await refuses(agreement, act)).toMatchObject({ code: 'ROLE_REQUIRED' })
  })

  it('[agreement/signing] a document that says anything but the truth', async () => {
    const claims = {
      origin: 'elsewhere.invalid' as Origin,
      agreement: { ...agreement.reference, version: 2 },
      organisation: world.police.id,
      account: holderOf(world.council, 'caseworker').account,
      fingerprint: holderOf(world.council, 'caseworker').entry.certificate,
      roster: { sequence: 2, hash: world.council.rosters[0]!.hash },
    }
    for (const [field, value] of Object.entries(claims)) {
      const signed = await signature(agreement, { claim: { [field]: value } })
      const act = () => signBy(councilSiro(), { agreement, signed })
      expect(await refuses(agreement, act), field).toMatchObject({ code: 'AGR_REFUSED', clause: `signature.${field}` })
    }
    const partner = await signature(agreement, { claim: { roster: world.police.rosters[0]!.reference } })
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed: partner }))).toMatchObject({
      clause: 'signature.roster',
    })
  })

  it('[agreement/signing] a signature of another time, of another key, and over other bytes', async () => {
    const old = await signature(agreement, { at: addSeconds(world.at, -301), claim: {} })
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed: old }))).toMatchObject({
      code: 'AGR_REFUSED',
      clause: 'signature.at',
    })
    const other = { ...siro(), key: holderOf(world.council, 'caseworker').key }
    const forged = await signature(agreement, { signer: other, claim: { fingerprint: siro().entry.certificate } })
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed: forged }))).toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
    const [true1, true2] = [await signature(agreement), await signature(agreement, { at: addSeconds(world.at, 1) })]
    const mixed = { bytes: true1.bytes, signature: true2.signature }
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed: mixed }))).toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
  })

  it('[agreement/signing] a document of another kind, and bytes that are none', async () => {
    const signed = { ...(await signature(agreement)), bytes: agreement.bytes }
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed }))).toMatchObject({
      code: 'DOCUMENT_INVALID',
    })
  })

  it('[agreement/signing] a second signature for the same organisation', async () => {
    await signByCouncil(agreement)
    expect(await refuses(agreement, () => signByCouncil(agreement))).toMatchObject({
      code: 'AGR_REFUSED',
      clause: 'parties',
    })
  })

  it('[agreement/signing] whoever imported it, also when they hold both offices', async () => {
    const both = await makePerson({
      name: 'Both Offices',
      email: 'both@example.test',
      roles: ['information-officer', 'siro'],
    })
    const small = await makeOrganisation({ name: 'Small Council', people: [both] })
    await storeOrganisation(owner(), { organisation: small })
    const [ours, theirs] = agreement.value.parties
    const mine = { ...ours!, organisation: small.id, root: small.root.fingerprint as Fingerprint }
    const { flows, lawfulBasis } = agreement.value
    const moved = another({
      parties: [mine, theirs!],
      flows: [{ ...flows[0]!, from: small.id }],
      lawfulBasis: [{ ...lawfulBasis[0]!, organisation: small.id }, lawfulBasis[1]!],
    })
    expect(await importBy(callerOf(small, both), moved)).toMatchObject({ ok: true })
    const signed = await signAgreement({ agreement: moved, organisation: small, signer: both })
    expect(await refuses(moved, () => signBy(callerOf(small, both), { agreement: moved, signed }))).toMatchObject({
      code: 'AGR_REFUSED',
      clause: 'parties',
    })
  })

  it('[agreement/signing] a signer whose roster has expired', async () => {
    now = addDays(world.at, 30)
    const signed = await signature(agreement, { at: now })
    expect(await refuses(agreement, () => signBy(councilSiro(), { agreement, signed }))).toMatchObject({
      code: 'ROSTER_EXPIRED',
    })
  })
})

describe('someone of no party', () => {
  it('[transfer/strangers] finds no agreement, and the asking stands in their own log alone', async () => {
    const agreement = await inForce()
    const { signed } = { signed: await signAgreement({ agreement, organisation: dwp, signer: dwp.people[0]! }) }
    const entries = await entriesOf(owner(), async () => {
      const outcomes = [
        await show(dora(), agreement.value.id),
        await show(dora(), agreement.value.id, 1),
        await show(dora(), newId<AgreementId>()),
        await signBy(dora(), { agreement, signed }),
      ]
      for (const outcome of outcomes) expect(outcome).toEqual({ ok: false, refusal: { code: 'NOT_FOUND' } })
      expect(await list(dora())).toMatchObject({ ok: true, next: { agreements: [] } })
    })
    expect(new Set(entries.map(({ log }) => log))).toEqual(new Set([ownLogOf(dwp)]))
    expect(entries).toHaveLength(5)
    expect(JSON.stringify(entries)).not.toContain(agreement.hash)
  })
})

describe('list', () => {
  it('[agreement/readers] shows a party its agreements, and who has signed', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    await signByCouncil(agreement)
    const listed = await list(policeSiro())
    if (!listed.ok) throw new Error(listed.refusal.code)
    const { agreements } = agreementOperations.list.reply.parse(listed.next)
    expect(agreements.find(({ id }) => id === agreement.value.id)).toMatchObject({
      hash: agreement.hash,
      activatedAt: null,
      parties: [
        { name: 'Test Council', signed: true },
        { name: 'Test Police', signed: false },
      ],
    })
  })

  it('[agreement/readers] needs a role of the roster, as showing does', async () => {
    const agreement = await inForce()
    const caller = callerOf(world.council, { ...holderOf(world.council, 'caseworker'), roles: [] })
    expect(refusalOf(await list(caller))).toEqual({ code: 'ROLE_REQUIRED' })
    expect(refusalOf(await show(caller, agreement.value.id))).toEqual({ code: 'ROLE_REQUIRED' })
  })
})

describe('the facts of the policy', () => {
  const carol = () => holderOf(world.council, 'caseworker')

  const decide = async (agreement: TestAgreement, recipients: readonly Recipient[]) => {
    const facts = await owner()
      .transaction()
      .execute((tx) => loadAgreementFacts(tx, { hash: agreement.hash, sender: carol().account, recipients }))
    const request = {
      flow: 'council-to-police',
      purpose: 'SAFEGUARD_CHILD',
      items: ['INCIDENT_SUMMARY'],
      marking: 'OFFICIAL',
      handlingInstruction: null,
      fileBytes: [1024],
      draftedAt: now,
      expires: addDays(now, 7),
      caseReference: 'CR/17',
    } as const
    return { facts: facts!, decision: decideTransfer(facts!, request, now) }
  }

  it('[send/rostered-only] come from signed rosters: a person, and a team with its members', async () => {
    const agreement = await inForce()
    const organisation = world.police.id
    const olu = holderOf(world.police, 'caseworker')
    const person: Recipient = { kind: 'person', organisation, account: olu.account }
    const team: Recipient = { kind: 'team', organisation, team: world.team.id }
    const { facts, decision } = await decide(agreement, [person, team])
    expect(decision).toEqual({ permitted: true })
    expect(facts.sender).toMatchObject({
      account: carol().account,
      organisation: world.council.id,
      roles: ['caseworker'],
    })
    const members = facts.recipients.map((one) => one.members.map(({ account }) => account))
    const inTeam = world.police.people
      .filter(({ teams }) => teams.includes(world.team.id))
      .map(({ account }) => account)
    expect(members).toEqual([[olu.account], inTeam.toSorted()])
  })

  it('[send/rostered-only] a recipient who is not in the roster is refused', async () => {
    const agreement = await inForce()
    for (const recipient of [
      { kind: 'person', organisation: world.police.id, account: newId() },
      { kind: 'person', organisation: world.police.id, account: dwp.people[0]!.account },
      { kind: 'team', organisation: world.police.id, team: newId() },
      { kind: 'team', organisation: dwp.id, team: world.team.id },
    ] as Recipient[]) {
      expect((await decide(agreement, [recipient])).decision).toMatchObject({
        refusal: { code: 'RECIPIENT_NOT_LISTED' },
      })
    }
  })

  it('[agreement/unsigned] an agreement that one party has not signed permits nothing', async () => {
    const agreement = another()
    await importBy(officer(), agreement)
    await signByPolice(agreement)
    expect((await decide(agreement, [])).decision).toMatchObject({
      refusal: { code: 'AGR_NOT_SIGNED', clause: 'parties', detail: { organisation: 'Test Council', version: 1 } },
    })
  })

  it('[send/rostered-only] a person who left is not found from the next roster on', async () => {
    const agreement = await inForce()
    const pat = world.police.people[1]!
    const recipient: Recipient = { kind: 'person', organisation: world.police.id, account: pat.account }
    expect((await decide(agreement, [recipient])).decision).toEqual({ permitted: true })
    const people = world.police.people.filter((one) => one !== pat)
    const next = (await withRoster(world.police, { people })).rosters.at(-1)!
    const bytes = { bytes: next.signed.bytes, signature: next.signed.signature }
    const { organisation, sequence, expires } = next.value
    await owner()
      .insertInto('roster')
      .values({
        organisation,
        sequence,
        hash: next.hash,
        ...bytes,
        signed_by: '0'.repeat(40) as Fingerprint,
        expires_at: expires,
      })
      .execute()
    const gone = (await decide(agreement, [recipient])).decision
    await owner().deleteFrom('roster').where('hash', '=', next.hash).execute()
    expect(gone).toMatchObject({ refusal: { code: 'RECIPIENT_NOT_LISTED' } })
  })
})
