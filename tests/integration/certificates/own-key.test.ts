// A key of one's own, made by gpg as people make them: registered by hand and through gpg, refused for each reason there
// is, replaced, revoked, and one of ours taken to gpg. Every step by the command line, against the real server.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createHome } from '../../../cli/home.ts'
import { gpgKey } from '../../../cli/keys/gpg-key.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { organisationOperations } from '#contract/organisations.ts'
import type { Fingerprint, Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { asSessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { createGpg, type Gpg } from '#platform/gpg.ts'
import { systemClock } from '#platform/clock.ts'
import { type CommandLine, type CommandLineOptions, createCommandLine } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { type GnuPg, startGnuPg } from '../../fixtures/gnupg.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'
import { apiOf, codeOf, registerOrganisation } from '../../fixtures/people.ts'

let database: TestDatabase
let app: GovernedApp
let gnupg: GnuPg
let ada: CommandLine
let root: string
const everyone: CommandLine[] = []

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  gnupg = await startGnuPg()
  ada = await newPerson()
  const email = 'ada@council.example'
  const { token } = await registerOrganisation(app, { ownerUrl: database.urls.owner, name: 'Ashdown Council', email })
  await enter(ada, token)
  const made = ['--directory', ada.path('root'), '--name', 'Ashdown Council', ...unlocked(ada)]
  root = (await ada.done('organisation', 'create-root', ...made)).root
  await ada.done('roster', 'create-key', ...unlocked(ada))
  await ada.done('key', 'create', '--root', root, ...unlocked(ada))
  const rootKey = ['--root-directory', ada.path('root'), '--root-passphrase-file', ada.path('passphrase')]
  await ada.done('organisation', 'state', ...rootKey, '--yes')
  await ada.done('key', 'prove', ...unlocked(ada))
})
afterAll(async () => {
  await Promise.all(everyone.map((person) => person.remove()))
  await gnupg?.end()
  await app?.stop()
  await database?.drop()
})

const takeIn = (name: string) => ['--take-in', `${name}@council.example`]
const unlocked = (person: CommandLine) => ['--passphrase-file', person.path('passphrase')]

async function newPerson(options: Pick<CommandLineOptions, 'fetch'> = {}): Promise<CommandLine> {
  const person = await createCommandLine({ now: app.clock.now, gpg: gpgOf(gnupg), ...options })
  everyone.push(person)
  await person.file('password', 'correct horse battery staple\n')
  await person.file('passphrase', 'six random words in a row\n')
  return person
}

async function invite(name: string, options: Pick<CommandLineOptions, 'fetch'> = {}): Promise<CommandLine> {
  const person = await newPerson(options)
  const who = ['--email', `${name}@council.example`, '--name', name, '--role', 'caseworker']
  await enter(person, (await ada.done('account', 'invite', ...who)).token)
  return person
}

async function enter(person: CommandLine, token: string): Promise<void> {
  const secrets = person.path('secrets.json')
  const accept = ['--url', app.url, '--token-file', await person.file('token', token), '--secrets-file', secrets]
  await person.done('account', 'accept', ...accept, '--password-file', person.path('password'))
  app.clock.pass(31)
  const { email, totpSecret } = JSON.parse(await readFile(secrets, 'utf8'))
  const codeFile = await person.file('code', codeOf(app, { totpSecret }))
  const signIn = ['--url', app.url, '--email', email, '--password-file', person.path('password')]
  await person.done('sign-in', ...signIn, '--code-file', codeFile)
}

async function apiFor(person: CommandLine) {
  return apiOf(app, (await createHome(person.home).readToken()).token)
}

/** The test's gpg as a command finds a person's own. */
function gpgOf({ commandLine: { command, args, env } }: GnuPg): Gpg {
  return createGpg({ program: command, arguments: args, env })
}

interface Made {
  readonly fingerprint: Fingerprint
  readonly certificate: Uint8Array
}

/** A key as `gpg --quick-gen-key` makes it, and `--quick-add-key` for its encryption subkey. */
async function makeInGpg(
  name: string,
  { primary = 'ed25519', subkey = 'cv25519' }: { readonly primary?: string; readonly subkey?: string | null } = {},
  ...more: readonly string[]
): Promise<Made> {
  const expire = more.includes('--faked-system-time') ? '1y' : 'never'
  await gnupg.must([...more, '--quick-gen-key', `${name} <${name}@council.example>`, primary, 'sign', expire])
  const listed = new TextDecoder().decode(
    await gnupg.must(['--with-colons', '--list-keys', `=${name} <${name}@council.example>`]),
  )
  const [, fingerprint = ''] = /^fpr:+([0-9A-F]{40}):$/m.exec(listed) ?? []
  if (subkey !== null) await gnupg.must([...more, '--quick-add-key', fingerprint, subkey, 'encr', expire])
  return {
    fingerprint: fingerprint.toLowerCase() as Fingerprint,
    certificate: await gnupg.must(['--export', fingerprint]),
  }
}

