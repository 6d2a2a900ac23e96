// Draft: asks the service before a byte is encrypted. The manifest's size is told at once: every id and digest in it has
// a fixed width, so it is known before they are.
import { sendOperations } from '#contract/transfers/send.ts'
import { encodeContents } from '#domain/transfers/documents/contents.ts'
import { addDays, isAhead } from '#domain/time.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import type { Manifest } from '#domain/transfers/documents/manifest.ts'
import {
  type Bytes,
  type FileId,
  type Instant,
  manifestFileId,
  type Origin,
  type Sha256Hex,
  type TransferId,
} from '#domain/values.ts'
import { fileTypesOf } from './file-types.ts'
import type { Beginning, SendEffects, Sending, SendRequest, SendTerms } from './sending.ts'
import { abandonTransfer } from './abandon.ts'
import type { ReplyOf } from '../api.ts'
import type { Sender } from '../trust/sender.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

export interface Upload {
  readonly file: FileId
  /** Octets of the body. */
  readonly length: number
  readonly token: string
}

export interface Drafted {
  readonly transfer: TransferId
  /** In the order of the files, and the manifest's. */
  readonly files: readonly Upload[]
  readonly manifest: Upload
  /** As the service counted it, and as it was asked for. */
  readonly expires: Instant
}

/** Throws RefusedByServer, TrustRefused TRUST_UPLOAD and TRUST_EXPIRY. */
export async function draftTransfer(
  effects: SendEffects,
  { sender, request, profile: { profile }, draft }: Beginning,
): Promise<Drafted> {
  const { api, signal, seeFileType } = effects
  const { files, ...asked } = request
  const types = await fileTypesOf({ flow: flowOf({ sender, request }), files, seeFileType })
  const reply = await api.call(sendOperations.draft, {
    body: {
      ...bodyOf({ sender, asked }),
      profile,
      files: files.map(({ size }, index) => ({ size, ...(types && { type: types[index] }) })),
      manifest: { size: manifestSize({ sender, request, profile }) },
    },
    ...(draft && { idempotencyKey: draft.key }),
    ...(signal && { signal }),
  })
  await refuseOtherEnd(effects, { reply, request, ...(draft && { firstAskedAt: draft.firstAskedAt }) })
  const { transfer, expires, uploads } = reply
  return { transfer, expires, ...eachUpload(uploads, files.length) }
}

export function flowOf({ sender, request }: Pick<Sending, 'sender' | 'request'>) {
  return sender.agreement.agreement.flows.find(({ code }) => code === request.flow)
}

/** Of files that another program will encrypt: nothing to upload yet. Throws RefusedByServer, TrustRefused TRUST_EXPIRY. */
export async function draftWithoutFiles(
  effects: Pick<SendEffects, 'api' | 'signal' | 'now'>,
  { sender, asked }: Asking,
): Promise<Pick<Drafted, 'transfer' | 'expires'>> {
  const { api, signal } = effects
  const reply = await api.call(sendOperations.draft, {
    body: { ...bodyOf({ sender, asked }), profile: 'v1-cfb', files: [], manifest: null },
    ...(signal && { signal }),
  })
  await refuseOtherEnd(effects, { reply, request: asked })
  return reply
}

interface Counted {
  readonly reply: Pick<Reply, 'transfer' | 'createdAt' | 'expires'>
  readonly request: Pick<SendRequest, 'days'>
  /** Left out: just now. */
  readonly firstAskedAt?: Instant
}
type Reply = ReplyOf<typeof sendOperations.draft>

/**
 * The service counts, and the note is signed for what it counted: so many days after a draft that was made now, by the
 * sender's own clock. What another end was counted for is given up, before a byte is encrypted.
 */
async function refuseOtherEnd(
  { api, now }: Pick<SendEffects, 'api' | 'now'>,
  { reply: { transfer, createdAt, expires }, request: { days }, firstAskedAt = now() }: Counted,
): Promise<void> {
  const isNow = !isAhead(createdAt, now()) && !isAhead(firstAskedAt, createdAt)
  if (isNow && expires === addDays(createdAt, days)) return
  await abandonTransfer({ api }, transfer).catch(() => undefined)
  throw new TrustRefused({ code: 'TRUST_EXPIRY', saw: `${days} days from ${createdAt} until ${expires}` })
}

interface Asking {
  readonly sender: Pick<Sender, 'agreement'>
  readonly asked: Omit<SendRequest, 'files'>
}

function bodyOf({ sender, asked }: Asking) {
  return {
    ...asked,
    agreement: sender.agreement.agreement.id,
    items: [...asked.items],
    recipients: asked.recipients.map(({ recipient }) => recipient),
  }
}

/** Throws TrustRefused TRUST_UPLOAD. */
export function eachUpload(uploads: readonly Upload[], files: number): Pick<Drafted, 'files' | 'manifest'> {
  refuseOtherUploads(uploads, files)
  return { files: uploads.slice(0, -1), manifest: uploads.at(-1)! }
}

/** One place for each file, and the manifest's last: two files in one place would be one file of the note. */
function refuseOtherUploads(uploads: readonly Upload[], files: number): void {
  const ids = uploads.map(({ file }) => file)
  const isWhole = uploads.length === files + 1 && ids.at(-1) === manifestFileId && new Set(ids).size === ids.length
  if (!isWhole) throw new TrustRefused({ code: 'TRUST_UPLOAD', saw: `${files} files at ${ids.join(', ')}` })
}

const zeroId = '0'.repeat(32)
const zeroDigest = '0'.repeat(64) as Sha256Hex

export function manifestSize(contents: Omit<ManifestContents, 'transfer' | 'files'>): number {
  const { request, profile } = contents
  const files = request.files.map(({ name, mediaType, size }) => ({
    id: zeroId as FileId,
    name,
    mediaType,
    size,
    plaintextDigest: zeroDigest,
    bodyDigest: zeroDigest,
    ...(profile === 'v1-cfb' && { sha256: zeroDigest }),
  }))
  return encodeManifest({ ...contents, transfer: zeroId as TransferId, files }).length
}

export interface ManifestContents {
  readonly sender: Sender
  readonly request: SendTerms
  readonly profile: Profile
  readonly transfer: TransferId
  readonly files: Manifest['files']
}

export function encodeManifest({ sender, request, profile, transfer, files }: ManifestContents): Bytes {
  const { agreement, person } = sender
  return encodeContents(profile, {
    type: 'safehand.manifest/1',
    origin: agreement.agreement.origin satisfies Origin,
    transfer,
    sender: { account: person.account, fingerprint: person.certificate },
    recipients: request.recipients.map(({ recipient }) => recipient),
    caseReference: request.caseReference,
    files,
  })
}
