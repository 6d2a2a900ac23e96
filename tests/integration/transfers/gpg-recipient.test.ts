// A police officer whose key is in GnuPG, on a whole installation: what is sent to their team is v1-cfb, is scanned and
// released, and opens for the colleague with Safehand's own key and for real gpg.
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createGpg } from '#platform/gpg.ts'
import { runCli } from '../../../cli/program.ts'
import { runProgram } from '../../fixtures/run-program.ts'
import { profileWords } from '#words/en/transfers.ts'
import { type Cast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import { type GnuPg, startGnuPg } from '../../fixtures/gnupg.ts'
import type { Installation } from '../../fixtures/installation.ts'

let database: TestDatabase
let installation: Installation
let directory: string
let gnupg: GnuPg
let cast: Cast
let fingerprint: string

const report = randomBytes(9_000_000)
const small = new TextEncoder().encode('a report')
const csv = new TextEncoder().encode('ref,seen\n17,21:40\n')

beforeAll(async () => {
  const services = inject('services')
  directory = await mkdtemp(join(tmpdir(), 'safehand-gpg-'))
  gnupg = await startGnuPg()
  ;({ database, installation, cast } = await copyGrown({ services, homes: directory }))
  fingerprint = await bringGpgKey(cast.police.first)
  const { administrator } = cast.police
  const named = ['--take-in', cast.police.first.email]
  await administrator.done('roster', 'sign', '--yes', ...named, ...passphraseOf(administrator))
})
afterAll(async () => {
  await gnupg?.end()
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

/** From now on this member has a key in gpg alone; the challenge is opened there, and its nonce pasted. */
async function bringGpgKey(member: Member): Promise<string> {
  await gnupg.must(['--quick-gen-key', `${member.name} <${member.email}>`, 'ed25519', 'sign', 'never'])
  const listed = text(await gnupg.must(['--with-colons', '--list-keys', member.email]))
  const [, found = ''] = /^fpr:+([0-9A-F]{40}):$/m.exec(listed) ?? []
  await gnupg.must(['--quick-add-key', found, 'cv25519', 'encr', 'never'])
  const file = join(directory, 'own.pgp')
  await writeFile(file, await gnupg.must(['--export', found]))
  const { message } = await member.done('key', 'replace', file)
  await member.done('key', 'prove', '--nonce', await nonceIn(message))
  return found.toLowerCase()
}

async function nonceIn(message: string): Promise<string> {
  const line = text(await gnupg.must(['--decrypt'], new TextEncoder().encode(message)))
  return line.split(' ').at(-2) ?? ''
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

async function sendTo(recipient: string, files: Readonly<Record<string, Uint8Array>>) {
  const sender = cast.council.caseworker
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, bytes]) => {
      await writeFile(join(directory, name), bytes)
      return join(directory, name)
    }),
  )
  const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17']
  const under = ['--agreement', cast.agreement, '--flow', 'council-to-police']
  const { exit, text: said } = await sender.run(
    'send',
    ...paths,
    ...under,
    ...why,
    '--to',
    recipient,
    ...passphraseOf(sender),
  )
  expect(exit, said).toBe(0)
  const [, transfer = ''] = /transfer ([0-9a-f]{32})/.exec(said) ?? []
  return { transfer, said }
}

async function noteOf(member: Member, transfer: string): Promise<DispatchNote> {
  const { note } = await member.done('status', transfer)
  return JSON.parse(text(Uint8Array.fromBase64(note.bytes)))
}

const released = (transfer: string) =>
  until('the transfer is released', async () => {
    const { state } = await cast.council.caseworker.done('status', transfer)
    if (state === 'rejected') throw new Error(JSON.stringify(await cast.council.caseworker.done('status', transfer)))
    return state === 'released'
  })

