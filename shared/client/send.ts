// The whole way out: draft, encrypt and upload each file, the manifest last, dispatch (DESIGN 4.1-4.4). Takes people
// from a verified agreement alone. A transfer that breaks off on the way is left to end by itself; sending again makes
// a new one with a new session key and new salts.
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { asSessionKey, type SessionKey } from '#openpgp/session-key.ts'
import { signedAround } from '#openpgp/signed-inside.ts'
import { dispatchTransfer } from './dispatch.ts'
import { draftTransfer, encodeManifest, type Upload } from './draft.ts'
import { type EncryptedBody, encryptAndUpload } from './encrypt-and-upload.ts'
import type { OutgoingFile, SendEffects, Sender, Sending, SendRequest } from './outgoing.ts'

export interface Sent {
  readonly transfer: TransferId
  /** SHA-256 of the signed note. */
  readonly note: Sha256Hex
}

/** Throws RefusedByServer, ServerUnreachable, TrustRefused, EnvelopeError SOURCE_CHANGED. */
export async function sendTransfer(effects: SendEffects, sending: Sending): Promise<Sent> {
  const { request } = sending
  const drafted = await draftTransfer(effects, sending)
  const { transfer } = drafted
  const { profile } = sending.profile
  const sessionKey = asSessionKey(effects.random(32))
  const total = drafted.files.reduce((sum, { length }) => sum + length, 0)
  const bodies: EncryptedBody[] = []
  let before = 0
  for (const [index, upload] of drafted.files.entries()) {
    const file = request.files[index]
    if (!file) throw new TypeError('an upload for no file')
    const progress = (sent: number) => effects.progress?.(before + sent, total)
    bodies.push(await encryptAndUpload(effects, { transfer, upload, file, sessionKey, profile, progress }))
    before += upload.length
  }
  bodies.push(await uploadManifest(effects, { ...sending, transfer, upload: drafted.manifest, sessionKey, bodies }))
  const note = await dispatchTransfer(effects, { ...sending, transfer, sessionKey, bodies })
  return { transfer, note }
}

interface ManifestToSend extends Sending {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly sessionKey: SessionKey
  /** Of the request's files. */
  readonly bodies: readonly EncryptedBody[]
}

/** Throws as `encryptAndUpload` does. */
export async function uploadManifest(effects: SendEffects, manifest: ManifestToSend): Promise<EncryptedBody> {
  const { sender, request, transfer, upload, sessionKey, bodies } = manifest
  const { profile } = manifest.profile
  const contents = encodeManifest({ sender, request, profile, transfer, files: manifestEntries(request, bodies) })
  return encryptAndUpload(effects, {
    transfer,
    upload,
    file: manifestFile(contents, effects),
    sessionKey,
    profile,
    // Who has GnuPG alone believes the contents because of this signature (RISKS A7).
    ...(profile === 'v1-cfb' && { around: await signAround(contents, { sender, effects }) }),
  })
}

function manifestEntries({ files }: SendRequest, bodies: readonly EncryptedBody[]) {
  return bodies.map(({ id, plaintextDigest, bodyDigest, sha256 }, index) => {
    const file = files[index]
    if (!file) throw new TypeError('a body of no file')
    return {
      id,
      name: file.name,
      mediaType: file.mediaType,
      size: file.size,
      plaintextDigest,
      bodyDigest,
      ...(sha256 && { sha256 }),
    }
  })
}

async function signAround(
  bytes: Uint8Array,
  { sender, effects }: { readonly sender: Sender; readonly effects: SendEffects },
) {
  return signedAround(await sender.key.sign({ bytes, at: effects.now() }))
}

function manifestFile(bytes: Uint8Array, { now }: SendEffects): OutgoingFile {
  return {
    name: 'manifest',
    mediaType: 'application/json',
    size: bytes.length,
    modified: now(),
    async *open() {
      yield bytes
    },
  }
}
