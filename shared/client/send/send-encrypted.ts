// Files that another program encrypted (ARCHITECTURE.md#encrypted-elsewhere): a draft gives the keys, the scan
// certificate among them; then each file's head is compared with exactly those keys and split off, and its body
// uploaded as it is. The sender is one of its readers, so that the client opens it once: what it signs, it has read.
// The manifest is encrypted here, as always.
import { sendOperations } from '#contract/transfers/send.ts'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import { type Instant, type Sha256Hex, sha256Hex, type TransferId } from '#domain/values.ts'
import { concat } from '#openpgp/bytes.ts'
import { bodyDigest, PartHasher, plaintextDigest } from '#openpgp/digests.ts'
import { EnvelopeError, malformed } from '#openpgp/envelope-error.ts'
import { checkRecipients, isFor, type Pkesk, readHead } from '#openpgp/head.ts'
import { madeElsewhere } from '#openpgp/profile.ts'
import { decodeProfiled } from '#openpgp/profiled-body.ts'
import { asSessionKey, type SessionKey } from '#openpgp/session-key.ts'
import {
  type DispatchEffects,
  dispatchTransfer,
  type TrustedScanCertificate,
  trustedScanCertificate,
} from './dispatch.ts'
import { draftWithoutFiles, eachUpload, flowOf, manifestSize, type Upload } from './draft.ts'
import { bodyEntry, type EncryptedBody, hashed, uploadBody } from './encrypt-and-upload.ts'
import type { Ends } from '#domain/scanning/recognise.ts'
import { endsOf, typeIn } from './file-types.ts'
import { FileChanged, isChanged, readFile } from './file-fault.ts'
import { FileRefused } from './file-refused.ts'
import { type OutgoingFile, readersOf, type SendEffects, type SendRequest, type SendTerms } from './sending.ts'
import type { Sender } from '../trust/sender.ts'
import { type Sent, uploadManifest } from './send.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface Keyring {
  readonly transfer: TransferId
  readonly expires: Instant
  readonly readers: readonly VerifiedPerson[]
  readonly scan: TrustedScanCertificate
  /** Everybody's certificates, one after the other. */
  readonly bytes: Uint8Array
}

/** Begins a transfer of files that are still to be encrypted. Throws RefusedByServer, TrustRefused. */
export async function draftKeyring(
  effects: DispatchEffects,
  { sender, asked }: { readonly sender: Omit<Sender, 'key'>; readonly asked: Omit<SendRequest, 'files'> },
): Promise<Keyring> {
  const { transfer, expires } = await draftWithoutFiles(effects, { sender, asked })
  const scan = await trustedScanCertificate(effects, { sender, transfer })
  const readers = readersOf(sender, asked.recipients)
  const bytes = concat(...readers.map(({ certificateBytes }) => certificateBytes), scan.certificate)
  return { transfer, expires, readers, scan, bytes }
}

export interface SendingEncrypted {
  readonly sender: Sender
  /** As it was drafted; names and media types of the files are those of what is inside. */
  readonly request: SendTerms
  readonly transfer: TransferId
  readonly expires: Instant
  /** Octets inside one file, at most. */
  readonly limit: number
}

/** Throws FileRefused before anything is sent, RefusedByServer, ServerUnreachable, TrustRefused, FileChanged, FileUnreadable. */
export async function sendEncrypted(effects: SendEffects, sending: SendingEncrypted): Promise<Sent> {
  const { sender, transfer, expires, limit } = sending
  const scan = await trustedScanCertificate(effects, { sender, transfer })
  const readers = readersOf(sender, sending.request.recipients)
  const encrypted: EncryptedFile[] = []
  for (const file of sending.request.files) {
    encrypted.push(await readEncrypted(effects, { file, sender, readers, scan, limit }))
  }
  const files = encrypted.map(({ file, size }) => ({ ...file, size }))
  const request = { ...sending.request, files }
  const uploads = await declare(effects, { sender, request, transfer, encrypted })
  const bodies = await uploadAll(effects, { transfer, encrypted, uploads: uploads.files })
  const sessionKey = asSessionKey(effects.random(32))
  const toDispatch = { sender, request, profile: madeElsewhere, transfer, expires, sessionKey }
  bodies.push(await uploadManifest(effects, { ...toDispatch, upload: uploads.manifest, bodies }))
  const otherKeySets = encrypted.map(({ pkesks }, index) => ({ id: index + 1, pkesks }))
  const note = await dispatchTransfer(effects, { ...toDispatch, bodies, otherKeySets })
  await effects.journal({ entry: 'ended', transfer, how: 'sent' })
  return { transfer, note, expires }
}

interface EncryptedFile {
  readonly file: OutgoingFile
  readonly pkesks: readonly Pkesk[]
  readonly sessionKey: SessionKey
  /** Octets of the body, and of the file inside. */
  readonly length: number
  readonly size: number
  /** Of the file inside, the first and last octets. */
  readonly ends: Ends
  readonly bodyDigest: Sha256Hex
  readonly plaintextDigest: Sha256Hex
  readonly sha256: Sha256Hex
}