describe('a team with one key in GnuPG', () => {
  let transfer: string

  it('[envelope/profile] is sent v1-cfb, which is said with its reason before sending, and stands in the note', async () => {
    const sent = await sendTo('Safeguarding hub', { 'report.bin': report, 'seen.csv': csv })
    transfer = sent.transfer
    expect(sent.said).toContain(`${profileWords['v1-cfb']} Their keys ask for it: ${cast.police.first.name}.`)
    expect(await noteOf(cast.council.caseworker, transfer)).toMatchObject({
      profile: 'v1-cfb',
      profileFor: [fingerprint],
    })
  })

  it('[envelope/profile] is scanned, sealed and released, and opens for the colleague with a key of Safehand', async () => {
    await released(transfer)
    const { second } = cast.police
    const into = join(directory, 'collected')
    const collected = await second.done('collect', transfer, '--into', into, ...passphraseOf(second))
    expect(collected).toMatchObject({ caseReference: 'ASB-17', files: [{ name: 'report.bin' }, { name: 'seen.csv' }] })
    expect(Buffer.compare(await readFile(join(into, 'report.bin')), report)).toBe(0)
    expect(Buffer.compare(await readFile(join(into, 'seen.csv')), csv)).toBe(0)
  })

  it('[envelope/profile] a person whose key lists AES-256-GCM is sent v2-gcm, and the note does not explain it', async () => {
    const sent = await sendTo(cast.police.second.email, { 'seen.csv': csv })
    expect(sent.said).toContain(profileWords['v2-gcm'])
    const note = await noteOf(cast.council.caseworker, sent.transfer)
    expect(note.profile).toBe('v2-gcm')
    expect(note).not.toHaveProperty('profileFor')
  })
})

const ten = Array.from({ length: 10 }, (_, index) => index)

