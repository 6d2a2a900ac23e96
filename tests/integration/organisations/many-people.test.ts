// Fifteen hundred people are invited, taken in and changed by a list, in one command and one signature each.
// Their keys are real; accounts and proofs are written into the database, because only each person could make theirs.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { verifyOrganisation } from '#client/trust/verify-organisation.ts'
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { AccountId, Email, Fingerprint, Instant, Origin } from '#domain/values.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import { loadOrganisationDocuments } from '#store/organisations.ts'
import { type Administrator, createAdministrator } from '../../fixtures/administrator.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { newId } from '../../fixtures/documents.ts'
import { readIntake } from '../../fixtures/entries.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'

const all = 1500
const few = 300
let database: TestDatabase
let app: GovernedApp
let ada: Administrator
let keys: KeyPair[]

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  ada = await createAdministrator(app, {
    ownerUrl: database.urls.owner,
    name: 'Ashdown Council',
    email: 'ada@council.example',
  })
  await ada.person.done('roster', 'sign', '--yes', ...ada.passphrase)
  keys = []
  const at = app.clock.now()
  for (let one = 0; one < all; one += 1) {
    keys.push(await generateKey({ name: nameOf(one), email: emailOf(one), at, expiresAfterSeconds: null }))
  }
})
afterAll(async () => {
  await ada?.person.remove()
  await app?.stop()
  await database?.drop()
})

const owner = () => database.as.owner.database
const nameOf = (one: number) => `Person "${one}" Smith`
const emailOf = (one: number) => `person${one}@council.example`
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

type Row = readonly [number, { readonly roles: string; readonly teams: string; readonly fingerprint?: string }]

function writeList(rows: readonly Row[], { compared = false } = {}): Promise<string> {
  const head = `email,name,roles,teams${compared ? ',fingerprint' : ''}`
  const lines = rows.map(([one, { roles, teams, fingerprint = keys[one]!.fingerprint }]) =>
    [emailOf(one).toUpperCase(), quoted(nameOf(one)), roles, quoted(teams), ...(compared ? [fingerprint] : [])].join(
      ',',
    ),
  )
  return ada.person.file('people.csv', `\uFEFF${[head, ...lines].join('\r\n')}\r\n`)
}

const everyone = (rights: Row[1], count = all): Row[] => Array.from({ length: count }, (_, one) => [one, rights])
const caseworkers = { roles: 'caseworker', teams: 'Housing' }

/** Accounts with a proven key each, as `account accept` and `key prove` leave them. */
async function enter(from: number, until: number): Promise<void> {
  const at = app.clock.now() as Instant
  const made = keys.slice(from, until).map((key, index) => ({ key, account: newId<AccountId>(), one: from + index }))
  const accounts = made.map(({ account, one }) => ({
    id: account,
    organisation: ada.organisation,
    email: emailOf(one) as Email,
    name: nameOf(one),
    password_hash: 'nobody signs in with a password here',
    totp_secret: new Uint8Array(),
    proposed_roles: [],
    proposed_teams: [],
    first_administrator: false,
    created_at: at,
  }))
  const certificates = made.map(({ key, account }) => ({
    fingerprint: key.fingerprint as Fingerprint,
    account,
    encryption_subkey: key.encryptionSubkey as Fingerprint,
    bytes: new Uint8Array(key.certificate),
    registered_at: at,
    proven_at: at,
    expires_at: null,
  }))
  await owner().insertInto('account').values(accounts).execute()
  await owner().insertInto('certificate').values(certificates).execute()
}

async function documents(): Promise<OrganisationDocuments> {
  const { organisation } = ada
  return owner()
    .transaction()
    .execute((tx) => loadOrganisationDocuments(tx, { organisation, reader: organisation }))
}

/** Everyone is there, each under the pinned root. */
async function verifyEveryone(count: number): Promise<void> {
  const { root, organisation } = ada
  const expected = {
    origin: 'test.safehand.invalid' as Origin,
    root,
    organisation,
    seen: { statement: 0, roster: 0 },
    now: app.clock.now() as Instant,
  }
  const { roster } = await verifyOrganisation(expected, await documents())
  expect(roster.people).toHaveLength(count + 1)
}

/** How many entries of the latest roster did not stand in the one before. */
async function entriesChanged(): Promise<number> {
  const rows = await owner()
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .select(['roster.sequence', 'roster_person.digest'])
    .execute()
  const latest = Math.max(...rows.map(({ sequence }) => sequence))
  const before = new Set(rows.filter(({ sequence }) => sequence === latest - 1).map(({ digest }) => digest))
  return rows.filter(({ sequence, digest }) => sequence === latest && !before.has(digest)).length
}