interface ToRead {
  readonly file: OutgoingFile
  readonly sender: Sender
  readonly readers: readonly VerifiedPerson[]
  readonly scan: TrustedScanCertificate
  readonly limit: number
}

async function readEncrypted(effects: SendEffects, toRead: ToRead): Promise<EncryptedFile> {
  const { file } = toRead
  const pieces: AsyncIterator<Uint8Array> = readFile(file)[Symbol.asyncIterator]()
  try {
    return await read(effects, { ...toRead, pieces })
  } catch (error) {
    if (isChanged(error)) throw new FileChanged(file.name)
    if (error instanceof EnvelopeError) throw new FileRefused({ file: file.name, error })
    throw error
  } finally {
    await pieces.return?.()
  }
}

async function read(
  { primitives }: SendEffects,
  { file, sender, readers, scan, limit, pieces }: ToRead & { readonly pieces: AsyncIterator<Uint8Array> },
): Promise<EncryptedFile> {
  const { pkesks, bodyVersion, rest } = await readHead(pieces)
  if (bodyVersion !== 1) throw malformed('wrong-version')
  const subkeys = [...readers, scan.statement].map(({ encryptionSubkey }) => encryptionSubkey)
  checkRecipients({ pkesks, subkeys })
  const own = pkesks.find(({ recipient }) => isFor(recipient, sender.person.encryptionSubkey))
  if (!own) throw malformed('recipient-missing')
  const sessionKey = await sender.key.unwrap(own.bytes, bodyVersion)
  const [body, plaintext, whole] = [new PartHasher(partSize), new PartHasher(), primitives.sha256()]
  const source = hashed(following(rest, pieces), { parts: body, whole: null })
  const decoded = decodeProfiled({ profile: 'v1-cfb', sessionKey, source, primitives, limit })
  const ends = await endsOf(hashed(decoded, { parts: plaintext, whole }))
  const [outside, inside] = [await body.finish(), await plaintext.finish()]
  return {
    file,
    pkesks,
    sessionKey,
    ends,
    length: outside.length,
    size: inside.length,
    bodyDigest: sha256Hex.parse(await bodyDigest(outside)),
    plaintextDigest: sha256Hex.parse(await plaintextDigest(inside)),
    sha256: sha256Hex.parse((await whole.digest()).toHex()),
  }
}

async function* following(first: Uint8Array, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value
}

interface ToDeclare {
  readonly sender: Sender
  readonly request: SendTerms
  readonly transfer: TransferId
  readonly encrypted: readonly EncryptedFile[]
}

async function declare({ api, signal, seeFileType }: SendEffects, { sender, request, transfer, encrypted }: ToDeclare) {
  const asks = flowOf({ sender, request })?.fileTypes !== undefined
  const types = asks
    ? await Promise.all(encrypted.map(({ file: { name }, ends }) => typeIn({ name, ends, seeFileType })))
    : []
  const { uploads } = await api.call(sendOperations.declareFiles, {
    params: { transfer },
    body: {
      files: encrypted.map(({ size, length }, index) => ({ size, length, ...(asks && { type: types[index] }) })),
      manifest: { size: manifestSize({ sender, request, profile: madeElsewhere.profile }) },
    },
    ...(signal && { signal }),
  })
  return eachUpload(uploads, encrypted.length)
}

interface ToUpload {
  readonly transfer: TransferId
  readonly encrypted: readonly EncryptedFile[]
  readonly uploads: readonly Upload[]
}

/** Each body in a key set of its own, from 1. */
async function uploadAll(effects: SendEffects, { transfer, encrypted, uploads }: ToUpload): Promise<EncryptedBody[]> {
  const total = encrypted.reduce((sum, { length }) => sum + length, 0)
  const bodies: EncryptedBody[] = []
  let before = 0
  for (const [index, one] of encrypted.entries()) {
    const upload = uploads[index]
    if (upload?.length !== one.length) throw new TrustRefused({ code: 'TRUST_UPLOAD', saw: `file ${upload?.file}` })
    const progress = (sent: number) => effects.progress?.(before + sent, total)
    const digest = await uploadBody(effects, { transfer, upload, body: bodyIn(one.file), progress }).catch(
      (error: unknown) => {
        // It was read to its end before: what is wrong with it now was not so then.
        throw error instanceof EnvelopeError || error instanceof RangeError ? new FileChanged(one.file.name) : error
      },
    )
    if (digest !== one.bodyDigest) throw new FileChanged(one.file.name)
    const { sessionKey, plaintextDigest, sha256 } = one
    const entry = await bodyEntry({ transfer, upload, bodyDigest: digest, sessionKey, keySet: index + 1 })
    bodies.push({ ...entry, plaintextDigest, sha256 })
    before += one.length
  }
  return bodies
}

/** Without the head: it goes with the note, never to the object store. */
async function* bodyIn(file: OutgoingFile): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = readFile(file)[Symbol.asyncIterator]()
  try {
    const { rest } = await readHead(pieces)
    yield* following(rest, pieces)
  } finally {
    await pieces.return?.()
  }
}
