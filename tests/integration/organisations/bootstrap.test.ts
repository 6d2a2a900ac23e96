// An organisation comes into being (ARCHITECTURE.md#bootstrap): every step by the command line, against the real
// server.
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Fingerprint } from '#domain/values.ts'
import { createHome } from '../../../cli/home.ts'
import { type CommandLine, createCommandLine } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { readIntake } from '../../fixtures/entries.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'
import { codeOf, registerOrganisation } from '../../fixtures/people.ts'

let database: TestDatabase
let app: GovernedApp
let ada: CommandLine
let carol: CommandLine
const everyone: CommandLine[] = []

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  ada = await newPerson()
  carol = await newPerson()
})
afterAll(async () => {
  await Promise.all(everyone.map((person) => person.remove()))
  await app?.stop()
  await database?.drop()
})

async function newPerson(): Promise<CommandLine> {
  const person = await createCommandLine({ now: app.clock.now })
  everyone.push(person)
  await person.file('password', 'correct horse battery staple\n')
  await person.file('passphrase', 'six random words in a row\n')
  return person
}

async function enter(person: CommandLine, token: string): Promise<void> {
  const tokenFile = await person.file('token', token)
  const [password, secrets] = [person.path('password'), person.path('secrets.json')]
  const accept = ['account', 'accept', '--url', app.url, '--token-file', tokenFile]
  await person.done(...accept, '--password-file', password, '--secrets-file', secrets)
  await signIn(person)
}

async function signIn(person: CommandLine): Promise<void> {
  app.clock.pass(31)
  const { email, totpSecret } = JSON.parse(await readFile(person.path('secrets.json'), 'utf8'))
  const codeFile = await person.file('code', codeOf(app, { totpSecret }))
  const signIn = ['sign-in', '--url', app.url, '--email', email, '--password-file', person.path('password')]
  await person.done(...signIn, '--code-file', codeFile)
}