/** gpg writes it when the key is made, with a colon before the armor so that nobody imports it by mistake. */
async function revokeInGpg({ fingerprint }: Made): Promise<Uint8Array> {
  const home = gnupg.commandLine.env.GNUPGHOME ?? ''
  const file = join(home, 'openpgp-revocs.d', `${fingerprint.toUpperCase()}.rev`)
  const text = (await readFile(file, 'utf8')).replace(':-----BEGIN', '-----BEGIN')
  await gnupg.must(['--import'], new TextEncoder().encode(text))
  return gnupg.must(['--export', fingerprint])
}

const now = () => app.clock.now() as Instant
const fakedYear = ['--faked-system-time', '20200101T000000'] as const

describe('a certificate made by gpg is refused', () => {
  const cases: readonly [code: string, make: () => Promise<Uint8Array>][] = [
    ['KEY_WEAK', async () => (await makeInGpg('short', { primary: 'rsa2048', subkey: 'rsa2048' })).certificate],
    ['KEY_WEAK', async () => (await makeInGpg('legacy', { primary: 'dsa2048', subkey: 'elg2048' })).certificate],
    ['KEY_NO_ENCRYPTION_SUBKEY', async () => (await makeInGpg('signer', { subkey: null })).certificate],
    ['KEY_EXPIRED', async () => (await makeInGpg('old', {}, ...fakedYear)).certificate],
    ['KEY_REVOKED', async () => revokeInGpg(await makeInGpg('gone'))],
    ['KEY_MALFORMED', async () => (await makeInGpg('cut')).certificate.slice(0, -7)],
    ['KEY_SECRET', async () => gnupg.must(['--export-secret-keys', (await makeInGpg('secret')).fingerprint])],
  ]

  it.each(cases)('[keys/own] %s, and nothing of it is stored', async (code, make) => {
    const certificate = (await make()).toBase64()
    const api = await apiFor(ada)
    const stored = () => database.as.owner.database.selectFrom('certificate').select('fingerprint').execute()
    const before = await stored()
    const entries = await entriesOf(database.as.owner.database, () =>
      expect(api.call(certificateOperations.register, { body: { certificate } })).rejects.toMatchObject({ code }),
    )
    expect(entries).toMatchObject([{ event: 'key.registered', outcome: 'refused', code }])
    expect(await stored()).toEqual(before)
  })

  it('[keys/public-only] a secret key does not even leave the machine', async () => {
    const { fingerprint } = await makeInGpg('leaked')
    const file = await ada.file('leaked.asc', await gnupg.must(['--armor', '--export-secret-keys', fingerprint]))
    const sent = await entriesOf(database.as.owner.database, async () =>
      expect(await ada.run('key', 'replace', file, '--json')).toMatchObject({
        exit: 4,
        json: { error: { code: 'KEY_SECRET' } },
      }),
    )
    expect(sent).toEqual([])
  })
})