describe('a recipient with gpg alone', () => {
  const transfers: string[] = []
  const proofs: string[] = []
  let into: string

  beforeAll(async () => {
    into = join(directory, 'zips')
    for (const number of ten) {
      const { transfer } = await sendTo(cast.police.first.email, { [`${number} seen.csv`]: csv, 'report.bin': small })
      transfers.push(transfer)
    }
    for (const transfer of transfers) await released(transfer)
  })

  /** A person at a terminal who pastes what gpg shows. */
  async function byHand(...argv: readonly string[]) {
    const said: string[] = []
    const { home } = cast.police.first
    const exit = await runCli(argv, {
      ...{ home, out: (line) => said.push(line), error: (line) => said.push(line) },
      async ask() {
        const [message = ''] = /-----BEGIN PGP MESSAGE-----.*-----END PGP MESSAGE-----/s.exec(said.join('\n')) ?? []
        proofs.push(message)
        return nonceIn(message)
      },
      ...{ confirm: async () => false, now: () => systemClock.now() as Instant, fetch: installation.fetch },
      ...{ gpg: createGpg({ program: 'gpg' }), interactive: false, signal: new AbortController().signal },
    })
    expect(exit, said.join('\n')).toBe(0)
    return said.join('\n')
  }

  it('[gpg/recipient] fetches ten transfers with one command and one pasted nonce', async () => {
    const said = await byHand('bundle', ...transfers, '--into', into)
    expect(proofs).toHaveLength(1)
    for (const transfer of transfers) expect(said).toContain(`${transfer}.zip, from ${cast.council.caseworker.name}`)
  })

  it('[gpg/checks] checks names, sender and SHA-256 with gpg and sha256sum alone', async () => {
    const sender = await cast.council.caseworker.done('key', 'show')
    await gnupg.must(['--import', join(into, `${sender.fingerprint}.pgp`)])
    for (const [number, transfer] of transfers.entries()) {
      const folder = await unpack(transfer)
      expect(await goodSignature(['--verify', join(folder, 'dispatch-note.asc')])).toBe(sender.fingerprint)
      expect(await readFile(join(folder, 'dispatch-note.asc'), 'utf8')).toContain(`"transfer":"${transfer}"`)
      const encrypted = (await readdir(folder))
        .filter((name) => name.endsWith('.pgp'))
        .map((name) => join(folder, name))
      await gnupg.must(['--decrypt-files', ...encrypted])
      expect(await goodSignature(['--decrypt', join(folder, 'contents.pgp')])).toBe(sender.fingerprint)
      const summed = await sha256sum(folder)
      expect(summed.code, summed.stderr).toBe(0)
      expect(text(summed.stdout).trim().split('\n')).toHaveLength(2)
      expect(await readFile(join(folder, 'contents'), 'utf8')).toContain(
        ` is "${number} seen.csv" (text/csv, 18 octets)`,
      )
    }
  })

  it('[gpg/checks] notices another file in the place of one that was signed for', async () => {
    const folder = join(directory, transfers[0] ?? '')
    const [file = ''] = (await readdir(folder)).filter((name) => /^[0-9a-f]{32}$/.test(name))
    await writeFile(join(folder, file), 'another')
    expect((await sha256sum(folder)).code).toBe(1)
    const note = await readFile(join(folder, 'dispatch-note.asc'), 'utf8')
    await writeFile(join(folder, 'forged.asc'), note.replace('"OFFICIAL"', '"OFFICIAL "'))
    expect((await gnupg.run(['--verify', join(folder, 'forged.asc')])).code).not.toBe(0)
  })

  it('[gpg/recipient] acknowledges all ten without a signature, and the log says so; nobody else can', async () => {
    const unsigned = ['acknowledge', ...transfers, '--unsigned']
    await byHand(...unsigned)
    const acknowledged = await entriesNamed('transfer.acknowledged')
    expect(acknowledged).toHaveLength(10)
    for (const { detail } of acknowledged) expect(detail).toMatchObject({ receipt: null, signed: false })
    const again = await cast.police.first.run('acknowledge', transfers[0] ?? '', '--unsigned', '--json')
    expect(again).toMatchObject({ exit: 3, json: { error: { code: 'TRANSFER_STATE' } } })
    const stranger = await cast.council.caseworker.run('acknowledge', transfers[0] ?? '', '--unsigned', '--json')
    expect(stranger).toMatchObject({ exit: 3, json: { error: { code: 'NOT_FOUND' } } })
  })

  it('[gpg/recipient] gets what nobody else gets', async () => {
    const stranger = await cast.police.second.run('bundle', transfers[0] ?? '', '--into', into, '--json')
    expect(stranger).toMatchObject({ exit: 3, json: { error: { code: 'NOT_FOUND' } } })
  })

  /** The log's own entries, once the sequencer has taken all that wait. */
  async function entriesNamed(event: string) {
    const { database: owner } = database.as.owner
    await until('every entry stands in its log', async () => {
      return (await owner.selectFrom('audit.intake').select('id').execute()).length === 0
    })
    const rows = await owner.selectFrom('audit.entry').select('bytes').execute()
    return rows.map(({ bytes }) => JSON.parse(text(bytes))).filter((entry) => entry.event === event)
  }

  /** The fingerprint of the one good signature that gpg found. */
  async function goodSignature(args: readonly string[]): Promise<string> {
    const status = join(directory, 'status')
    await gnupg.must(['--status-file', status, ...args])
    const [, found = ''] = /\[GNUPG:\] VALIDSIG ([0-9A-F]{40})/.exec(await readFile(status, 'utf8')) ?? []
    return found.toLowerCase()
  }

  async function unpack(transfer: string): Promise<string> {
    const folder = join(directory, transfer)
    await mkdir(folder)
    for (const { name, bytes } of storedFiles(await readFile(join(into, `${transfer}.zip`)))) {
      await writeFile(join(folder, name), bytes)
    }
    return folder
  }

  const sha256sum = (folder: string) =>
    runProgram({ command: 'sh', args: ['-c', 'cd "$1" && sha256sum -c contents', 'sh', folder] })
})

/** What is in a zip without compression, by its central directory (APPNOTE 4.3.12). */
function storedFiles(zip: Buffer): { name: string; bytes: Uint8Array }[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const files: { name: string; bytes: Uint8Array }[] = []
  for (let at = zip.readUInt32LE(end + 16), left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, nameLength] = [zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28)]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    files.push({ name: zip.toString('utf8', at + 46, at + 46 + nameLength), bytes: zip.subarray(start, start + size) })
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}
