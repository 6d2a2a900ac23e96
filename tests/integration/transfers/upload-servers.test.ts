// Uploads where servers end in the middle of a part, and where two of them are asked at once: one of them a process of its
// own that is killed, the other in this one, over one database and one store.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Drafted, draftTransfer } from '#client/send/draft.ts'
import { encryptAndUpload } from '#client/send/encrypt-and-upload.ts'
import { bodyLength, encodeBody } from '#openpgp/body-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { testOrigin } from '../../fixtures/app.ts'
import { type BadNetwork, isOneBody, startBadNetwork } from '../../fixtures/bad-network.ts'
import { until } from '../../fixtures/cast.ts'
import { publicKeysOf } from '../../fixtures/documents.ts'
import { type RunningProcess, startProcess } from '../../fixtures/process.ts'
import { collect, inPieces } from '../../fixtures/streams.ts'
import { effectsOf, fileOf, sendingOf, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const part = 8_388_608
const size = part + 4_000_000

let running: TransferApp
let folder: string
let other: RunningProcess
let network: BadNetwork

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  folder = await mkdtemp(join(tmpdir(), 'safehand-other-'))
  const { secrets } = running.app
  for (const [name, secret] of Object.entries(secrets)) await writeFile(join(folder, `${name}.key`), secret)
  const publicKeys = { origin: testOrigin, ...publicKeysOf(running.world.service) }
  await writeFile(join(folder, 'public.json'), JSON.stringify(publicKeys))
  other = await startOther(0)
  network = await startBadNetwork(String(other.ready.listening))
})
afterAll(async () => {
  await network?.stop()
  await other?.kill()
  await running?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

function startOther(port: number): Promise<RunningProcess> {
  return startProcess({
    script: 'server/main.ts',
    settings: {
      DATABASE_URL: running.database.urls.server,
      SAFEHAND_ORIGIN: testOrigin,
      SAFEHAND_PORT: String(port),
      SAFEHAND_OBJECTS: running.directory,
      SAFEHAND_SECRETS: folder,
      SAFEHAND_PUBLIC_KEYS: join(folder, 'public.json'),
      SAFEHAND_LOG_LATE_SECONDS: '3600',
      SAFEHAND_MODE: 'demo',
    },
  })
}

const owner = () => running.database.as.owner.database
const draft = async (octets: number): Promise<Drafted> =>
  draftTransfer(effectsOf(running), await sendingOf(running, [fileOf(new Uint8Array(octets))]))

/** As when so much time has passed. */
const endLeases = () =>
  owner()
    .updateTable('upload')
    .set({ lease_until: '2020-01-01T00:00:00Z' as never })
    .where('lease_until', 'is not', null)
    .execute()

interface Asked {
  readonly drafted: Drafted
  readonly method: string
  readonly offset?: number
  readonly body?: Uint8Array | ReadableStream<Uint8Array>
}

function ask(url: string, { drafted, method, offset, body }: Asked): Promise<Response> {
  const [{ token, file, length }] = drafted.files as [Drafted['files'][0]]
  const creation = { 'Upload-Length': String(length) }
  const addition = { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }
  return fetch(`${url}/uploads${method === 'POST' ? '' : `/${drafted.transfer}-${file}`}`, {
    method,
    headers: {
      'Tus-Resumable': '1.0.0',
      Authorization: `Upload ${token}`,
      ...(method === 'POST' && creation),
      ...(body && addition),
    },
    ...(body && { body: body instanceof Uint8Array ? Uint8Array.from(body) : body, duplex: 'half' as const }),
  })
}

/** Begins, and never comes to its end. */
const stalling = (bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes),
    pull: () => new Promise(() => undefined),
  })

const leases = async ({ transfer }: Drafted) =>
  (
    await owner()
      .selectFrom('upload')
      .select('file')
      .where('transfer', '=', transfer)
      .where('lease_holder', 'is not', null)
      .execute()
  ).length

const bodyOf = (octets: number, salt: number) =>
  collect(
    encodeBody({
      sessionKey: asSessionKey(new Uint8Array(32).fill(7)),
      salt: new Uint8Array(32).fill(salt),
      length: octets,
      source: inPieces(new Uint8Array(octets), 65_536),
    }),
  )