describe('of a key in a file', () => {
  const requests: string[] = []
  let bob: CommandLine
  let pair: { readonly fingerprint: Fingerprint; readonly open: string; readonly secret: string }

  /** Base64, as keys are sent: everything that went over the wire while `act` ran. */
  const sentBy = async (act: () => Promise<unknown>) => {
    requests.length = 0
    await act()
    return requests.join('\n')
  }

  beforeAll(async () => {
    const listening: typeof fetch = (input, init) => {
      requests.push(`${String(input)} ${String(init?.body ?? '')}`)
      return fetch(input, init)
    }
    bob = await invite('bob', { fetch: listening })
    const { fingerprint } = await makeInGpg('bob')
    const armored = async (what: string) => new TextDecoder().decode(await gnupg.must(['--armor', what, fingerprint]))
    pair = { fingerprint, open: await armored('--export'), secret: await armored('--export-secret-keys') }
  })

  const spellings: readonly [spelling: string, of: (armor: string) => string][] = [
    ['after a byte order mark', (armor) => `\ufeff${armor}`],
    ['after a line of text', (armor) => `My key:\n${armor}`],
    ['with CRLF after blank lines', (armor) => `\n\n${armor}`.replaceAll(/\r?\n/g, '\r\n')],
    ['under a lower-case head', (armor) => armor.replaceAll(/-----.*-----/g, (line) => line.toLowerCase())],
    ['without its armor', (armor) => armor.split('\n').slice(2, -3).join('\n')],
    ['after the public one', (armor) => `${pair.open}\n${armor}`],
  ]

  it.each(spellings)('[keys/public-only] nothing is sent when it is private, %s', async (_spelling, of) => {
    const file = await bob.file('bob.asc', of(pair.secret))
    const commands = [
      ['key', 'register', file, '--root', root],
      ['key', 'register', file, '--root', root, '--with-gpg'],
    ]
    for (const command of commands) {
      const sent = await sentBy(async () =>
        expect(await bob.run(...command, '--json')).toMatchObject({ exit: 4, json: { error: { code: 'KEY_SECRET' } } }),
      )
      expect(sent).not.toContain('/certificates')
    }
  })

  it('[keys/public-only] nothing of a private one is sent by any command that reads a key', async () => {
    const file = await ada.file('roster.asc', `\ufeff${pair.secret}`)
    const rootKey = ['--root-directory', ada.path('root'), '--root-passphrase-file', ada.path('passphrase')]
    const commands = [
      ['key', 'replace', file],
      ['key', 'revoke', '--certificate-file', file, '--yes'],
      ['organisation', 'state', ...rootKey, '--yes', '--roster-key', file],
    ]
    for (const command of commands) {
      const entries = await entriesOf(database.as.owner.database, async () =>
        expect(await ada.run(...command, '--json')).toMatchObject({ exit: 4, json: { error: { code: 'KEY_SECRET' } } }),
      )
      expect(entries.filter(({ event }) => !event.endsWith('.viewed'))).toEqual([])
    }
  })

  it('[keys/public-only] a public one is sent alone, as it was read, whatever stood around it', async () => {
    const file = await bob.file('bob.asc', `\ufeffWith a note that stays here\n${pair.open}\nGreetings\n`)
    const sent = await sentBy(() => bob.done('key', 'register', file, '--root', root))
    const inspected = await inspectCertificate(new TextEncoder().encode(pair.open), now())
    if (!inspected.ok) throw new Error(inspected.code)
    expect(sent).toContain(JSON.stringify({ certificate: inspected.certificate.bytes.toBase64() }))
    const renewed = await sentBy(async () =>
      expect(
        await bob.run('key', 'renew', '--certificate-file', await bob.file('mine.asc', pair.secret), '--json'),
      ).toMatchObject({ exit: 4, json: { error: { code: 'KEY_SECRET' } } }),
    )
    expect(renewed).toBe('')
  })
})

