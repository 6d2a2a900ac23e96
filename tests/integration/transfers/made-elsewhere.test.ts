// Files that real gpg and sq encrypted, on a whole installation: for the keys that `safehand recipients` wrote they are sent,
// scanned, released and opened, by gpg and by Safehand; for one key more or less they are refused, and nothing of them leaves.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { splitHead } from '#openpgp/head.ts'
import { type Cast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import { type GnuPg, startGnuPg } from '../../fixtures/gnupg.ts'
import type { Installation } from '../../fixtures/installation.ts'
import { startSequoia } from '../../fixtures/sequoia.ts'

let database: TestDatabase
let installation: Installation
let directory: string
let gnupg: GnuPg
let cast: Cast

const report = randomBytes(9_000_000)
/** Much smaller outside than inside. */
const csv = new TextEncoder().encode('ref,seen\n17,21:40\n'.repeat(20_000))

beforeAll(async () => {
  const services = inject('services')
  directory = await mkdtemp(join(tmpdir(), 'safehand-elsewhere-'))
  gnupg = await startGnuPg()
  ;({ database, installation, cast } = await copyGrown({ services, homes: directory }))
  await bringGpgKey(cast.police.first)
  const { administrator } = cast.police
  const named = ['--take-in', cast.police.first.email]
  await administrator.done('roster', 'sign', '--yes', ...named, ...passphraseOf(administrator))
  await writeFile(join(directory, 'report.bin'), report)
  await writeFile(join(directory, 'seen.csv'), csv)
})
afterAll(async () => {
  await gnupg?.end()
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

/** From now on this member has a key in gpg alone. */
async function bringGpgKey(member: Member): Promise<void> {
  const fingerprint = await makeGpgKey(`${member.name} <${member.email}>`)
  const file = join(directory, 'own.pgp')
  await writeFile(file, await gnupg.must(['--export', fingerprint]))
  const { message } = await member.done('key', 'replace', file)
  await member.done('key', 'prove', '--nonce', await nonceIn(message))
}

async function makeGpgKey(name: string): Promise<string> {
  await gnupg.must(['--quick-gen-key', name, 'ed25519', 'sign', 'never'])
  const [, fingerprint = ''] =
    /^fpr:+([0-9A-F]{40}):$/m.exec(text(await gnupg.must(['--with-colons', '--list-keys', name]))) ?? []
  await gnupg.must(['--quick-add-key', fingerprint, 'cv25519', 'encr', 'never'])
  return fingerprint
}

async function nonceIn(message: string): Promise<string> {
  const line = text(await gnupg.must(['--decrypt'], new TextEncoder().encode(message)))
  return line.split(' ').at(-2) ?? ''
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

interface Begun {
  readonly transfer: string
  readonly keyring: string
  readonly fingerprints: readonly string[]
}

const recipientsTo = (keyring: string) => [
  ...['recipients', '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
  ...['--item', 'INCIDENT_SUMMARY', '--to', 'Safeguarding hub', '--export', keyring],
]

async function begin(): Promise<Begun> {
  return cast.council.caseworker.done(...recipientsTo(join(directory, `${crypto.randomUUID()}.pgp`)))
}

/** As `recipients` says that it is done. */
async function encrypt(name: string, { keyring, fingerprints }: Begun, more: readonly string[] = []): Promise<string> {
  const output = join(directory, `${crypto.randomUUID()}-${name}.pgp`)
  const readers = fingerprints.flatMap((fingerprint) => ['-r', fingerprint])
  const keys = ['--keyring', keyring, ...readers, ...more]
  await gnupg.must([...keys, '--output', output, '--encrypt', join(directory, name)])
  return output
}

const send = ({ transfer }: Begun, files: readonly string[]) => {
  const sender = cast.council.caseworker
  return sender.run('send', ...files, '--encrypted', '--draft', transfer, '--json', ...passphraseOf(sender))
}

const released = ({ transfer }: Begun) =>
  until('the transfer is released', async () => {
    const { state, finding } = await cast.council.caseworker.done('status', transfer)
    if (state === 'rejected') throw new Error(finding)
    return state === 'released'
  })

const noteOf = async ({ transfer }: Begun): Promise<DispatchNote> => {
  const { note } = await cast.council.caseworker.done('status', transfer)
  return JSON.parse(text(Uint8Array.fromBase64(note.bytes)))
}

describe('files that gpg encrypted', () => {
  let begun: Begun
  let files: readonly string[]

  it('[gpg/made-elsewhere] are sent as they are, each with a key set of its own in the signed note', async () => {
    begun = await begin()
    files = [await encrypt('report.bin', begun), await encrypt('seen.csv', begun)]
    const { exit, json } = await send(begun, files)
    expect(exit, JSON.stringify(json)).toBe(0)
    const note = await noteOf(begun)
    expect(note.files.map(({ keySet }) => keySet)).toEqual([1, 2, 0])
    expect(note).toMatchObject({ profile: 'v1-cfb', profileFor: [] })
  })

  it('[gpg/made-elsewhere] leave their heads outside the object store', async () => {
    const stored = await database.as.owner.database
      .selectFrom('transfer_file')
      .select(['object_key', 'length'])
      .where('transfer', '=', begun.transfer as never)
      .orderBy('position')
      .execute()
    for (const [index, file] of files.entries()) {
      const whole = await readFile(file)
      const { bodyOffset } = splitHead(whole.subarray(0, 65_536))
      expect(bodyOffset).toBeGreaterThan(0)
      const object = await readFile(await objectAt(stored[index]?.object_key ?? ''))
      expect(Buffer.compare(object, whole.subarray(bodyOffset))).toBe(0)
    }
  })

  async function objectAt(key: string): Promise<string> {
    const names = await readdir(installation.objects, { recursive: true })
    const found = names.find((name) => name.endsWith(key))
    return join(installation.objects, found ?? key)
  }

  it('[gpg/made-elsewhere] are scanned clean, and open for the colleague with Safehand and for the recipient with gpg', async () => {
    await released(begun)
    const { second } = cast.police
    const into = join(directory, 'collected')
    const { files: collected } = await second.done(
      ...['collect', begun.transfer, '--into', into, ...passphraseOf(second)],
    )
    const places: string[] = collected.map(({ place }: { place: string }) => place)
    expect(places.map((place) => place.replace(/.*\/[0-9a-f-]{37}/, ''))).toEqual(['report.bin', 'seen.csv'])
    expect(Buffer.compare(await readFile(places[0] ?? ''), report)).toBe(0)
    expect(Buffer.compare(await readFile(places[1] ?? ''), csv)).toBe(0)
    const { rows } = await wrappedKeys()
    const object = await readFile(await objectAt(rows.object_key))
    const opened = await gnupg.must(['--decrypt'], Buffer.concat([rows.bytes, object]))
    expect(Buffer.compare(opened, csv)).toBe(0)
  })

  /** What the gpg user is given for the second file: their own wrapped key of its key set, then the body. */
  async function wrappedKeys() {
    const [file] = await database.as.owner.database
      .selectFrom('transfer_file')
      .select('object_key')
      .where('transfer', '=', begun.transfer as never)
      .where('position', '=', 1)
      .execute()
    const keys = await database.as.owner.database
      .selectFrom('pkesk')
      .select(['bytes', 'account'])
      .where('transfer', '=', begun.transfer as never)
      .where('key_set', '=', 2)
      .execute()
    expect(keys.every(({ account }) => account !== null)).toBe(true)
    return { rows: { object_key: file?.object_key ?? '', bytes: Buffer.concat(keys.map(({ bytes }) => bytes)) } }
  }
})

describe('a file encrypted for others', () => {
  let begun: Begun
  beforeAll(async () => {
    begun = await begin()
  })

  it('[gpg/made-elsewhere] is begun with a keyring that replaces no file: else nothing is begun', async () => {
    const { caseworker } = cast.council
    const before = await caseworker.done('sent')
    const { exit, text: said } = await caseworker.run(...recipientsTo(join(directory, 'seen.csv')))
    expect([exit, said]).toEqual([1, expect.stringContaining('there is something else of that name')])
    expect(await readFile(join(directory, 'seen.csv'))).toEqual(Buffer.from(csv))
    expect(await caseworker.done('sent')).toEqual(before)
  })

  it('[gpg/made-elsewhere] for one key more is refused, and so is a hidden or a missing recipient, before anything is sent', async () => {
    const stranger = await makeGpgKey('Stranger <stranger@example.org>')
    const fewer = { ...begun, fingerprints: begun.fingerprints.slice(1) }
    const wrong = [
      [await encrypt('seen.csv', begun, ['-r', stranger]), 'not a recipient'],
      [await encrypt('seen.csv', fewer), 'has no PKESK'],
      [await encrypt('seen.csv', begun, ['--throw-keyids']), 'hidden'],
      [join(directory, 'seen.csv'), 'not an OpenPGP message'],
    ] as const
    for (const [file, saw] of wrong) {
      const { exit, json } = await send(begun, [file])
      expect(json, file).toMatchObject({ error: { code: 'NOT_ENCRYPTED_TO_RECIPIENTS' } })
      expect((json as { error: { message: string } }).error.message).toContain(saw)
      expect(exit).toBe(4)
    }
    const { state, files } = await cast.council.caseworker.done('status', begun.transfer)
    expect([state, files]).toEqual(['draft', []])
  })

  it('[gpg/made-elsewhere] and then sent as it should be, once: its files are declared and cannot be exchanged', async () => {
    const sequoia = await startSequoia()
    const made = join(directory, 'by-sq.csv.pgp')
    try {
      const certificate = await readFile(begun.keyring)
      const { code, stdout, stderr } = await sequoia.encrypt({ certificate, file: csv, compression: 'none' })
      expect(code, stderr).toBe(0)
      await writeFile(made, stdout)
    } finally {
      await sequoia.end()
    }
    const { exit, json } = await send(begun, [made])
    expect(exit, JSON.stringify(json)).toBe(0)
    expect(await send(begun, [made])).toMatchObject({ exit: 3 })
    await released(begun)
  })
})