it('[send/two-servers] a server that is killed within a part loses that part alone, and its client goes on by itself', async () => {
  const drafted = await draft(size)
  const upload = drafted.files[0]!
  network.after(part + 1_000_000, () => {
    void other.kill().then(async () => {
      other = await startOther(Number(new URL(String(other.ready.listening)).port))
      await endLeases()
    })
  })
  const { bodyDigest } = await encryptAndUpload(
    { ...effectsOf(running), url: network.url },
    {
      transfer: drafted.transfer,
      upload,
      file: fileOf(new Uint8Array(size)),
      sessionKey: asSessionKey(new Uint8Array(32).fill(9)),
      profile: 'v2-gcm',
    },
  )
  const row = owner().selectFrom('transfer_file').select('body_digest').where('file', '=', upload.file)
  expect(await row.executeTakeFirst()).toEqual({ body_digest: bodyDigest })
  expect(network.attempts.map(isOneBody)).toEqual([true])
})

it('[send/two-servers] the lease of a dead server keeps others away until it ends, and the durable offset is all they are told', async () => {
  const drafted = await draft(size)
  const body = await bodyOf(size, 1)
  const url = String(other.ready.listening)
  expect((await ask(url, { drafted, method: 'POST' })).status).toBe(201)
  expect((await ask(url, { drafted, method: 'PATCH', offset: 0, body: body.subarray(0, part) })).status).toBe(204)
  const cut = ask(url, { drafted, method: 'PATCH', offset: part, body: stalling(body.subarray(part, part + 1000)) })
  cut.catch(() => undefined)
  await until('the second part has its lease', async () => (await leases(drafted)) === 1)
  await other.kill()
  await expect(cut).rejects.toThrow()
  const busy = await ask(running.app.url, { drafted, method: 'HEAD' })
  expect(busy.status).toBe(423)
  await endLeases()
  const head = await ask(running.app.url, { drafted, method: 'HEAD' })
  expect([head.status, head.headers.get('upload-offset')]).toEqual([200, String(part)])
  const rest = { drafted, method: 'PATCH', offset: part, body: body.subarray(part) }
  expect((await ask(running.app.url, rest)).status).toBe(204)
  other = await startOther(Number(new URL(url).port))
})

it('[send/two-servers] of two who upload one file at once through two servers one is heard, and no part has bytes of both', async () => {
  const drafted = await draft(size)
  const bodies = await Promise.all([bodyOf(size, 1), bodyOf(size, 2)])
  const urls = [running.app.url, String(other.ready.listening)]
  expect((await ask(urls[0]!, { drafted, method: 'POST' })).status).toBe(201)
  const answers = await Promise.all(
    urls.map((url, index) => ask(url, { drafted, method: 'PATCH', offset: 0, body: bodies[index]!.subarray(0, part) })),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([204, 409])
  const winner = bodies[statuses.indexOf(204)]!
  const rest = { drafted, method: 'PATCH', offset: part, body: winner.subarray(part) }
  expect((await ask(urls[1]!, rest)).status).toBe(204)
})

it('[send/two-servers] a body that ends with a whole part has no part of nothing after it', async () => {
  const exact = Array.from({ length: 3000 }, (_, index) => 2 * part - index).find(
    (octets) => bodyLength(octets) === 2 * part,
  )!
  const drafted = await draft(exact)
  const before = running.journal.length
  await encryptAndUpload(effectsOf(running), {
    transfer: drafted.transfer,
    upload: drafted.files[0]!,
    file: fileOf(new Uint8Array(exact)),
    sessionKey: asSessionKey(new Uint8Array(32).fill(9)),
    profile: 'v2-gcm',
  })
  expect(running.journal.slice(before).map(({ entry }) => entry)).toEqual(['attempt', 'part', 'part', 'arrived'])
  const parts = owner().selectFrom('upload_part').select('length').where('transfer', '=', drafted.transfer)
  expect(await parts.execute()).toEqual([{ length: part }, { length: part }])
})