describe('a key kept in gpg', () => {
  /** What a person does by hand: `gpg -d`, read the line, copy the nonce. */
  const nonceOf = async (message: string, expected: RegExp) => {
    const line = new TextDecoder().decode(await gnupg.must(['--decrypt'], new TextEncoder().encode(message)))
    expect(line).toMatch(expected)
    return line.split(' ').at(-2) ?? ''
  }

  it.each([
    ['hanna', 'rsa3072', 'rsa3072'],
    ['holly', 'ed25519', 'cv25519'],
  ])('[keys/own] is proved by hand: %s pastes the nonce that gpg -d shows, %s', async (name, primary, subkey) => {
    const person = await invite(name)
    const { fingerprint, certificate } = await makeInGpg(name, { primary, subkey })
    const file = await person.file('own.pgp', certificate)
    const registered = await person.done('key', 'register', file, '--root', root)
    expect(registered).toMatchObject({ fingerprint, proven: false })
    const { encryptionSubkey, message } = registered
    const line = new RegExp(`^safehand-key-proof v1 test.safehand.invalid register [0-9a-f]{32} ${encryptionSubkey} - `)
    const proven = await person.done('key', 'prove', '--nonce', await nonceOf(message, line))
    expect(proven).toEqual({ fingerprint, encryptionSubkey, proven: true })
  })

  it('[keys/own] is not proved by another nonce, and a challenge has one try', async () => {
    const heidi = await invite('heidi')
    const { certificate } = await makeInGpg('heidi')
    const registered = await heidi.done('key', 'register', await heidi.file('own.pgp', certificate), '--root', root)
    const nonce = await nonceOf(registered.message, /./)
    for (const pasted of ['ab'.repeat(32), nonce]) {
      const refused = await heidi.run('key', 'prove', '--nonce', pasted, '--json')
      expect(refused).toMatchObject({ exit: 3, json: { error: { code: 'KEY_PROOF_FAILED' } } })
    }
    expect(await heidi.run('key', 'prove', '--nonce', 'no nonce', '--json')).toMatchObject({ exit: 2 })
  })

  it('[keys/own] is proved through gpg, stands in the roster, and signs and unwraps there', async () => {
    const gina = await invite('gina')
    const { fingerprint, certificate } = await makeInGpg('gina')
    const proven = await gina.done(
      'key',
      'register',
      await gina.file('gina.pgp', certificate),
      '--root',
      root,
      '--with-gpg',
    )
    expect(proven).toMatchObject({ fingerprint, proven: true })
    expect(await gina.done('key', 'show')).toMatchObject({ fingerprint, custody: 'own' })
    expect(await readFile(join(gina.home, 'key.json'), 'utf8')).not.toContain('privateKey')
    const { people } = await ada.done('roster', 'sign', '--yes', ...takeIn('gina'), ...unlocked(ada))
    expect(people).toContainEqual(expect.objectContaining({ email: 'gina@council.example', certificate: fingerprint }))

    const holder = gpgKey({ gpg: gpgOf(gnupg), fingerprint })
    const at = systemClock.now() as Instant
    const bytes = new TextEncoder().encode('{"type":"a document"}')
    const signature = await holder.sign({ bytes, at })
    expect(await verifyDetached({ bytes, signature, certificate, at })).toMatchObject({ ok: true })
    const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
    const encryptionSubkey: string = proven.encryptionSubkey
    const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at, bodyVersion: 1 })
    expect(await holder.unwrap(pkesk, 1)).toEqual(sessionKey)
    await expect(holder.unwrap(pkesk.slice(0, -1), 1)).rejects.toMatchObject({ code: 'GPG_FAILED' })
  })

  it('[keys/own] with a new expiry made by gpg is renewed, the same key', async () => {
    const gina = everyone.at(-1)!
    const { fingerprint } = await gina.done('key', 'show')
    await gnupg.must(['--quick-set-expire', fingerprint, '1y'])
    const entries = await entriesOf(database.as.owner.database, () => gina.done('key', 'renew'))
    expect(entries).toMatchObject([{ event: 'key.renewed', outcome: 'success', detail: { fingerprint } }])
    const { expires_at } = await database.as.owner.database
      .selectFrom('current_certificate')
      .select('expires_at')
      .where('fingerprint', '=', fingerprint)
      .executeTakeFirstOrThrow()
    expect(expires_at?.slice(0, 4)).toBe('2027')
  })
})

