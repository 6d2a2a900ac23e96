// Draft: asks the service before a byte is encrypted. The manifest's size is told at once: every id and digest in it has
// a fixed width, so it is known before they are.
import { transferOperations } from '#contract/transfers.ts'
import { encodeContents } from '#domain/transfers/contents.ts'
import type { Profile } from '#domain/transfers/dispatch-note.ts'
import type { Manifest } from '#domain/transfers/manifest.ts'
import { type FileId, manifestFileId, type Origin, type Sha256Hex, type TransferId } from '#domain/values.ts'
import type { SendEffects, Sender, Sending, SendRequest } from './outgoing.ts'
import { TrustRefused } from './trust-refused.ts'

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
}

/** Throws RefusedByServer, TrustRefused TRUST_UPLOAD. */
export async function draftTransfer(
  { api, signal }: SendEffects,
  { sender, request, profile: { profile } }: Sending,
): Promise<Drafted> {
  const { recipients, files, ...asked } = request
  const reply = await api.call(transferOperations.draft, {
    body: {
      ...asked,
      agreement: sender.agreement.agreement.id,
      profile,
      items: [...asked.items],
      recipients: recipients.map(({ recipient }) => recipient),
      files: files.map(({ size }) => ({ size })),
      manifest: { size: manifestSize({ sender, request, profile }) },
    },
    ...(signal && { signal }),
  })
  refuseOtherUploads(reply.uploads, files.length)
  const last = reply.uploads.at(-1)!
  return { transfer: reply.transfer, files: reply.uploads.slice(0, -1), manifest: last }
}

/** One place for each file, and the manifest's last: two files in one place would be one file of the note. */
function refuseOtherUploads(uploads: readonly Upload[], files: number): void {
  const ids = uploads.map(({ file }) => file)
  const isWhole = uploads.length === files + 1 && ids.at(-1) === manifestFileId && new Set(ids).size === ids.length
  if (!isWhole) throw new TrustRefused({ code: 'TRUST_UPLOAD', saw: `${files} files at ${ids.join(', ')}` })
}

const zeroId = '0'.repeat(32)
const zeroDigest = '0'.repeat(64) as Sha256Hex

function manifestSize(parts: Omit<ManifestParts, 'transfer' | 'files'>): number {
  const { request, profile } = parts
  const files = request.files.map(({ name, mediaType, size }) => ({
    id: zeroId as FileId,
    name,
    mediaType,
    size,
    plaintextDigest: zeroDigest,
    bodyDigest: zeroDigest,
    ...(profile === 'v1-cfb' && { sha256: zeroDigest }),
  }))
  return encodeManifest({ ...parts, transfer: zeroId as TransferId, files }).length
}

export interface ManifestParts {
  readonly sender: Sender
  readonly request: SendRequest
  readonly profile: Profile
  readonly transfer: TransferId
  readonly files: Manifest['files']
}

export function encodeManifest({ sender, request, profile, transfer, files }: ManifestParts): Uint8Array<ArrayBuffer> {
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
