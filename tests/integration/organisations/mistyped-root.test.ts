// A root that somebody mistyped: every way to pin it, before and after the service has one, and every command of who pinned
// it. None of them says the root that the service has, in any spelling.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { generateKey } from '#openpgp/keys.ts'
import type { Fingerprint } from '#domain/values.ts'
import { createHome } from '../../../cli/home.ts'
import { type CommandLine, createCommandLine, type Ran } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'
import { codeOf, registerOrganisation } from '../../fixtures/people.ts'

let database: TestDatabase
let app: GovernedApp
let ada: CommandLine
let carol: CommandLine
let root: Fingerprint
const answers: string[] = []
const everyone: CommandLine[] = []

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  ada = await newPerson()
  carol = await newPerson()
  const name = 'Ashdown Council'
  const who = { ownerUrl: database.urls.owner, name, email: 'ada@council.example' }
  await enter(ada, (await registerOrganisation(app, who)).token)
  const made = ['organisation', 'create-root', '--directory', ada.path('root'), '--name', name]
  root = (await ada.done(...made, ...passphraseOf(ada))).root
  await ada.done('roster', 'create-key', ...passphraseOf(ada))
  const carols = ['--email', 'carol@council.example', '--name', 'Carol Caseworker', '--role', 'caseworker']
  await enter(carol, (await ada.done('account', 'invite', ...carols)).token)
})
afterAll(async () => {
  await Promise.all(everyone.map((person) => person.remove()))
  await app?.stop()
  await database?.drop()
})

async function newPerson(): Promise<CommandLine> {
  const confirm = (question: string) => {
    answers.push(question)
    return false
  }
  const person = await createCommandLine({ now: app.clock.now, confirm })
  everyone.push(person)
  await person.file('password', 'correct horse battery staple\n')
  await person.file('passphrase', 'six random words in a row\n')
  return person
}

async function enter(person: CommandLine, token: string): Promise<void> {
  const secrets = person.path('secrets.json')
  const password = ['--password-file', person.path('password')]
  const accept = ['--url', app.url, '--token-file', await person.file('token', token), '--secrets-file', secrets]
  await person.done('account', 'accept', ...accept, ...password)
  app.clock.pass(31)
  const { email, totpSecret } = JSON.parse(await readFile(secrets, 'utf8'))
  const code = ['--code-file', await person.file('code', codeOf(app, { totpSecret }))]
  await person.done('sign-in', '--url', app.url, '--email', email, ...password, ...code)
}

const passphraseOf = (person: CommandLine) => ['--passphrase-file', person.path('passphrase')]
const mistyped = () => `${root.slice(0, -1)}${root.endsWith('0') ? '1' : '0'}` as Fingerprint
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
/** In whatever spelling: spaced, in capitals, broken into lines, in base64. */
const tells = ({ out, error }: Ran) => {
  const said = `${out}${error}`
  const bare = said.replaceAll(/[^0-9a-z]/gi, '').toLowerCase()
  return bare.includes(root) || said.includes(Uint8Array.fromHex(root).toBase64())
}
const differs = {
  exit: 4,
  json: { error: { code: 'TRUST_ROOT_DIFFERS', command: 'safehand organisation pin --root FINGERPRINT' } },
}

describe('a mistyped root, before there is a statement', () => {
  it('[trust/mistyped-root] is seen by who holds the root, and pinned again after a question', async () => {
    await ada.done('organisation', 'pin', '--root', mistyped())
    const state = ['organisation', 'state', '--root-directory', ada.path('root'), '--yes']
    const signed = [...state, '--root-passphrase-file', ada.path('passphrase')]
    const refused = await ada.run(...signed)
    expect([refused.exit, refused.error]).toEqual([
      2,
      expect.stringMatching(/Nothing was signed.*organisation pin --root/s),
    ])
    const created = await ada.run('key', 'create', '--root', root, ...passphraseOf(ada))
    expect([created.exit, created.error]).toEqual([2, expect.stringContaining('Another root is pinned here')])
    const asked = await ada.run('organisation', 'pin', '--root', root)
    expect([asked.exit, answers.at(-1)]).toEqual([2, expect.stringContaining('Nothing was signed under the first')])
    expect(await createHome(ada.home).readAnchor()).toMatchObject({ root: mistyped() })
    expect(await ada.done('organisation', 'pin', '--root', root, '--yes')).toMatchObject({ root })
    await ada.done('key', 'create', '--root', root, ...passphraseOf(ada))
    await carol.done('key', 'create', '--root', mistyped(), ...passphraseOf(carol))
    await ada.done(...signed)
    await ada.done('key', 'prove', ...passphraseOf(ada))
  })
})

