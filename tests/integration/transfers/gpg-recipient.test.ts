// A police officer whose key is in GnuPG, on a whole installation: what is sent to their team is v1-cfb, is scanned and
// released, and opens for the colleague with Safehand's own key and for real gpg.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DispatchNote } from '#domain/transfers/dispatch-note.ts'
import { profileWords } from '#words/en/transfers.ts'
import { type Cast, createCast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { type GnuPg, startGnuPg } from '../../fixtures/gnupg.ts'
import { type Installation, startInstallation } from '../../fixtures/installation.ts'

let database: TestDatabase
let installation: Installation
let directory: string
let gnupg: GnuPg
let cast: Cast
let fingerprint: string

const report = randomBytes(9_000_000)
const csv = new TextEncoder().encode('ref,seen\n17,21:40\n')

beforeAll(async () => {
  const services = inject('services')
  database = await createTestDatabase(services)
  installation = await startInstallation({ services, databaseUrls: database.urls })
  directory = await mkdtemp(join(tmpdir(), 'safehand-gpg-'))
  gnupg = await startGnuPg()
  cast = await createCast({ installation, directory })
  fingerprint = await bringGpgKey(cast.police.first)
  const { administrator } = cast.police
  await administrator.done('roster', 'sign', '--yes', ...passphraseOf(administrator))
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

  it('[openpgp 1] is sent v1-cfb, which is said with its reason before sending, and stands in the note', async () => {
    const sent = await sendTo('Safeguarding hub', { 'report.bin': report, 'seen.csv': csv })
    transfer = sent.transfer
    expect(sent.said).toContain(`${profileWords['v1-cfb']} Their keys ask for it: ${cast.police.first.name}.`)
    expect(await noteOf(cast.council.caseworker, transfer)).toMatchObject({
      profile: 'v1-cfb',
      profileFor: [fingerprint],
    })
  })

  it('[openpgp 1] is scanned, sealed and released, and opens for the colleague with a key of Safehand', async () => {
    await released(transfer)
    const { second } = cast.police
    const into = join(directory, 'collected')
    const collected = await second.done('collect', transfer, '--into', into, ...passphraseOf(second))
    expect(collected).toMatchObject({ caseReference: 'ASB-17', files: [{ name: 'report.bin' }, { name: 'seen.csv' }] })
    expect(Buffer.compare(await readFile(join(into, 'report.bin')), report)).toBe(0)
    expect(Buffer.compare(await readFile(join(into, 'seen.csv')), csv)).toBe(0)
  })

  it('[openpgp 1] a person whose key lists AES-256-GCM is sent v2-gcm, and the note does not explain it', async () => {
    const sent = await sendTo(cast.police.second.email, { 'seen.csv': csv })
    expect(sent.said).toContain(profileWords['v2-gcm'])
    const note = await noteOf(cast.council.caseworker, sent.transfer)
    expect(note.profile).toBe('v2-gcm')
    expect(note).not.toHaveProperty('profileFor')
  })
})
