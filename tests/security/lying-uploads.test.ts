// Uploads whose server lies (ARCHITECTURE.md#salt): one session key opens all files of a transfer, so a server that
// makes a client use a salt twice for other bytes breaks the encryption of both. Salt, key and bytes are the client's
// own; a place or an offset made up gets nothing.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { draftTransfer } from '#client/send/draft.ts'
import { encryptAndUpload } from '#client/send/encrypt-and-upload.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import type { SendEffects, SendRequest } from '#client/send/sending.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { verifyAgreement } from '#client/trust/verify-agreement.ts'
import type { AttemptEntry } from '#domain/transfers/send-journal.ts'
import { addDays } from '#domain/time.ts'
import { manifestFileId, type FileId, type TransferId } from '#domain/values.ts'
import { bodyLength } from '#openpgp/body-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { seeFileType } from '#platform/file-type.ts'
import { idleTimer } from '#client/idle-timeout.ts'
import { anchorOf, holderOf, makeWorld, newId } from '../fixtures/documents.ts'
import { type LyingUploads, startLyingUploads } from '../fixtures/lying-uploads.ts'
import { fileOf } from '../fixtures/transfer-app.ts'

const world = await makeWorld()
const part = 8_388_608
const size = part + 600_000
const file = fileOf(new Uint8Array(size).fill(65))
const upload = { file: newId<FileId>(), length: bodyLength(size), token: 'T'.repeat(43) }
const transfer = newId<TransferId>()
const profile = 'v2-gcm'
const sessionKey = asSessionKey(new Uint8Array(32).fill(7))
const refused = (saw: unknown) => ({ code: 'TRUST_UPLOAD', saw })

let server: LyingUploads | undefined
let journal: AttemptEntry[] = []
afterEach(async () => {
  await server?.stop()
  journal = []
})

function effects(reply: unknown = null): SendEffects {
  const url = server?.url ?? 'https://safehand.invalid'
  const fetch = async () => Response.json(reply)
  return {
    api: createApi({ url, fetch, newId, client: 'cli' }),
    url,
    now: () => world.at,
    random: (octets) => Uint8Array.from(randomBytes(octets)),
    primitives: openpgpPrimitives,
    journal: async (entry) => {
      if (entry.entry === 'attempt') journal.push(entry)
    },
    sleep: async () => undefined,
    seeFileType,
    idleTimer: idleTimer(60),
  }
}

async function uploadTo(offset: (have: number) => number) {
  server = await startLyingUploads(offset)
  return encryptAndUpload(effects(), { transfer, upload, file, sessionKey, profile })
}

/** Of every position, all bytes that ever left for it. */
function bytesNeverDiffer(): boolean {
  const first = new Map<number, Buffer>()
  return server!.pieces.every(({ offset, bytes }) => {
    const before = first.get(offset) ?? bytes
    first.set(offset, bytes)
    return before.equals(bytes)
  })
}

it('[send/lying-uploads] an offset ahead of what was sent gets no bytes', async () => {
  await expect(uploadTo((have) => have + 1000)).rejects.toMatchObject(
    refused(expect.stringMatching(/are gone|other than/)),
  )
  expect(server!.pieces).toHaveLength(1)
})

it('[send/lying-uploads] an offset behind gets the very same bytes, and not for ever', async () => {
  await expect(uploadTo(() => 0)).rejects.toMatchObject(refused(`a wish for bytes 0 to ${part}, again and again`))
  expect(server!.pieces).toHaveLength(20)
  expect(bytesNeverDiffer()).toBe(true)
  expect(journal).toHaveLength(1)
})

it('[network/own-address] an upload that is said to be at another host goes there with neither token nor bytes', async () => {
  const other = await startLyingUploads((have) => have)
  try {
    server = await startLyingUploads((have) => have, `${other.url}/uploads/elsewhere`)
    await encryptAndUpload(effects(), { transfer, upload, file, sessionKey, profile })
    expect(other.pieces).toEqual([])
    expect(server.pieces).toHaveLength(2)
  } finally {
    await other.stop()
  }
})

