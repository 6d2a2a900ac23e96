// The whole way out: draft, encrypt and upload each file, the manifest last, dispatch (DESIGN 4.1-4.4). Takes people
// from a verified agreement alone. A transfer that breaks off on the way is left to end by itself; sending again makes
// a new one with a new session key and new salts.
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { dispatchTransfer } from './dispatch.ts'
import { draftTransfer, encodeManifest } from './draft.ts'
import { type EncryptedBody, encryptAndUpload } from './encrypt-and-upload.ts'
import type { OutgoingFile, SendEffects, Sender, SendRequest } from './outgoing.ts'

export interface Sent {
  readonly transfer: TransferId
  /** SHA-256 of the signed note. */
  readonly note: Sha256Hex
}

/** Throws RefusedByServer, ServerUnreachable, TrustRefused, EnvelopeError SOURCE_CHANGED. */
export async function sendTransfer(
  effects: SendEffects,
  { sender, request }: { readonly sender: Sender; readonly request: SendRequest },
): Promise<Sent> {
  const drafted = await draftTransfer(effects, { sender, request })
  const { transfer } = drafted
  const sessionKey = asSessionKey(effects.random(32))
  const total = drafted.files.reduce((sum, { length }) => sum + length, 0)
  const bodies: EncryptedBody[] = []
  let before = 0
  for (const [index, upload] of drafted.files.entries()) {
    const file = request.files[index]
    if (!file) throw new TypeError('an upload for no file')
    const progress = (sent: number) => effects.progress?.(before + sent, total)
    bodies.push(await encryptAndUpload(effects, { transfer, upload, file, sessionKey, progress }))
    before += upload.length
  }
  const manifest = manifestFile(
    encodeManifest({ sender, request, transfer, files: manifestEntries(request, bodies) }),
    effects,
  )
  bodies.push(await encryptAndUpload(effects, { transfer, upload: drafted.manifest, file: manifest, sessionKey }))
  const note = await dispatchTransfer(effects, { sender, request, transfer, sessionKey, bodies })
  return { transfer, note }
}

function manifestEntries({ files }: SendRequest, bodies: readonly EncryptedBody[]) {
  return bodies.map(({ id, plaintextDigest, bodyDigest }, index) => {
    const file = files[index]
    if (!file) throw new TypeError('a body of no file')
    return { id, name: file.name, mediaType: file.mediaType, size: file.size, plaintextDigest, bodyDigest }
  })
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
