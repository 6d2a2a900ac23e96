// The whole way out: draft, encrypt and upload the files, the manifest last, dispatch
// (ARCHITECTURE.md#the-life-of-a-transfer). Takes people from a verified agreement alone. What the journal is told on
// the way lets another run go on where this one ended: `resumeTransfer`.
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { BegunEntry } from '#domain/transfers/send-journal.ts'
import { type FileId, fingerprint, type Instant, type Sha256Hex, sha256Hex, type TransferId } from '#domain/values.ts'
import { bodyDigest } from '#openpgp/digests.ts'
import { BODY_VERSION, type ProfileChoice } from '#openpgp/profile.ts'
import { asSessionKey, type SessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { signedAround } from '#openpgp/signed-inside.ts'
import { dispatchTransfer } from './dispatch.ts'
import { draftTransfer, encodeManifest, type Upload } from './draft.ts'
import { bodyEntry, type EncryptedBody, encryptAndUpload } from './encrypt-and-upload.ts'
import type { Unfinished } from './journal.ts'
import type { Beginning, OutgoingFile, SendEffects, Sending, SendTerms } from './sending.ts'
import type { Sender } from '../trust/sender.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import { type Carrying, uploadFiles } from './upload-files.ts'

export interface Sent {
  readonly transfer: TransferId
  /** SHA-256 of the signed note. */
  readonly note: Sha256Hex
  readonly expires: Instant
}

/** Throws RefusedByServer, ServerUnreachable, TrustRefused, FileChanged, FileUnreadable. */
export async function sendTransfer(effects: SendEffects, sending: Beginning): Promise<Sent> {
  const drafted = await draftTransfer(effects, sending)
  const sessionKey = asSessionKey(effects.random(32))
  await effects.journal(await beginEntry(effects, { ...sending, drafted, sessionKey }))
  return carry(effects, { ...sending, drafted, sessionKey })
}

/** From the draft to the dispatch, as far as it has not been done. Throws as `sendTransfer` does. */
export async function carry(effects: SendEffects, carrying: Carrying): Promise<Sent> {
  const { drafted, ...sending } = carrying
  const { transfer } = drafted
  const bodies: EncryptedBody[] = await uploadFiles(effects, carrying)
  const manifest = { ...sending, transfer, upload: drafted.manifest, bodies }
  bodies.push(await uploadManifest(effects, manifest))
  const note = await dispatchTransfer(effects, { ...sending, transfer, expires: drafted.expires, bodies })
  await effects.journal({ entry: 'ended', transfer, how: 'sent' })
  return { transfer, note, expires: drafted.expires }
}

/** All that another run needs. The session key is wrapped for the sender's own key: no disk holds it in plain. */
async function beginEntry(effects: SendEffects, beginning: Carrying & Beginning): Promise<BegunEntry> {
  const { sender, request, profile, drafted, sessionKey } = beginning
  const { agreement, person } = sender
  const { id, version } = agreement.agreement
  const { encryptionSubkey, certificateBytes: certificate } = person
  const bodyVersion = BODY_VERSION[profile.profile]
  const at = effects.now()
  const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at, bodyVersion })
  const { files, recipients, items, days: _, ...asked } = request
  return {
    entry: 'begun',
    transfer: drafted.transfer,
    at,
    sender: person.account,
    to: recipients.map(({ name }) => name),
    agreement: { id, version },
    request: {
      ...asked,
      records: asked.records ?? null,
      expires: drafted.expires,
      items: [...items],
      recipients: recipients.map(({ recipient }) => recipient),
    },
    ...journalled(profile),
    files: files.map(({ place = null, name, mediaType, size, modified }, index) => {
      const upload = drafted.files[index]
      if (!upload) throw new TypeError('a file without an upload')
      return { place, name, mediaType, size, modified, upload }
    }),
    manifest: drafted.manifest,
    sessionKey: { encryptionSubkey, pkesk: pkesk.toBase64() },
  }
}

function journalled({ profile, because }: ProfileChoice): Pick<BegunEntry, 'profile' | 'profileFor'> {
  const without = because.code === 'keys-without-aes256-gcm' ? because.fingerprints : null
  return { profile, profileFor: without?.map((one) => fingerprint.parse(one)) ?? null }
}

interface ManifestToSend extends Sending {
  readonly transfer: TransferId
  readonly upload: Upload
  readonly sessionKey: SessionKey
  /** Of the request's files. */
  readonly bodies: readonly EncryptedBody[]
  readonly unfinished?: Unfinished
  readonly taken?: ReadonlyMap<FileId, Sha256Hex>
}

/** Throws as `encryptAndUpload` does. */
export async function uploadManifest(effects: SendEffects, manifest: ManifestToSend): Promise<EncryptedBody> {
  const { sender, request, transfer, upload, sessionKey, bodies } = manifest
  const known = await manifestThatArrived(manifest)
  if (known) return known
  const { profile } = manifest.profile
  const contents = encodeManifest({ sender, request, profile, transfer, files: manifestEntries(request, bodies) })
  return encryptAndUpload(effects, {
    transfer,
    upload,
    file: manifestFile(contents, effects),
    sessionKey,
    profile,
    // Who has GnuPG alone believes the contents because of this signature (ARCHITECTURE.md#bundle).
    ...(profile === 'v1-cfb' && { around: await signAround(contents, { sender, effects }) }),
  })
}

/** Made once: its time and signature would be others. What left is in the journal, whatever the service says that it has. */
async function manifestThatArrived(manifest: ManifestToSend): Promise<EncryptedBody | null> {
  const { transfer, upload, sessionKey, unfinished, taken } = manifest
  const arrived = unfinished?.arrived.get(upload.file)
  if (arrived) return arrived.body
  const said = taken?.get(upload.file)
  if (said === undefined) return null
  const parts = unfinished?.attempts.get(upload.file)?.parts ?? []
  const isWhole = parts.length === Math.ceil(upload.length / partSize)
  const digest = isWhole ? sha256Hex.parse(await bodyDigest({ length: upload.length, partSize, parts })) : null
  if (digest !== said) throw new TrustRefused({ code: 'TRUST_UPLOAD', saw: `a manifest that was not sent: ${said}` })
  // No list has a digest of the manifest's own contents.
  const entry = await bodyEntry({ transfer, upload, bodyDigest: digest, sessionKey, keySet: 0 })
  return { ...entry, plaintextDigest: digest }
}

function manifestEntries({ files }: SendTerms, bodies: readonly EncryptedBody[]): ManifestFiles {
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

type ManifestFiles = Parameters<typeof encodeManifest>[0]['files']

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
