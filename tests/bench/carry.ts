// Upload and download through the real server and its file store, beside a bare server on the same disk
// (ARCHITECTURE.md#measures). The body is a real one, made before the clock starts; drafts, tokens, walking, digests,
// rows and log entries are ours to pay for. Both servers are processes of their own and get the same requests: 8 MiB at
// a time, one after another.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApi } from '#client/api.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { uploadMetadataKey, uploadScheme, uploadsPath } from '#contract/uploads.ts'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, TransferId } from '#domain/values.ts'
import { encodeBody } from '#openpgp/body-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { randomId } from '#platform/crypto.ts'
import type { Member } from '../fixtures/cast.ts'
import { type RunningProcess, startProcess } from '../fixtures/process.ts'
import { type Comparison, compare } from './compare.ts'
import type { Site } from './site.ts'
import { sendAndCollect } from './transfer-memory.ts'
import { metered } from './usage.ts'
import { openWire, type Wire } from './wire.ts'

const mebibyte = 1024 * 1024

export interface Measuring {
  readonly site: Site
  readonly mib: number
  readonly rounds: number
}

export interface Servers {
  readonly wire: Wire
  readonly bare: RunningProcess
  readonly bareUrl: string
}

export async function benchUpload(measuring: Measuring): Promise<Comparison> {
  const { site, mib, rounds } = measuring
  const parts = await makeBody(mib)
  const server = site.installation.processes.server
  return withServers(measuring, ({ wire, bare, bareUrl }) =>
    compare({
      mib,
      rounds,
      ours: () => metered(server, () => uploadOurs({ site, wire, mib, parts })),
      reference: () => metered(bare, () => uploadBare({ wire, url: `${bareUrl}/${randomId()}`, parts })),
    }),
  )
}

export async function benchDownload(measuring: Measuring): Promise<Comparison> {
  const { site, mib, rounds } = measuring
  const { transfer } = await sendAndCollect(site, { mib })
  const reader = await memberApi(site, site.cast.police.first)
  const [file] = (await reader.api.call(viewOperations.view, { params: { transfer: transfer as TransferId } })).files
  if (!file) throw new Error('the transfer has a file')
  const url = `${site.installation.url}/api${pathOf(transfer, file.id)}`
  const server = site.installation.processes.server
  return withServers(measuring, async ({ wire, bare, bareUrl }) => {
    await uploadBare({ wire, url: `${bareUrl}/download`, parts: await makeBody(mib) })
    return compare({
      mib,
      rounds,
      ours: () => metered(server, () => download(wire, { url, headers: reader.headers, atLeast: mib * mebibyte })),
      reference: () => metered(bare, () => download(wire, { url: `${bareUrl}/download`, atLeast: mib * mebibyte })),
    })
  })
}

export async function withServers<T>(
  { site }: Pick<Measuring, 'site'>,
  work: (servers: Servers) => Promise<T>,
): Promise<T> {
  const folder = join(site.folder, 'bare')
  const bare = await startProcess({ script: 'tests/bench/bare-server.ts', argv: [folder], settings: {} })
  const wire = openWire()
  try {
    return await work({ wire, bare, bareUrl: String(bare.ready.listening) })
  } finally {
    wire.close()
    await bare.stop()
  }
}

/** A whole body of `mib` MiB of plaintext, cut as a client cuts it. */
async function makeBody(mib: number): Promise<Uint8Array[]> {
  const piece = randomBytes(mebibyte)
  const source = async function* () {
    for (let made = 0; made < mib; made += 1) yield piece
  }
  const body = encodeBody({
    sessionKey: asSessionKey(randomBytes(32)),
    salt: randomBytes(32),
    length: mib * mebibyte,
    source: source(),
  })
  const pieces: Uint8Array[] = []
  for await (const one of body) pieces.push(one)
  const whole = Buffer.concat(pieces)
  const parts: Uint8Array[] = []
  for (let at = 0; at < whole.length; at += partSize) parts.push(whole.subarray(at, at + partSize))
  return parts
}

async function uploadOurs(of: { site: Site; wire: Wire; mib: number; parts: readonly Uint8Array[] }): Promise<void> {
  const { site, wire, parts } = of
  const upload = await draft(site, of.mib * mebibyte)
  const headers = { 'tus-resumable': '1.0.0', authorization: `${uploadScheme} ${upload.token}` }
  const metadata = `${uploadMetadataKey} ${Buffer.from(upload.file).toString('base64')}`
  const { url } = site.installation
  const created = await wire.request({
    method: 'POST',
    url: `${url}${uploadsPath}`,
    headers: { ...headers, 'upload-length': String(upload.length), 'upload-metadata': metadata },
  })
  const place = new URL(String(created.headers.location), `${url}${uploadsPath}/`).href
  let offset = 0
  for (const body of parts) {
    const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) }
    const { headers: said } = await wire.request({
      method: 'PATCH',
      url: place,
      headers: { ...headers, ...type },
      body,
    })
    offset += body.length
    if (Number(said['upload-offset']) !== offset) throw new Error('the server kept less than it was sent')
  }
}

async function draft(site: Site, size: number) {
  const { cast } = site
  const { api } = await memberApi(site, cast.council.caseworker)
  const account = await accountOf(cast.police.first)
  const { uploads } = await api.call(sendOperations.draft, {
    body: {
      agreement: cast.agreement,
      flow: 'council-to-police',
      purpose: 'SAFEGUARD_CHILD',
      items: ['INCIDENT_SUMMARY'],
      marking: 'OFFICIAL',
      handlingInstruction: null,
      recipients: [{ kind: 'person', organisation: cast.organisations.police, account }],
      days: 7,
      caseReference: null,
      files: [{ size }],
      manifest: { size: 1000 },
    },
  })
  const [upload] = uploads
  if (!upload) throw new Error('a draft has uploads')
  return upload
}

async function uploadBare(of: { wire: Wire; url: string; parts: readonly Uint8Array[] }): Promise<void> {
  for (const [index, body] of of.parts.entries()) {
    await of.wire.request({ method: 'PUT', url: `${of.url}?part=${index + 1}`, body })
  }
}

interface Downloading {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly atLeast: number
}

async function download(wire: Wire, { url, headers = {}, atLeast }: Downloading): Promise<void> {
  const { received } = await wire.request({ method: 'GET', url, headers })
  if (received < atLeast) throw new Error('the file came short')
}

function pathOf(transfer: string, file: FileId): string {
  return collectOperations.fetch.path.replace(':transfer', transfer).replace(':file', file)
}

async function memberApi({ installation: { url } }: Site, member: Member) {
  const { token } = await readHome(member, 'token.json')
  const api = createApi({ url, fetch, token: String(token), newId: randomId, client: 'cli' })
  return { api, headers: { authorization: `Bearer ${token}`, 'safehand-client': 'cli' } }
}

async function accountOf(member: Member) {
  const { account } = await readHome(member, 'settings.json')
  return account as never
}

async function readHome({ home }: Member, name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(home, name), 'utf8'))
}
