// Collect: the note first, then the manifest, then each file, each compared with the one before
// (ARCHITECTURE.md#collect). A file is written to a temporary place and gets its name only when tag, digest, commitment
// and manifest agree.
import { maxManifestBytes } from '#domain/policy/bounds.ts'
import { parseContents } from '#domain/transfers/documents/contents.ts'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import type { Manifest, ManifestFile } from '#domain/transfers/documents/manifest.ts'
import type { FileId, Sha256Hex, TransferId } from '#domain/values.ts'
import type { Primitives } from '#openpgp/primitives.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Api } from '../api.ts'
import { askingOnce, type KeyHolder } from '../trust/key-holder.ts'
import { fetchBody, keptFrom, type PartialFile } from './fetch-body.ts'
import { openEnvelope } from './open-envelope.ts'
import { distinctPaths } from './safe-name.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { Look } from '../transfers/look.ts'
import type { VerifiedAddendum } from '../transfers/verify-addenda.ts'
import type { VerifiedNote } from '../transfers/verify-note.ts'
import type { Released } from '../transfers/require-released.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'
import { wrappedFor } from '../transfers/wrapped-for.ts'

/** Where opened files go. `path` is safe components, separated by `/`. */
export interface Sink {
  /** Opens a temporary place. */
  begin(path: string): Promise<SinkFile>
  /** Keeps ciphertext over a cut; left out, a large file begins anew. */
  partial?(of: { readonly transfer: TransferId; readonly file: FileId }): Promise<PartialFile>
}
export interface SinkFile {
  write(piece: Uint8Array): Promise<void>
  /** Gives it its name, durably, replacing nothing; where it is now. */
  keep(): Promise<string>
  discard(): Promise<void>
}

export interface Collecting {
  readonly api: Api
  readonly look: Pick<Look, 'view' | 'note' | 'addenda' | 'released'>
  /** Who collects, as the verified roster has them. */
  readonly person: VerifiedPerson
  readonly key: KeyHolder
  readonly transfer: TransferId
  readonly sink: Sink
  readonly primitives: Primitives
  /** Octets of the bodies received, of all. */
  readonly progress?: (received: number, total: number) => void
  readonly signal?: AbortSignal
}

export interface CollectedFile {
  /** As the sender named it. */
  readonly name: string
  readonly place: string
  readonly size: number
}

export interface Collected extends Released {
  readonly note: VerifiedNote
  readonly caseReference: string | null
  readonly files: readonly CollectedFile[]
}

/** Throws RefusedByServer, ServerUnreachable, TrustRefused. What was kept before a refusal was whole and signed for. */
export async function collectAndOpen(asked: Collecting): Promise<Collected> {
  const collecting = { ...asked, key: askingOnce(asked.key) }
  const { look } = collecting
  if (look.view.note === null) throw refuse('no note')
  const note = await look.note()
  // What is not released yet is the service's to refuse, and no lie.
  if (look.view.state === 'released') await look.released()
  const addenda = await look.addenda()
  const contents = await readManifest(collecting, { note, addenda })
  const released = await look.released()
  requireSameSizes(contents, released)
  const names = distinctPaths(contents.files.map(({ name }) => name))
  const total = note.note.files.reduce((sum, { length }) => sum + length, 0)
  const files: CollectedFile[] = []
  let before = 0
  for (const [index, listed] of contents.files.entries()) {
    const entry = note.note.files[index]
    const name = names[index]
    if (!entry || name === undefined) throw refuse('fewer files than the manifest lists')
    const progress = (received: number) => collecting.progress?.(before + received, total)
    const place = await collectFile(collecting, { note, addenda, entry, listed, name, progress })
    files.push({ name: listed.name, place, size: listed.size })
    before += entry.length
  }
  return { ...released, note, caseReference: contents.caseReference, files }
}