it.each(['endless', 'broken'] as const)(
  '[network/in-between] an answer to an upload that is %s is given up',
  async (answer) => {
    server = await startLyingUploads((have) => have, undefined, answer)
    const stop = new AbortController()
    const tries = () => server!.pieces.length
    const sent = encryptAndUpload(
      { ...effects(), signal: stop.signal },
      { transfer, upload, file, sessionKey, profile },
    )
    const ended = sent.catch((error: unknown) => error)
    // The next try begins only once the first answer was given up.
    while (tries() < 2) await sleep(20)
    stop.abort(new Error('enough'))
    expect(await ended).toMatchObject({ message: 'enough' })
  },
)

it('[send/lying-uploads] an offset within a part gets nothing', async () => {
  await expect(uploadTo((have) => have - 5)).rejects.toMatchObject(
    refused(`a wish for bytes from ${part - 5}, which are gone`),
  )
  expect(server!.pieces).toHaveLength(1)
})

it('[send/lying-uploads] an offset at the end too early is no upload that is signed for', async () => {
  await expect(uploadTo(() => upload.length)).rejects.toMatchObject(refused('an end before the end'))
})

it('[send/lying-uploads] the salt of each attempt is drawn here, whatever the server says of salts', async () => {
  server = await startLyingUploads((have) => have)
  for (const _ of [1, 2]) {
    server.pieces.length = 0
    await encryptAndUpload(effects(), { transfer, upload, file, sessionKey, profile })
    expect(server.pieces[0]!.bytes.subarray(0, 100).toHex()).toContain(journal.at(-1)!.salt)
  }
  expect(journal[0]!.salt).not.toBe(journal[1]!.salt)
  expect(journal.map(({ keyDigest, file: id }) => [keyDigest, id])).toEqual(
    journal.map(() => [journal[0]!.keyDigest, upload.file]),
  )
})

it('[send/lying-uploads] one place for two files, a place too few or another length is refused before a byte leaves', async () => {
  const agreement = await verifyAgreement(anchorOf(world.council), world.documents, world.at)
  const carol = holderOf(world.council, 'caseworker')
  const sender = { agreement, person: ownPerson(agreement, carol.account)!, key: unlockedKey(carol.key.privateKey) }
  const request: SendRequest = {
    flow: 'council-to-police',
    purpose: 'CRIME_PREVENT_DETECT',
    items: ['INCIDENT_SUMMARY'],
    marking: 'OFFICIAL',
    handlingInstruction: null,
    caseReference: null,
    days: 7,
    recipients: [agreement.resolveRecipient('olu@police.example', world.police.id)!],
    files: [fileOf(new Uint8Array(5)), fileOf(new Uint8Array(9))],
  }
  const place = (id: string) => ({ file: id, length: 100, token: 'T'.repeat(43) })
  const [one, other] = [newId(), newId()]
  const drafted = (ids: readonly string[]) =>
    draftTransfer(effects({ transfer, uploads: ids.map(place), createdAt: world.at, expires: addDays(world.at, 7) }), {
      ...{ sender, request, profile: { profile, because: { code: 'every-key-lists-aes256-gcm' } } },
    })
  for (const ids of [
    [one, one, manifestFileId],
    [one, manifestFileId],
    [one, other],
    [manifestFileId, one, other],
  ]) {
    await expect(drafted(ids)).rejects.toMatchObject(refused(`2 files at ${ids.join(', ')}`))
  }
  const { files } = await drafted([one, other, manifestFileId])
  const wrong = encryptAndUpload(effects(), {
    transfer,
    upload: files[0]!,
    file: request.files[0]!,
    sessionKey,
    profile,
  })
  await expect(wrong).rejects.toMatchObject(refused(`file ${one} of 100 octets`))
  expect(journal).toEqual([])
})
