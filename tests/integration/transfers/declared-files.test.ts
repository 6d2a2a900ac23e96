// Files that another program encrypted, declared and sent on the real app: what is refused of them, and what happens to their
// key sets when the scan key is lost. That real gpg and sq make such files is shown in made-elsewhere.test.ts.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import type { OutgoingFile } from '#client/send/sending.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { rescanTransfer } from '#client/send/rescan.ts'
import { draftKeyring, type Keyring, sendEncrypted } from '#client/send/send-encrypted.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { concat } from '#openpgp/bytes.ts'
import { BODY_VERSION, type Profile } from '#openpgp/profile.ts'
import { encodeProfiled, SALT_SIZE } from '#openpgp/profiled-body.ts'
import { asSessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { systemClock } from '#platform/clock.ts'
import { openpgpPrimitives, randomId } from '#platform/crypto.ts'
import { folderSink } from '../../../cli/collecting/sink.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { lie, lyingServer } from '../../fixtures/lying-server.ts'
import {
  lookUnder,
  agreementFor,
  effectsOf,
  fileOf,
  judge,
  loseScanKey,
  prove,
  requestOf,
  senderOf,
  startTransferApp,
  stateOf,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

const mebibyte = 1024 * 1024
const now = () => systemClock.now() as Instant
let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(() => running?.stop())

async function begin(): Promise<Keyring> {
  const { files: _, ...asked } = await requestOf(running, [])
  return draftKeyring(effectsOf(running), { sender: await senderOf(running), asked })
}

/** As gpg makes it for everybody in the keyring: a session key of its own, and the body in version 1. */
async function encrypted(
  { readers, scan }: Keyring,
  { text, profile = 'v1-cfb' }: { readonly text: string; readonly profile?: Profile },
): Promise<OutgoingFile> {
  const sessionKey = asSessionKey(randomBytes(32))
  const to = [
    ...readers.map(({ certificateBytes: certificate, encryptionSubkey }) => ({ certificate, encryptionSubkey })),
    { certificate: scan.certificate, encryptionSubkey: scan.statement.encryptionSubkey },
  ]
  const heads = to.map((one) => wrapSessionKey({ ...one, sessionKey, bodyVersion: BODY_VERSION[profile], at: now() }))
  const file = fileOf(new TextEncoder().encode(text))
  const salt = randomBytes(SALT_SIZE[profile])
  const made = { profile, sessionKey, salt, length: file.size, around: null }
  const body = encodeProfiled({ ...made, source: file.open(), primitives: openpgpPrimitives })
  return fileOf(concat(...(await Promise.all(heads)), ...(await Array.fromAsync(body))), `${text}.txt`)
}

async function sending(keyring: Keyring, files: readonly OutgoingFile[]) {
  const { transfer, expires } = keyring
  const request = await requestOf(running, files)
  return { sender: await senderOf(running), request, transfer, expires, limit: 2000 * mebibyte }
}

function declare(transfer: TransferId, files: readonly { size: number; length: number }[], by = running.carol) {
  const body = { files: [...files], manifest: { size: 900 } }
  return by.api.call(sendOperations.declareFiles, { params: { transfer }, body })
}

/** The code; no file is declared, and one entry says so. */
async function refused(transfer: TransferId, act: () => Promise<unknown>): Promise<string> {
  const told: { code?: string } = {}
  const owner = running.database.as.owner.database
  const entries = await entriesOf(owner, () => act().catch((error: typeof told) => Object.assign(told, error)))
  const files = owner.selectFrom('transfer_file').select('file').where('transfer', '=', transfer)
  expect(await files.execute()).toEqual([])
  expect(entries.map(({ event, outcome, code }) => [event, outcome, code])).toEqual([
    ['transfer.files.declared', 'refused', told.code],
  ])
  return told.code ?? ''
}

describe('files of another program', () => {
  it('[gpg/made-elsewhere] are declared by who began the transfer alone, once, and as the agreement permits', async () => {
    const { transfer } = await begin()
    const one = { size: 1000, length: 1200 }
    const most = 2000 * mebibyte
    const wrong = [
      ['TOO_MANY_FILES', Array.from({ length: 21 }, () => one)],
      ['FILE_EMPTY', [one, { ...one, size: 0 }]],
      ['FILE_TOO_BIG', [{ size: most + 1, length: 1200 }]],
      // A small file, as they say, in a body that could only hold a larger one than is permitted.
      ['FILE_TOO_BIG', [{ size: 1000, length: most + most / 4 }]],
    ] as const
    for (const [code, files] of wrong) expect(await refused(transfer, () => declare(transfer, files))).toBe(code)
    for (const by of [running.olu, running.dora]) {
      expect(await refused(transfer, () => declare(transfer, [one], by))).toBe('NOT_FOUND')
    }
    const padded = most + Math.floor(most / 9)
    const { uploads } = await declare(transfer, [one, { size: most, length: padded }])
    expect(uploads.map(({ length }) => length).slice(0, 2)).toEqual([1200, padded])
    await expect(declare(transfer, [one])).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
  })

  it('[gpg/made-elsewhere] may be so many that their keys take more than any other request', async () => {
    const { transfer } = await begin()
    const keys = Array.from({ length: 2000 }, () => ({ keySet: 1, pkesk: 'A'.repeat(2700) }))
    const note = { bytes: 'A'.repeat(1_000_000), signature: 'AAAA' }
    const dispatch = running.carol.api.call(sendOperations.dispatch, {
      params: { transfer },
      body: { note, keys },
    })
    await expect(dispatch).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    const files = Array.from({ length: 10_000 }, () => ({ size: 1_000_000, length: 1_000_200 }))
    expect(await refused(transfer, () => declare(transfer, files))).toBe('TOO_MANY_FILES')
  })

  it('[gpg/made-elsewhere] that change after they were read, or for which the service has another place, are not sent', async () => {
    const keyring = await begin()
    const honest = await encrypted(keyring, { text: 'first' })
    const other = await encrypted(keyring, { text: 'other' })
    let reads = 0
    const changing = { ...honest, open: () => (reads++ === 0 ? honest : other).open() }
    const act = sendEncrypted(effectsOf(running), await sending(keyring, [changing]))
    await expect(act).rejects.toMatchObject({ name: 'FileChanged' })
    expect(await stateOf(running, keyring.transfer)).toBe('uploading')

    const again = await begin()
    const { app, carol } = running
    const told = lie(sendOperations.declareFiles, ({ uploads }) => ({
      uploads: uploads.map((upload) => ({ ...upload, length: upload.length + 1 })),
    }))
    const truth: typeof fetch = (url, init) => fetch(url, init)
    const api = createApi({
      ...{ url: app.url, token: carol.token, newId: randomId, client: 'cli' },
      fetch: lyingServer({ truth, lies: [told] }),
    })
    const file = await encrypted(again, { text: 'first' })
    const lied = sendEncrypted({ ...effectsOf(running), api }, await sending(again, [file]))
    await expect(lied).rejects.toMatchObject({ code: 'TRUST_UPLOAD' })
    expect(await stateOf(running, again.transfer)).toBe('draft')
  })

  it('[gpg/made-elsewhere] of version 2, or for another key than today’s scan certificate, are not sent', async () => {
    const keyring = await begin()
    const { scan } = await begin()
    const file = await encrypted({ ...keyring, scan }, { text: 'first' })
    const act = sendEncrypted(effectsOf(running), await sending(keyring, [file]))
    await expect(act).rejects.toMatchObject({
      code: 'NOT_ENCRYPTED_TO_RECIPIENTS',
      message: expect.stringContaining('for one transfer and one day'),
    })
    const newer = await encrypted(keyring, { text: 'first', profile: 'v2-gcm' })
    const sent = sendEncrypted(effectsOf(running), await sending(keyring, [newer]))
    await expect(sent).rejects.toMatchObject({
      code: 'ENVELOPE_MALFORMED',
      message: expect.stringContaining('expected version'),
    })
    expect(await stateOf(running, keyring.transfer)).toBe('draft')
  })

  it('[gpg/made-elsewhere] [scan/lost-key] are wrapped again, each key set for itself, when their scan key is lost', async () => {
    const keyring = await begin()
    const { transfer } = keyring
    const files = [await encrypted(keyring, { text: 'first' }), await encrypted(keyring, { text: 'second' })]
    await sendEncrypted(effectsOf(running), await sending(keyring, files))
    const owner = running.database.as.owner.database
    const entries = await entriesOf(owner, () => loseScanKey(running, transfer))
    const read = async () => {
      const view = await running.carol.api.call(viewOperations.view, { params: { transfer } })
      const agreement = await agreementFor(running, running.carol)
      return { view, note: await verifyNote({ agreement, transfer, document: view.note!, now: now() }) }
    }
    const before = await read()
    expect(before.view.ownKeys.map(({ keySet }) => keySet)).toEqual([0, 1, 2])
    await rescanTransfer(effectsOf(running), { sender: await senderOf(running), ...before, entries, seen: null })
    const { note } = (await read()).note
    expect(note.files).toEqual(before.note.note.files)
    expect(note).toMatchObject({ profile: 'v1-cfb', profileFor: [] })
    const scanOf = (sets: typeof note.keySets) => sets.map(({ id, scan }) => [id, scan.fingerprint])
    const [first] = before.note.note.keySets
    expect(new Set(scanOf(note.keySets).map(([, scan]) => scan)).size).toBe(1)
    expect(note.keySets.map(({ id }) => id)).toEqual([0, 1, 2])
    expect(note.keySets[0]!.scan.fingerprint).not.toBe(first!.scan.fingerprint)

    expect(await judge(running, { transfer, verdict: 'clean' })).toBe('released')
    await prove(running, running.olu)
    const agreement = await agreementFor(running, running.olu)
    const folder = await mkdtemp(join(tmpdir(), 'safehand-declared-'))
    await collectAndOpen({
      ...{ api: running.olu.api, transfer, primitives: openpgpPrimitives },
      look: await lookUnder(agreement, { api: running.olu.api, transfer }),
      person: ownPerson(agreement, running.olu.person.account)!,
      key: unlockedKey(running.olu.person.key.privateKey),
      sink: folderSink(folder),
    })
    expect(await readFile(join(folder, 'first.txt'), 'utf8')).toBe('first')
    expect(await readFile(join(folder, 'second.txt'), 'utf8')).toBe('second')
    await rm(folder, { recursive: true })
  })
})
