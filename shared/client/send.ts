// The whole way out: draft, encrypt and upload each file, the manifest last, dispatch (DESIGN 4.1-4.4). Takes people
// from a verified agreement alone. A transfer that breaks off on the way is left to end by itself; sending again makes
// a new one with a new session key and new salts.
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { signedAround } from '#openpgp/signed-inside.ts'
import { dispatchTransfer } from './dispatch.ts'
import { draftTransfer, encodeManifest } from './draft.ts'
import { type EncryptedBody, encryptAndUpload } from './encrypt-and-upload.ts'
import type { OutgoingFile, SendEffects, Sender, Sending, SendRequest } from './outgoing.ts'

export interface Sent {
  readonly transfer: TransferId
  /** SHA-256 of the signed note. */
  readonly note: Sha256Hex
}

/** Throws RefusedByServer, ServerUnreachable, TrustRefused, EnvelopeError SOURCE_CHANGED. */
export async function sendTransfer(effects: SendEffects, sending: Sending): Promise<Sent> {
  const { sender, request } = sending
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
  const contents = encodeManifest({ sender, request, profile, transfer, files: manifestEntries(request, bodies) })
  bodies.push(
    await encryptAndUpload(effects, {
      transfer,
      upload: drafted.manifest,
      file: manifestFile(contents, effects),
      sessionKey,
      profile,
      // Who has GnuPG alone believes the contents because of this signature (RISKS A7).
      ...(profile === 'v1-cfb' && { around: await signAround(contents, { sender, effects }) }),
    }),
  )
  const note = await dispatchTransfer(effects, { ...sending, transfer, sessionKey, bodies })
  return { transfer, note }
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
