// One pass over a file: hashed, encrypted, hashed again and uploaded, with flat memory (ARCHITECTURE.md#encrypt). The
// salt is drawn here and journalled before the first byte leaves; nothing about it is ever taken from the server
// (ARCHITECTURE.md#salt). What an earlier run left behind goes on under its salt only as far as the journal proves that
// the bytes are the same.
import { DetailedError, Upload as TusUpload } from 'tus-js-client'
import { problem } from '#contract/problem.ts'
import { uploadChunkBytes, uploadMetadataKey, uploadName, uploadScheme, uploadsPath } from '#contract/uploads.ts'
import { type BodyEntry, partSize } from '#domain/transfers/documents/dispatch-note.ts'
import { type Sha256Hex, sha256Hex, type TransferId } from '#domain/values.ts'
import type { Around } from '#openpgp/cfb-encoder.ts'
import { bodyDigest, PartHasher, plaintextDigest, scanCommitment } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { RunningHash } from '#openpgp/primitives.ts'
import type { Profile } from '#openpgp/profile.ts'
import { encodeProfiled, profiledLength, SALT_SIZE } from '#openpgp/profiled-body.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { ForeignAnswer, RefusedByServer, ServerUnreachable } from '../api.ts'
import type { IdleTimer } from '../idle-timeout.ts'
import { refuseInsecure } from '../own-address.ts'
import { boundedReplies } from './bounded-replies.ts'
import type { Upload } from './draft.ts'
import { FileChanged, FileUnreadable, isChanged, readFile } from './file-fault.ts'
import type { EarlierAttempt } from './journal.ts'
import type { OutgoingFile, SendEffects } from './sending.ts'
import { JournalFailed, PartSource, type PartSourceOptions } from './part-source.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

export interface EncryptedBody extends BodyEntry {
  readonly plaintextDigest: Sha256Hex
  /** Of the whole file; in `v1-cfb` alone. */
  readonly sha256?: Sha256Hex | undefined
}

export interface BodyToSend {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly file: OutgoingFile
  readonly sessionKey: SessionKey
  readonly profile: Profile
  /** Packets around the file that make it a signed message; its room is in the upload's length. */
  readonly around?: Around
  readonly progress?: (sent: number) => void
  /** The last attempt of an earlier run, as the own journal has it. */
  readonly earlier?: EarlierAttempt | null
  /** The service says that it has all of it: then it takes no other attempt. */
  readonly taken?: boolean
}

/**
 * Throws RefusedByServer, ServerUnreachable, TrustRefused TRUST_UPLOAD, FileChanged, FileUnreadable, or the signal's
 * reason.
 */
export async function encryptAndUpload(effects: SendEffects, sending: BodyToSend): Promise<EncryptedBody> {
  const { upload, file, profile, around = null, earlier = null, taken = false } = sending
  const expected = profiledLength({ profile, length: file.size, signed: around !== null })
  if (expected !== upload.length) {
    throw new TrustRefused({ code: 'TRUST_UPLOAD', saw: `file ${upload.file} of ${upload.length} octets` })
  }
  const keyDigest = sha256Hex.parse(await sha256(sending.sessionKey))
  const goingOn = earlier !== null && (taken || goesOn(earlier, { file, keyDigest }))
  try {
    return await attempt(effects, { ...sending, keyDigest, earlier: goingOn ? earlier : null })
  } catch (error) {
    if (!isChanged(error)) throw error
    if (taken || !goingOn) throw new FileChanged(file.name)
  }
  // Not what it was, which only its bytes tell, and none that differ have left: again, under another salt.
  return encryptAndUpload(effects, { ...sending, earlier: null })
}

/** The same key, and the file as it looked then. Of no part that left there is nothing to go on with. */
function goesOn(
  { entry, parts }: EarlierAttempt,
  { file, keyDigest }: { readonly file: OutgoingFile; readonly keyDigest: Sha256Hex },
): boolean {
  const { size, modified } = entry
  return parts.length > 0 && entry.keyDigest === keyDigest && size === file.size && modified === file.modified
}

interface Attempt extends BodyToSend {
  readonly keyDigest: Sha256Hex
}

/** Under the salt of `earlier`, or under a new one, which is in the journal before the first byte leaves. */
async function attempt(effects: SendEffects, sending: Attempt): Promise<EncryptedBody> {
  const { transfer, upload, file, sessionKey, profile, around = null, keyDigest, earlier = null } = sending
  const { primitives } = effects
  const salt = earlier ? Uint8Array.fromHex(earlier.entry.salt) : effects.random(SALT_SIZE[profile])
  const { size, modified } = file
  if (!earlier) {
    const used = { size, modified, keyDigest, salt: salt.toHex(), at: effects.now() }
    await effects.journal({ entry: 'attempt', transfer, file: upload.file, ...used })
  }
  const plaintext = new PartHasher()
  const whole = profile === 'v1-cfb' ? primitives.sha256() : null
  const contents = hashed(readFile(file), { parts: plaintext, whole })
  const body = encodeProfiled({ profile, sessionKey, salt, length: file.size, source: contents, around, primitives })
  const digest = await uploadBody(effects, {
    transfer,
    upload,
    body,
    progress: sending.progress,
    ...(earlier && { left: earlier.parts }),
    leaving: (part) => effects.journal({ entry: 'part', transfer, file: upload.file, ...part }),
  })
  const encrypted = {
    ...(await bodyEntry({ transfer, upload, bodyDigest: digest, sessionKey, keySet: 0 })),
    plaintextDigest: sha256Hex.parse(await plaintextDigest(await plaintext.finish())),
    ...(whole && { sha256: sha256Hex.parse((await whole.digest()).toHex()) }),
  }
  await effects.journal({ entry: 'arrived', transfer, file: upload.file, size, modified, body: encrypted })
  return encrypted
}