describe('a list of people', () => {
  it('[trust/many-people] invites everyone in one command, and nobody twice', async () => {
    const list = await writeList(everyone(caseworkers, 30))
    const folder = ada.person.path('tokens')
    const invite = ['account', 'invite', '--csv', list, '--tokens-folder', folder]
    expect(await ada.person.done(...invite)).toEqual({ invited: 30, before: 0, folder })
    expect(await readdir(folder)).toHaveLength(30)
    const token = join(folder, `${emailOf(7)}.token`)
    expect(await ada.person.done(...invite)).toMatchObject({ invited: 0, before: 30 })
    const invitations = owner().selectFrom('invitation').select('email')
    expect(await invitations.execute()).toHaveLength(31)
    // Broken off before the file was written: the same call is made again and gives the same token.
    await rm(token)
    await writeFile(`${token}.pending`, 'k'.repeat(32))
    expect(await ada.person.done(...invite)).toMatchObject({ invited: 1, before: 29 })
    const given = await readFile(token, 'utf8')
    await rm(token)
    await writeFile(`${token}.pending`, 'k'.repeat(32))
    await ada.person.done(...invite)
    expect(await readFile(token, 'utf8')).toBe(given)
    expect(await invitations.execute()).toHaveLength(32)
  })

  it('[trust/many-people] refuses a list that cannot be read, and says where', async () => {
    for (const [text, why] of [
      ['email,name,roles,teams\nx@council.example,X,pope,\n', /person 1: roles/],
      ['email,name,roles,teams\nx@council.example,X,,\n', /person 1: roles/],
      ['email,name,roles,teams,salary\nx@council.example,X,caseworker,,9\n', /person 1/],
      ['email,name,roles,teams\nx@council.example,X,caseworker,\nX@council.example,Y,siro,\n', /twice/],
      ['email,name\n"', /is no CSV/],
    ] as const) {
      const list = await ada.person.file('bad.csv', text)
      const ran = await ada.person.run('roster', 'sign', '--csv', list, '--yes', ...ada.passphrase)
      expect([ran.exit, ran.error]).toEqual([2, expect.stringMatching(why)])
    }
  })

  it('[trust/many-people] takes 1,500 people in by one command and one signature', async () => {
    await enter(0, few)
    const first = await writeList(everyone(caseworkers, few), { compared: true })
    expect((await ada.person.done('roster', 'sign', '--csv', first, ...ada.passphrase)).sequence).toBe(2)
    await verifyEveryone(few)
    await enter(few, all)
    const list = await writeList(everyone(caseworkers), { compared: true })
    const signed = await ada.person.done('roster', 'sign', '--csv', list, ...ada.passphrase)
    expect(signed.people).toHaveLength(all + 1)
    expect(signed.sequence).toBe(3)
    await verifyEveryone(all)
    const { bytes } = await owner()
      .selectFrom('roster')
      .select('bytes')
      .where('sequence', '=', 3)
      .executeTakeFirstOrThrow()
    expect(bytes.length).toBeLessThan(256 * 1024)
    const registered = (await readIntake(owner())).filter(({ event }) => event === 'org.roster.registered')
    expect(registered).toHaveLength(3)
  })

  it('[trust/many-people] changes roles and teams of whoever it names, and nobody else’s', async () => {
    const changed = { roles: 'approver;caseworker', teams: 'Night desk; Housing' }
    const list = await writeList([
      [5, changed],
      [6, caseworkers],
    ])
    const { people, teams } = await ada.person.done('roster', 'sign', '--csv', list, ...ada.passphrase)
    const idOf = (name: string) => teams.find((team: { name: string }) => team.name === name).id
    const five = people.find((one: { email: string }) => one.email === emailOf(5))
    expect(five).toMatchObject({ roles: ['approver', 'caseworker'], certificate: keys[5]!.fingerprint })
    expect(five.teams.toSorted()).toEqual([idOf('Housing'), idOf('Night desk')].toSorted())
    expect(people.filter((one: { roles: string[] }) => one.roles.includes('approver'))).toHaveLength(1)
    expect(await entriesChanged()).toBe(1)
  })

  it('[trust/many-people] stops when the service has another key for somebody than the list', async () => {
    const fresh = await generateKey({ name: 'x', email: emailOf(9), at: app.clock.now(), expiresAfterSeconds: null })
    const account = await owner()
      .selectFrom('account')
      .select('id')
      .where('email', '=', emailOf(9) as Email)
      .executeTakeFirstOrThrow()
    const at = app.clock.now() as Instant
    const row = {
      account: account.id,
      registered_at: at,
      proven_at: at,
      expires_at: null,
      bytes: new Uint8Array(fresh.certificate),
    }
    const ids = {
      fingerprint: fresh.fingerprint as Fingerprint,
      encryption_subkey: fresh.encryptionSubkey as Fingerprint,
    }
    await owner()
      .insertInto('certificate')
      .values({ ...row, ...ids })
      .execute()
    const list = await writeList([[9, caseworkers]], { compared: true })
    const ran = await ada.person.run('roster', 'sign', '--csv', list, '--json', ...ada.passphrase)
    expect(ran).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_CERTIFICATE' } } })
    expect(ran.out + ran.error).toContain(fresh.fingerprint)
  })
})