describe('one’s key', () => {
  let carol: CommandLine

  beforeAll(async () => {
    carol = await invite('carol')
    await carol.done('key', 'create', '--root', root, ...unlocked(carol))
    await carol.done('key', 'prove', ...unlocked(carol))
    await ada.done('roster', 'sign', '--yes', ...takeIn('carol'), ...unlocked(ada))
  })

  const rosterHas = async () => {
    const { people } = await ada.done('roster', 'show')
    return people.find((one: { email: string }) => one.email === 'carol@council.example')
  }

  it('[keys/own] is replaced: the old one stays in the roster until the next, which keeps the rights', async () => {
    const before = await carol.done('key', 'show')
    app.clock.pass(1)
    const events = await entriesOf(database.as.owner.database, () => carol.done('key', 'replace', ...unlocked(carol)))
    const after = await carol.done('key', 'show')
    expect(after.fingerprint).not.toBe(before.fingerprint)
    expect(events.map(({ event }) => event)).toEqual(['account.viewed', 'key.registered', 'key.replaced'])
    expect(events.at(-1)).toMatchObject({ detail: { replaces: before.fingerprint } })
    expect(await rosterHas()).toMatchObject({ certificate: before.fingerprint })
    expect(await createHome(carol.home).findOldKey(before.encryptionSubkey)).toMatchObject({
      fingerprint: before.fingerprint,
    })
    await ada.done('roster', 'sign', '--yes', ...takeIn('carol'), ...unlocked(ada))
    expect(await rosterHas()).toMatchObject({ certificate: after.fingerprint, roles: ['caseworker'] })
  })

  it('[keys/own] is exported for gpg, which imports it and opens what is sent to its new certificate', async () => {
    await carol.file('gpg-passphrase', 'another passphrase')
    const target = carol.path('for-gpg.asc')
    const passphrases = [...unlocked(carol), '--gpg-passphrase-file', carol.path('gpg-passphrase')]
    const events = await entriesOf(database.as.owner.database, () =>
      carol.done('key', 'export', '--gpg', target, ...passphrases),
    )
    const { fingerprint, encryptionSubkey } = await carol.done('key', 'show')
    expect(events).toMatchObject([{ event: 'key.renewed', detail: { fingerprint } }])

    const other = await startGnuPg()
    try {
      const secret = await readFile(target)
      const packets = new TextDecoder().decode(await other.must(['--list-packets'], secret))
      expect(packets).toContain('iter+salt S2K')
      expect(packets).not.toMatch(/\baead\b/i)
      await other.must(['--passphrase', 'another passphrase', '--import'], secret)
      const message = await gnupgMessage(fingerprint)
      const opened = await other.must(['--passphrase', 'another passphrase', '--decrypt'], message)
      expect(new TextDecoder().decode(opened)).toBe('for carol')
    } finally {
      await other.end()
    }
    const { certificates } = await (await apiFor(ada)).call(organisationOperations.documents, {})
    const found = await Promise.all(
      certificates.map(({ bytes }) => inspectCertificate(Uint8Array.fromBase64(bytes), now())),
    )
    const mine = found.find((one) => one.ok && one.certificate.fingerprint === fingerprint)
    expect(mine).toMatchObject({
      certificate: { supportsV2Gcm: false, encryptionSubkeys: [{ fingerprint: encryptionSubkey }] },
    })
  })

  /** Encrypted by gpg to the certificate that the service gives out now. */
  async function gnupgMessage(fingerprint: string): Promise<Uint8Array> {
    const { bytes } = await database.as.owner.database
      .selectFrom('current_certificate')
      .select('bytes')
      .where('fingerprint', '=', fingerprint as Fingerprint)
      .executeTakeFirstOrThrow()
    await gnupg.must(['--import'], bytes)
    return gnupg.must(['--recipient', fingerprint, '--encrypt'], new TextEncoder().encode('for carol'))
  }

  it('[keys/revoked] is revoked: no proof with it any more, left out of the next roster, and another takes its place', async () => {
    const { fingerprint, encryptionSubkey } = await carol.done('key', 'show')
    const events = await entriesOf(database.as.owner.database, () => carol.done('key', 'revoke', '--yes'))
    expect(events).toMatchObject([{ event: 'key.revoked', detail: { fingerprint, published: false } }])
    const api = await apiFor(carol)
    const refused = (act: Promise<unknown>) =>
      act.then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    expect(await refused(api.call(certificateOperations.challenge, { body: { encryptionSubkey } }))).toBe('KEY_REVOKED')
    expect(await carol.run('key', 'prove', ...unlocked(carol), '--json')).toMatchObject({
      json: { error: { code: 'KEY_REVOKED' } },
    })
    expect(await carol.run('key', 'revoke', '--yes', '--json')).toMatchObject({
      json: { error: { code: 'KEY_REVOKED' } },
    })
    const theirs = api.call(certificateOperations.revoke, {
      params: { fingerprint: (await ada.done('key', 'show')).fingerprint },
      body: { certificate: null },
    })
    expect(await refused(theirs)).toBe('NOT_FOUND')
    await ada.done('roster', 'sign', '--yes', ...unlocked(ada))
    expect(await rosterHas()).toBeUndefined()
    app.clock.pass(1)
    await carol.done('key', 'replace', ...unlocked(carol))
    await ada.done('roster', 'sign', '--yes', ...takeIn('carol'), ...unlocked(ada))
    expect(await rosterHas()).toMatchObject({ certificate: (await carol.done('key', 'show')).fingerprint })
  })

  it('[keys/revoked] is revoked by publishing its revoked certificate, and by no other', async () => {
    const rhea = await invite('rhea')
    const made = await makeInGpg('rhea')
    await rhea.done('key', 'register', await rhea.file('rhea.pgp', made.certificate), '--root', root, '--with-gpg')
    const whole = await rhea.file('whole.pgp', made.certificate)
    const not = await rhea.run('key', 'revoke', '--yes', '--certificate-file', whole, '--json')
    expect(not).toMatchObject({ json: { error: { code: 'KEY_MALFORMED' } } })
    const published = await rhea.file('revoked.pgp', await revokeInGpg(made))
    await rhea.done('key', 'revoke', '--yes', '--certificate-file', published)
    expect(await rhea.run('key', 'prove', '--json')).toMatchObject({ json: { error: { code: 'KEY_REVOKED' } } })
  })
})