describe('a mistyped root, once the service has one', () => {
  it.each([
    ['key create', (one: CommandLine) => ['key', 'create', ...passphraseOf(one)]],
    ['key register', (one: CommandLine) => ['key', 'register', one.path('own.pgp')]],
    ['organisation pin', () => ['organisation', 'pin', '--yes']],
  ])('[trust/mistyped-root] stops %s, which pins and makes nothing', async (_what, command) => {
    const other = await newPerson()
    const [name, email] = ['Nia New', `nia${everyone.length}@council.example`]
    await enter(
      other,
      (await ada.done('account', 'invite', '--email', email, '--name', name, '--role', 'caseworker')).token,
    )
    const key = await generateKey({ name, email, at: app.clock.now(), expiresAfterSeconds: null })
    await other.file('own.pgp', key.certificate)
    for (const typed of [mistyped(), `${'0'.repeat(39)}1`, mistyped().replaceAll(/.{4}/g, '$& ')]) {
      const ran = await other.run(...command(other), '--root', typed, '--json')
      expect(ran).toMatchObject(differs)
      expect(ran.json.error.message).toMatch(/not the root that this service has for your organisation.*by phone/)
      expect(tells(ran)).toBe(false)
    }
    for (const made of ['anchor.json', 'key.json']) expect(await isThere(join(other.home, made))).toBe(false)
  })

  const commands: readonly (readonly string[])[] = [
    ['roster', 'show'],
    ['key', 'show'],
    ['agreement', 'list'],
    ['inbox'],
    ['sent'],
    ['approvals'],
    ['send', 'README.md', '--to', 'Somebody'],
    ['organisation', 'pin', '--root', '0'.repeat(40), '--yes'],
    ['key', 'create', '--root', '0'.repeat(40)],
  ]
  it.each(commands)(
    '[trust/mistyped-root] %s %s says nothing of the service’s root to who pinned another',
    async (...command) => {
      for (const more of [[], ['--json']]) expect(tells(await carol.run(...command, ...more))).toBe(false)
    },
  )

  it('[trust/mistyped-root] pinned before is named as such, and pinned again, then the person goes on', async () => {
    expect(await carol.run('roster', 'show', '--json')).toMatchObject(differs)
    expect(
      await carol.run('organisation', 'pin', '--root', mistyped().replace(/^./, '0'), '--yes', '--json'),
    ).toMatchObject(differs)
    expect(await createHome(carol.home).readAnchor()).toMatchObject({ root: mistyped() })
    expect(await carol.done('organisation', 'pin', '--root', root, '--yes')).toMatchObject({ root })
    await carol.done('key', 'prove', ...passphraseOf(carol))
    await ada.done('roster', 'sign', '--yes', '--take-in', 'carol@council.example', ...passphraseOf(ada))
    expect(await carol.done('roster', 'show')).toMatchObject({ root, sequence: 1 })
  })

  it('[trust/mistyped-root] what was verified under a root stays pinned, whatever is typed', async () => {
    const home = createHome(carol.home)
    const before = await home.readAnchor()
    for (const typed of [mistyped(), 'f'.repeat(40)]) {
      const ran = await carol.run('organisation', 'pin', '--root', typed, '--yes', '--json')
      expect(ran).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_ROOT' } } })
      expect(tells(ran)).toBe(false)
    }
    expect(await home.readAnchor()).toEqual(before)
    expect(await carol.done('organisation', 'pin', '--root', root)).toMatchObject({ root })
  })
})
