// Nonce reuse (ARCHITECTURE.md#salt): one session key and one salt must never meet two contents, or GCM breaks for both
// and CFB shows where they differ. Every byte that leaves is kept over two runs of a client, with the file changed
// between them in ways that its size and date do not tell.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { unfinishedIn } from '#client/send/journal.ts'
import type { OutgoingFile } from '#client/send/sending.ts'
import { resumeTransfer } from '#client/send/resume.ts'
import { sendTransfer } from '#client/send/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { AttemptEntry, JournalEntry } from '#domain/transfers/send-journal.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { digestParts, plaintextDigest } from '#openpgp/digests.ts'
import type { Profile } from '#openpgp/profile.ts'
import { type Attempt, type BadNetwork, isOneBody, startBadNetwork } from '../fixtures/bad-network.ts'
import { inPieces } from '../fixtures/streams.ts'
import { effectsOf, senderOf, sendingOf, startTransferApp, type TransferApp } from '../fixtures/transfer-app.ts'

const part = 8_388_608
const size = 2 * part + 3_000_000

let running: TransferApp
let network: BadNetwork

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  network = await startBadNetwork(running.app.url)
})
afterAll(async () => {
  await network?.stop()
  await running?.stop()
})

/** One file whose bytes change while its name, size and date stay. */
function changingFile() {
  const state = { bytes: new Uint8Array(randomBytes(size)) }
  const file: OutgoingFile = {
    name: 'report.csv',
    mediaType: 'text/csv',
    size,
    modified: '2026-11-20T10:00:00Z' as Instant,
    open: () => inPieces(state.bytes, 500_000),
  }
  const change = (at: number) => {
    state.bytes = state.bytes.slice()
    state.bytes[at]! ^= 1
  }
  const digest = async () => (await plaintextDigest(await digestParts(inPieces(state.bytes, 500_000)))) as Sha256Hex
  return { file, change, digest }
}

/** Sends until so many octets have left, ends there, changes the file at a place, and goes on. */
async function sendChangeResume(of: { readonly profile: Profile; readonly end: number; readonly changeAt: number }) {
  const before = network.attempts.length
  const journal: JournalEntry[] = []
  const stop = new AbortController()
  const effects = {
    ...effectsOf(running),
    url: network.url,
    journal: async (entry: JournalEntry) => void journal.push(entry),
  }
  const { file, change, digest } = changingFile()
  const sending = await sendingOf(running, [file])
  const fingerprints = [sending.sender.person.certificate]
  const profile =
    of.profile === 'v1-cfb'
      ? ({ profile: 'v1-cfb', because: { code: 'keys-without-aes256-gcm', fingerprints } } as const)
      : sending.profile
  network.after(of.end, () => stop.abort(new Error('killed')))
  const first = sendTransfer({ ...effects, signal: stop.signal }, { ...sending, profile: { ...profile } as never })
  await expect(first).rejects.toThrow('killed')
  change(of.changeAt)
  const unfinished = unfinishedIn(journal)!
  const sender = await senderOf(running)
  const view = await running.carol.api.call(viewOperations.view, {
    params: { transfer: unfinished.begun.transfer },
  })
  await resumeTransfer(effects, { unfinished, sender, unwrapping: sender.key, files: [file], view })
  const upload = `${unfinished.begun.transfer}-${unfinished.begun.files[0]!.upload.file}`
  const attempts = network.attempts.slice(before).filter((one) => one.upload === upload)
  const salts = journal
    .filter((one): one is AttemptEntry => one.entry === 'attempt' && upload.endsWith(one.file))
    .map(({ salt }) => salt)
  const arrived = journal.find((one) => one.entry === 'arrived' && upload.endsWith(one.file))
  expect(arrived).toMatchObject({ body: { plaintextDigest: await digest() } })
  return { attempts, salts }
}

/** What a body begins with: its salt, in plain or as the first ciphertext that comes of it. */
const headOf = ({ pieces }: Attempt) =>
  pieces
    .find(({ offset }) => offset === 0)!
    .bytes.subarray(0, 60)
    .toHex()

describe.each(['v2-gcm', 'v1-cfb'] as const)(
  'a file of %s that changed while its transfer was broken off',
  (profile) => {
    it('[send/no-nonce-twice] where it had left already is encrypted under another salt, from its start', async () => {
      const { attempts, salts } = await sendChangeResume({ profile, end: part + 2_000_000, changeAt: part + 100 })
      expect(attempts).toHaveLength(2)
      expect(new Set(salts).size).toBe(2)
      expect(new Set(attempts.map(headOf)).size).toBe(2)
      expect(attempts.map(isOneBody)).toEqual([true, true])
    })

    it('[send/no-nonce-twice] where nothing had left yet goes on under its salt, and no position has two bytes', async () => {
      const { attempts, salts } = await sendChangeResume({ profile, end: 2_000_000, changeAt: size - 100 })
      expect(attempts).toHaveLength(1)
      expect(salts).toHaveLength(1)
      expect(attempts.map(isOneBody)).toEqual([true])
    })
  },
)