/** Gives the digest of what left. Throws as `encryptAndUpload` does. */
export async function uploadBody(
  effects: Pick<SendEffects, 'url' | 'signal' | 'idleTimer'>,
  { transfer, upload, body, progress, left, leaving }: UploadOfBody,
): Promise<Sha256Hex> {
  const parts = { ...(left && { left }), ...(leaving && { leaving }) }
  const source = new PartSource({ body, size: upload.length, partSize, ...parts })
  try {
    await send(effects, { transfer, upload, source, progress, goOn: left !== undefined })
    await source.finish()
  } finally {
    source.close()
  }
  return sha256Hex.parse(await bodyDigest({ length: upload.length, partSize, parts: source.digests }))
}

interface UploadOfBody extends Pick<PartSourceOptions, 'left' | 'leaving'> {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly body: AsyncIterable<Uint8Array>
  readonly progress?: ((sent: number) => void) | undefined
}

/** As the note has it. */
export async function bodyEntry({ transfer, upload, bodyDigest, sessionKey, keySet }: Uploaded): Promise<BodyEntry> {
  const { file: id, length } = upload
  const commitment = sha256Hex.parse(await scanCommitment({ sessionKey, transfer, file: id, bodyDigest }))
  return { id, length, bodyDigest, partSize, commitment, keySet }
}

interface Uploaded {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly bodyDigest: Sha256Hex
  readonly sessionKey: SessionKey
  readonly keySet: number
}

export interface Hashers {
  readonly parts: PartHasher
  readonly whole: RunningHash | null
}

export async function* hashed(
  source: AsyncIterable<Uint8Array>,
  { parts, whole }: Hashers,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    await parts.push(piece)
    whole?.update(piece)
    yield piece
  }
}

interface Sending {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly source: PartSource
  readonly progress: ((sent: number) => void) | undefined
  /** With what the service has of an earlier run; else from the start. */
  readonly goOn: boolean
}

/** Failures of the network are tried again for about a minute; a refusal is not. */
const retryDelays = [500, 1000, 3000, 5000, 10_000, 15_000, 25_000]

async function send(
  { url, signal, idleTimer }: Pick<SendEffects, 'url' | 'signal' | 'idleTimer'>,
  { transfer, upload, source, progress, goOn }: Sending,
): Promise<void> {
  signal?.throwIfAborted()
  refuseInsecure(url)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let idle: IdleTimer | undefined
  const uploadUrl = `${url}${uploadsPath}/${uploadName({ transfer, file: upload.file })}`
  // The declared type knows browsers' and Node's own sources only; with a reader of ours it is whatever that reads.
  const tus: TusUpload = new TusUpload(source as never, {
    endpoint: goOn ? null : `${url}${uploadsPath}`,
    ...(goOn && { uploadUrl }),
    // Where it is was known before: no other address that an answer names gets the token, or a part. Begun once: what a service in trouble answers later must not make it begin again, and throw away what it has.
    onUploadUrlAvailable: () => {
      tus.url = uploadUrl
      tus.options.endpoint = null
    },
    headers: { Authorization: `${uploadScheme} ${upload.token}` },
    metadata: { [uploadMetadataKey]: upload.file },
    uploadSize: upload.length,
    chunkSize: uploadChunkBytes,
    retryDelays,
    storeFingerprintForResuming: false,
    httpStack: boundedReplies(),
    fileReader: { openFile: async () => source },
    onShouldRetry: ({ originalResponse, causingError }) =>
      !(causingError && isOurs(causingError)) && mayRetry(originalResponse?.getStatus() ?? null),
    onBeforeRequest: (request) => {
      idle?.stop()
      // Broken off, it is a failure of the network, which is tried again.
      idle = idleTimer(() => void request.abort())
    },
    onAfterResponse: () => idle?.stop(),
    onProgress: (sent) => {
      idle?.stir()
      progress?.(sent)
    },
    onSuccess: () => resolve(),
    onError: (error) => reject(explain(error)),
  })
  const abort = () => {
    void tus.abort()
    reject(signal?.reason)
  }
  signal?.addEventListener('abort', abort, { once: true })
  tus.start()
  try {
    await promise
  } finally {
    idle?.stop()
    signal?.removeEventListener('abort', abort)
  }
}

/** No answer, a server in trouble, or a lease that is still held: nothing was decided. */
function mayRetry(status: number | null): boolean {
  return status === null || status === 0 || status === 409 || status === 423 || status >= 500
}

function explain(error: Error): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null
  if (!response) return error instanceof DetailedError && error.causingError ? fromCause(error.causingError) : error
  const said = problem.safeParse(parseJson(response.getBody()))
  return said.success
    ? new RefusedByServer(said.data)
    : new ForeignAnswer({ status: response.getStatus(), type: response.getHeader('Content-Type') ?? '' })
}

/** What the file or the encoder threw is the reason itself; anything else is the network. */
function fromCause(cause: Error): Error {
  return isOurs(cause) ? cause : new ServerUnreachable('the upload broke off', { cause })
}

function isOurs(cause: Error): boolean {
  const ours = [EnvelopeError, FileUnreadable, RangeError, TrustRefused, JournalFailed]
  return ours.some((kind) => cause instanceof kind)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
