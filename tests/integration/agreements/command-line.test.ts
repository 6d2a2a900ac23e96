// `safehand agreement` as people run it, against the real app; then the same commands against a server that lies.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Anchor } from '#client/trust/anchor.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { scopes } from '#contract/operation.ts'
import { publicKeys } from '#contract/service.ts'
import type { AgreementId, CorrelationId, Instant, Sha256Hex } from '#domain/values.ts'
import { createCommit } from '#store/commit.ts'
import { identityWriters } from '#store/identity.ts'
import { createHome } from '../../../cli/home.ts'
import { protectKey } from '../../../cli/keys/key-envelope.ts'
import { agreementUseCases } from '../../../server/agreements/use-cases.ts'
import { createDerivedSecrets, hashOf as tokenHashOf } from '../../../server/identity/derived-secrets.ts'
import { activateAgreement } from '../../../worker/housekeeper/agreements/activate.ts'
import { type RunningApp, startApp, createTestClock, type TestClock } from '../../fixtures/app.ts'
import { type CommandLine, createCommandLine } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import {
  anchorOf,
  holderOf,
  makeAgreement,
  makeOrganisation,
  makePerson,
  makeWorld,
  newId,
  organisationDocumentsOf,
  publicKeysOf,
  type TestAgreement,
  type TestOrganisation,
  type TestPerson,
  type World,
} from '../../fixtures/documents.ts'
import { lie, lyingServer } from '../../fixtures/lying-server.ts'
import { storeOrganisation } from '../../fixtures/stored-world.ts'

let database: TestDatabase
let app: RunningApp
let world: World
let agreement: TestAgreement
const opened: CommandLine[] = []

/** The world's own time, whatever this machine's clock says. */
const clockAt = (at: Instant): TestClock => createTestClock(() => Date.parse(at))

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  world = await makeWorld()
  agreement = makeAgreement({ ...world.agreement.value, id: newId<AgreementId>() })
  for (const organisation of [world.council, world.police])
    await storeOrganisation(database.as.owner.database, { organisation })
  const keys = publicKeys.parse({ origin: world.origin, ...publicKeysOf(world.service) })
  const clock = clockAt(world.at)
  app = await startApp({
    databaseUrl: database.urls.server,
    clock,
    useCases: agreementUseCases,
    adapters: { publicKeys: keys, installation: world.origin },
  })
})
afterAll(async () => {
  for (const commandLine of opened) await commandLine.remove()
  await app?.stop()
  await database?.drop()
})

interface Sitting {
  readonly organisation: TestOrganisation
  readonly person: TestPerson
  readonly fetch?: typeof fetch
  readonly confirm?: (message: string) => boolean
}

/** The person's machine after sign-in and key making. */
async function machineOf({ organisation, person, ...rest }: Sitting): Promise<CommandLine> {
  const commandLine = await createCommandLine({ now: () => app.clock.now(), ...rest })
  opened.push(commandLine)
  const home = createHome(commandLine.home)
  const { account, email } = person
  await home.writeSettings({ url: app.url, email, account, organisation: organisation.id })
  const expires = '2026-11-23T09:00:00Z' as Instant
  await home.writeToken({ token: await issueToken(person, expires), scopes: [...scopes], expires })
  await home.writeAnchor(anchorOf(organisation))
  return commandLine
}

async function issueToken({ account }: TestPerson, expiresAt: Instant): Promise<string> {
  const id = newId()
  const token = createDerivedSecrets(app.secrets.tokens).token(id)
  const issued = { id, account, secretHash: tokenHashOf(token), scopes, ancestors: [], expiresAt, createdAt: world.at }
  await database.as.owner.database
    .transaction()
    .execute((tx) => identityWriters['identity.issue-token'](tx, { kind: 'identity.issue-token', token: issued }))
  return token
}

async function signatory(organisation: TestOrganisation, confirm?: Sitting['confirm']): Promise<CommandLine> {
  const person = holderOf(organisation, 'siro')
  const machine = await machineOf({ organisation, person, ...(confirm && { confirm }) })
  const passphrase = 'six words that nobody else knows'
  await createHome(machine.home).writeKey('key', await protectKey({ key: person.key, passphrase }))
  await machine.file('passphrase', passphrase)
  return machine
}

const caseworker = (organisation: TestOrganisation, told?: typeof fetch) =>
  machineOf({ organisation, person: holderOf(organisation, 'caseworker'), ...(told && { fetch: told }) })

const sign = (machine: CommandLine, ...more: string[]) =>
  machine.run('agreement', 'sign', agreement.value.id, '--passphrase-file', machine.path('passphrase'), ...more)