describe('the bootstrap of an organisation', () => {
  let root: string

  it('[trust/bootstrap] the invited first administrator makes root and roster key and registers the first statement', async () => {
    const invited = await registerOrganisation(app, {
      ownerUrl: database.urls.owner,
      name: 'Ashdown Council',
      email: 'ada@council.example',
    })
    await enter(ada, invited.token)
    const passphrase = ['--passphrase-file', ada.path('passphrase')]
    const made = await ada.done(
      'organisation',
      'create-root',
      '--directory',
      ada.path('root'),
      '--name',
      'Ashdown Council',
      ...passphrase,
    )
    root = made.root
    await ada.done('roster', 'create-key', ...passphrase)
    await ada.done('organisation', 'pin', '--root', root)
    const stated = await ada.done(
      ...['organisation', 'state', '--root-directory', ada.path('root'), '--yes'],
      ...['--root-passphrase-file', ada.path('passphrase')],
    )
    expect(stated).toMatchObject({ sequence: 1, root, organisation: invited.organisation })
    const { root: known } = await database.as.owner.database
      .selectFrom('organisation')
      .select('root')
      .executeTakeFirstOrThrow()
    expect(known).toBe(root)
  })

  it('[trust/bootstrap] people make their keys, pin the root and prove them', async () => {
    const invited = await ada.done(
      ...['account', 'invite', '--email', 'carol@council.example', '--name', 'Carol Caseworker'],
      ...['--role', 'caseworker', '--team', 'Housing'],
    )
    await enter(carol, invited.token)
    for (const person of [ada, carol]) {
      const passphrase = ['--passphrase-file', person.path('passphrase')]
      const made = await person.done('key', 'create', '--root', root, ...passphrase)
      const proven = await person.done('key', 'prove', ...passphrase)
      expect(proven).toEqual({ fingerprint: made.fingerprint, encryptionSubkey: made.encryptionSubkey, proven: true })
      expect(await person.done('key', 'show')).toMatchObject({ root, origin: 'test.safehand.invalid' })
    }
    const rows = await database.as.owner.database.selectFrom('certificate').select('proven_at').execute()
    expect(rows.map(({ proven_at }) => proven_at !== null)).toEqual([true, true])
  })

  it('[trust/bootstrap] the administrator signs roster 1, and from then on it gives roles and teams', async () => {
    const before = await carol.run('roster', 'show', '--json')
    expect(before).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_ROSTER_MISSING' } } })
    const named = ['--take-in', 'carol@council.example']
    const signed = await ada.done('roster', 'sign', '--yes', ...named, '--passphrase-file', ada.path('passphrase'))
    expect(signed).toMatchObject({ sequence: 1, root, teams: [{ name: 'Housing' }] })
    const shown = await carol.done('roster', 'show')
    const [housing] = shown.teams
    expect(shown.people).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ email: 'ada@council.example', roles: ['organisation-administrator'] }),
        expect.objectContaining({ email: 'carol@council.example', roles: ['caseworker'], teams: [housing.id] }),
      ]),
    )
    const anchor = JSON.parse(await readFile(join(carol.home, 'anchor.json'), 'utf8'))
    expect(anchor.seen[shown.organisation]).toEqual({ statement: 1, roster: 1 })
  })

  it('[trust/bootstrap] the next roster follows the last one and leaves out who has left', async () => {
    const passphrase = ['--passphrase-file', ada.path('passphrase')]
    const signed = await ada.done('roster', 'sign', '--yes', '--remove', 'carol@council.example', ...passphrase)
    expect(signed).toMatchObject({ sequence: 2, people: [{ email: 'ada@council.example' }] })
  })

  it('[trust/leaver-stays-out] who has left stays out of the next roster, and is named', async () => {
    const passphrase = ['--passphrase-file', ada.path('passphrase')]
    expect((await ada.done('roster', 'sign', '--yes', ...passphrase)).people).toHaveLength(1)
    const nobody = await ada.run('roster', 'sign', '--yes', '--take-in', 'nia@council.example', ...passphrase)
    expect([nobody.exit, nobody.error]).toEqual([2, expect.stringContaining('Nobody waits as nia@council.example')])
    const carols = ['--take-in', 'carol@council.example']
    const gone = await ada.run('roster', 'sign', '--yes', ...carols, ...passphrase)
    expect([gone.exit, gone.error]).toEqual([2, expect.stringContaining('Nobody waits as carol@council.example')])
    expect(await carol.run('roster', 'show', '--json')).toMatchObject({ exit: 5 })
    const { account } = JSON.parse(await readFile(join(carol.home, 'settings.json'), 'utf8'))
    const who = ['--email', 'carol@council.example', '--name', 'Carol Caseworker', '--role', 'caseworker']
    await enter(carol, (await ada.done('account', 'invite', ...who, '--team', 'Housing')).token)
    await carol.done('key', 'replace', '--passphrase-file', carol.path('passphrase'))
    const { fingerprint } = await carol.done('key', 'show')
    const without = await ada.done('roster', 'sign', '--yes', ...passphrase)
    expect([without.people.length, without.waiting]).toEqual([
      1,
      [expect.objectContaining({ certificate: fingerprint, left: expect.objectContaining({ sequence: 1 }) })],
    ])
    const named = ['--take-in', `carol@council.example=${fingerprint}`]
    const again = await ada.done('roster', 'sign', '--yes', ...named, ...passphrase)
    expect(again.people).toHaveLength(2)
    expect(again.people).toContainEqual(expect.objectContaining({ certificate: fingerprint, roles: ['caseworker'] }))
    expect(again.people.map((one: { account: string }) => one.account)).not.toContain(account)
  })

  it('[trust/bootstrap] an expired roster is refused, and its administrator replaces it', async () => {
    app.clock.pass(31 * 24 * 3600)
    await signIn(carol)
    expect(await carol.run('roster', 'show', '--json')).toMatchObject({
      exit: 4,
      json: { error: { code: 'TRUST_ROSTER_EXPIRED' } },
    })
    await signIn(ada)
    await ada.done('roster', 'sign', '--yes', '--passphrase-file', ada.path('passphrase'))
    expect(await carol.done('roster', 'show')).toMatchObject({ sequence: 6 })
  })

  it('[trust/successor] a root names its successor: everyone follows and is told, and the old root signs nothing more', async () => {
    const secret = ['--root-passphrase-file', ada.path('passphrase'), '--yes']
    const passphrase = ['--passphrase-file', ada.path('passphrase')]
    const made = ['organisation', 'create-root', '--name', 'Ashdown Council', '--directory', ada.path('new-root')]
    const { root: successor } = await ada.done(...made, ...passphrase)
    const old = ['organisation', 'state', '--root-directory', ada.path('root')]
    const named = await ada.done(...old, ...secret, '--successor', ada.path('new-root'))
    expect(named).toMatchObject({ sequence: 2, root })
    // The roster that was signed before is still current: a key that is named again keeps its time.
    expect(await carol.done('roster', 'show')).toMatchObject({ sequence: 6, root })
    const refused = await ada.run(...old, ...secret)
    expect([refused.exit, refused.error]).toEqual([
      2,
      expect.stringMatching(/lost or stolen.*registers the\s+organisation anew/s),
    ])
    const stated = await ada.done('organisation', 'state', '--root-directory', ada.path('new-root'), ...secret)
    expect(stated).toMatchObject({ sequence: 3, root: successor })
    const told = await carol.run('roster', 'show')
    expect([told.exit, told.error]).toEqual([0, expect.stringContaining('new root, named by the one you pinned')])
    expect((await carol.run('roster', 'show')).error).not.toContain('new root')
    expect(await carol.done('key', 'show')).toMatchObject({ root: successor })
    expect(await ada.done('roster', 'sign', '--yes', ...passphrase)).toMatchObject({ sequence: 7, root: successor })
    expect(await carol.done('organisation', 'pin', '--root', root)).toMatchObject({ root: successor })
  })

  it('[trust/partner-root] whoever pinned another root believes none of it', async () => {
    const other = await newPerson()
    await mkdir(other.home, { recursive: true })
    for (const name of ['settings.json', 'token.json']) await copyFile(join(ada.home, name), join(other.home, name))
    const { former: _, ...anchor } = await createHome(ada.home).readAnchor()
    await createHome(other.home).writeAnchor({ ...anchor, root: 'f'.repeat(40) as Fingerprint })
    const refused = { exit: 4, json: { error: { code: 'TRUST_ROOT' } } }
    const shown = await other.run('roster', 'show', '--json')
    expect(shown).toMatchObject(refused)
    expect(shown.out + shown.error).not.toContain(root)
    expect(await other.run('organisation', 'pin', '--root', root, '--yes', '--json')).toMatchObject(refused)
  })

  it('[trust/bootstrap] every step is in the organisation’s log', async () => {
    const entries = await readIntake(database.as.owner.database)
    const acts = entries.filter(({ log, outcome }) => log.includes('/organisations/') && outcome === 'success')
    expect(acts.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        'org.statement.registered',
        'org.roster.registered',
        'key.registered',
        'key.proven',
        'org.viewed',
      ]),
    )
  })

  it('[keys/locked] keeps private keys in files of mode 0600 below a folder of mode 0700, never unlocked', async () => {
    const mode = async (path: string) => (await stat(path)).mode & 0o777
    expect(await mode(carol.home)).toBe(0o700)
    for (const name of ['key.json', 'token.json', 'anchor.json', 'settings.json']) {
      expect(await mode(join(carol.home, name))).toBe(0o600)
    }
    expect(
      await carol.run('key', 'prove', '--json', '--passphrase-file', await carol.file('wrong', 'not it')),
    ).toMatchObject({
      exit: 5,
      json: { error: { code: 'LOCKED' } },
    })
  })
})