async function readManifest(collecting: Collecting, { note, addenda }: Signed): Promise<Manifest> {
  const entry = note.note.files.at(-1)
  if (!entry) throw refuse('no files')
  const pieces: Uint8Array[] = []
  let size = 0
  await openOne(collecting, { note, addenda, entry, limit: maxManifestBytes }, async (piece) => {
    size += piece.length
    if (size > maxManifestBytes) throw refuse('a manifest larger than 4 MiB')
    pieces.push(piece.slice())
  })
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  const parsed = parseContents(note.note.profile, bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const differing = await differenceOf(parsed.value, note)
  if (differing !== null) throw refuse(`another ${differing} than in the note`)
  return parsed.value
}

/** What the sender says twice must be the same, or nothing is opened. */
async function differenceOf(contents: Manifest, { note }: VerifiedNote): Promise<string | null> {
  const { caseReference } = contents
  const hash = caseReference === null ? null : ((await sha256(new TextEncoder().encode(caseReference))) as Sha256Hex)
  const same: Record<string, boolean> = {
    origin: contents.origin === note.origin,
    transfer: contents.transfer === note.transfer,
    sender: contents.sender.account === note.sender.account && contents.sender.fingerprint === note.sender.fingerprint,
    recipients: JSON.stringify(contents.recipients) === JSON.stringify(note.recipients),
    'case reference': hash === note.caseReference,
    files:
      contents.files.length === note.files.length - 1 &&
      contents.files.every((file, index) => {
        const entry = note.files[index]
        return file.id === entry?.id && file.bodyDigest === entry.bodyDigest
      }),
  }
  return Object.keys(same).find((part) => !same[part]) ?? null
}

/** Who asks for a second person goes by the sizes that the scanner read. */
function requireSameSizes({ files }: Manifest, { verdict }: Released): void {
  const other = files.find(({ size }, index) => verdict.document.files[index]?.size !== size)
  if (other) throw new TrustRefused({ code: 'TRUST_VERDICT', saw: `a file of ${other.size} octets` })
}

interface Signed {
  readonly note: VerifiedNote
  readonly addenda: readonly VerifiedAddendum[]
}
interface OneBody extends Signed {
  readonly entry: BodyEntry
  /** Octets of the plaintext, at most. */
  readonly limit: number
  readonly progress?: (received: number) => void
  readonly partial?: PartialFile
}

async function collectFile(collecting: Collecting, one: FileToOpen): Promise<string> {
  const { sink, transfer } = collecting
  const { entry } = one
  const partial = entry.length > keptFrom ? await sink.partial?.({ transfer, file: entry.id }) : undefined
  if (!partial) return openFile(collecting, one)
  const goesOn = partial.length > 0
  try {
    const place = await openFile(collecting, { ...one, partial })
    await partial.remove()
    return place
  } catch (error) {
    if (!(error instanceof TrustRefused)) {
      await partial.close()
      throw error
    }
    await partial.remove()
    // A machine that stopped may have kept other bytes than came: only what comes whole is somebody's lie.
    if (goesOn) return openFile(collecting, one)
    throw error
  }
}

interface FileToOpen extends Omit<OneBody, 'limit'> {
  readonly listed: ManifestFile
  readonly name: string
}

async function openFile(collecting: Collecting, one: FileToOpen): Promise<string> {
  const { listed, name } = one
  const file = await collecting.sink.begin(name)
  try {
    const opened = await openOne(collecting, { ...one, limit: listed.size }, (piece) => file.write(piece))
    if (opened.size !== listed.size || opened.plaintextDigest !== listed.plaintextDigest) {
      throw new TrustRefused({ code: 'TRUST_BODY', saw: `plaintext digest ${opened.plaintextDigest}` })
    }
    return await file.keep()
  } catch (error) {
    await file.discard()
    throw error
  }
}

async function openOne(collecting: Collecting, one: OneBody, write: (piece: Uint8Array) => Promise<void>) {
  const { api, person, key, transfer, primitives, signal } = collecting
  const { note, addenda, entry, limit, progress, partial = null } = one
  const wrapped = wrappedFor(note, { person, keySet: entry.keySet, addenda })
  const source = await fetchBody({ api, transfer, entry, partial, signal })
  const { profile } = note.note
  return openEnvelope({ transfer, profile, primitives, entry, wrapped, key, limit, source, progress }, write)
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_MANIFEST', saw })
}