const activate = (hash: Sha256Hex) =>
  activateAgreement({
    commit: createCommit({
      database: database.as.housekeeper.database,
      installation: world.origin,
      now: () => app.clock.now() as Instant,
    }),
    payload: { agreement: hash, correlation: newId<CorrelationId>() },
  })

describe('safehand agreement', () => {
  it('[agreement/command-line] imports what a person wrote, and both SIROs sign what they were shown', async () => {
    const { council, police } = world
    const officer = await machineOf({ organisation: council, person: holderOf(council, 'information-officer') })
    const file = await officer.file('agreement.json', JSON.stringify(agreement.value, null, 4))
    expect(await officer.done('agreement', 'import', file)).toEqual(agreement.reference)

    const first = await signatory(council)
    const signed = await sign(first, '--yes')
    expect(signed).toMatchObject({ exit: 0 })
    expect(signed.out).toContain('Still to sign: Test Police')
    const spoken = signed.error.replaceAll(' ', '').toLowerCase()
    const shown = [
      agreement.hash,
      council.root.fingerprint,
      police.root.fingerprint,
      world.service.scanAuthority.fingerprint,
    ]
    for (const compared of shown) expect(spoken).toContain(compared)

    let answer = false
    const second = await signatory(police, () => answer)
    expect(await sign(second)).toMatchObject({ exit: 2 })
    const half = await (await caseworker(council)).run('agreement', 'show', agreement.value.id)
    expect(half.out).toContain('Not signed by every party yet: Test Police')
    answer = true
    expect((await sign(second)).out).toContain('Every party has signed')
    await activate(agreement.hash)
  })

  it('[agreement/command-line] shows a caseworker what holds, and lists it in force', async () => {
    const carol = await caseworker(world.council)
    const shown = await carol.done('agreement', 'show', agreement.value.id)
    expect(shown).toEqual({ agreement: agreement.value, hash: agreement.hash, signed: true })
    expect((await createHome(carol.home).readAnchor()).seen[world.police.id]).toEqual({ statement: 1, roster: 1 })
    const listed = await carol.run('agreement', 'list')
    expect(listed.out).toContain(`${agreement.value.id}  DSA-2026-000001  version 1  in force`)
    expect((await carol.run('agreement', 'show', agreement.value.id, '--agreement-version', '2')).exit).toBe(3)
    expect((await carol.run('agreement', 'show', 'DSA-2026-000001')).exit).toBe(2)
  })

  it('[agreement/command-line] refuses to sign for somebody whom the roster does not make SIRO, before a key is asked for', async () => {
    const carol = await caseworker(world.council)
    const ran = await carol.run('agreement', 'sign', agreement.value.id, '--yes', '--json')
    expect([ran.exit, ran.json.error.code]).toEqual([4, 'NOT_SIGNATORY'])
  })

  it('[agreement/command-line] a file that is no agreement is not sent', async () => {
    const officer = await machineOf({
      organisation: world.council,
      person: holderOf(world.council, 'information-officer'),
    })
    const file = await officer.file('agreement.json', JSON.stringify({ ...agreement.value, extra: true }))
    expect(await officer.run('agreement', 'import', file)).toMatchObject({ exit: 2 })
  })

  it('[agreement/invented] a lying server is refused by show and by sign: exit 4, what was seen, nothing remembered or signed', async () => {
    const { police, council } = world
    const people = await Promise.all(police.people.map(makePerson))
    const impostor = await makeOrganisation({ id: police.id, name: police.name, teams: police.teams, people })
    const swap = lie(agreementOperations.show, (told) => ({
      ...told,
      organisations: told.organisations.map((one) =>
        one.organisation === police.id ? organisationDocumentsOf(impostor) : one,
      ),
    }))
    const told = lyingServer({ truth: fetch, lies: [swap] }) as typeof fetch
    const carol = await caseworker(council, told)
    const siro = await machineOf({ organisation: council, person: holderOf(council, 'siro'), fetch: told })
    for (const [machine, command] of [
      [carol, ['show', agreement.value.id]],
      [siro, ['sign', agreement.value.id, '--yes']],
    ] as const) {
      const before: Anchor = await createHome(machine.home).readAnchor()
      const ran = await machine.run('agreement', ...command, '--json')
      expect([ran.exit, ran.json.error.code]).toEqual([4, 'TRUST_ROOT'])
      expect(ran.json.error.message).toContain(impostor.root.fingerprint)
      expect(await createHome(machine.home).readAnchor()).toEqual(before)
    }
  })
})
