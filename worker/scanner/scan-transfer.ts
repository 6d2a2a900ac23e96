// Job scan-transfer (ARCHITECTURE.md#scan): all files of a dispatched transfer, the manifest included, judged together
// in one commit. A verdict that is found goes straight to the seal: never a second scan. No key and no verdict: only
// the sender can go on. Everything else that is missing is waited for.
import type { JobPayload } from '#contract/jobs.ts'
import { parseDocument } from '#domain/document.ts'
import { maxManifestBytes } from '#domain/policy/bounds.ts'
import { decideLoseScanKey } from '#domain/transfers/decisions/decide-scan-certificate.ts'
import { decideJudge, decideStartScan } from '#domain/transfers/decisions/decide-scan.ts'
import type { NewVerdict } from '#domain/transfers/changes.ts'
import { parseContents } from '#domain/transfers/documents/contents.ts'
import {
  type DispatchNote,
  dispatchNote,
  type KeySet,
  type Profile,
} from '#domain/transfers/documents/dispatch-note.ts'
import type { ManifestFile } from '#domain/transfers/documents/manifest.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import {
  type FileId,
  type Fingerprint,
  type Instant,
  manifestFileId,
  type Sha256Hex,
  type TransferId,
} from '#domain/values.ts'
import { scanCommitment } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { PrivateKeyBytes } from '#openpgp/keys.ts'
import { BODY_VERSION } from '#openpgp/profile.ts'
import { type SessionKey, unwrapSessionKey } from '#openpgp/session-key.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadWrappedKeys } from '#store/transfers/wrapped-keys.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import { checkManifest, type ManifestToCheck } from './check-manifest.ts'
import { destroyScanKey } from './destroy-scan-key.ts'
import { judgeFile } from './judge-file.ts'
import { readTransfer, type ScannerAdapters, scannerCaller } from './adapters.ts'
import { checkReadiness, type Engine } from './readiness.ts'
import { type ScannedFile, scanFile } from './scan-file.ts'
import type { Windows } from './scan-windows.ts'
import { signVerdict } from './sign-verdict.ts'

type Payload = JobPayload<'scan-transfer'>

/** One scan of a transfer at a time, however often its job came. */
export async function scanTransfer(adapters: ScannerAdapters, payload: Payload): Promise<void> {
  await adapters.withLock(`scan ${payload.transfer}`, () => goOn(adapters, payload))
}

async function goOn(adapters: ScannerAdapters, payload: Payload): Promise<void> {
  const facts = await readTransfer(adapters, payload.transfer)
  if (facts.verdicts.length > 0) return destroyKeys(adapters, { facts, payload })
  if (facts.transfer.state !== 'dispatched' && facts.transfer.state !== 'scanning') return
  const note = noteOf(facts)
  const { fingerprint } = firstKeySet(note).scan
  const key = isOver(facts, { fingerprint, at: adapters.now() }) ? undefined : await adapters.vault.find(fingerprint)
  if (key === undefined) return loseKey(adapters, { payload, fingerprint })
  const engine = await checkReadiness(adapters, largestStream(facts, adapters.windows))
  if (facts.transfer.state === 'dispatched') await startScan(adapters, { payload, engine })
  const sessionKeys = await unwrapAll(adapters, { note, key })
  const { verdicts, sizes } = await judgeAll(adapters, { facts, note, sessionKeys, engine })
  const document = await signVerdict(adapters, { facts, scanKey: fingerprint, verdicts, sizes, ...engine })
  await adapters.commit({
    caller: scannerCaller(payload.correlation),
    load: (tx) => requireTransferFacts(tx, payload.transfer),
    decide: (again, at) => decideJudge(again, { verdicts, document, ...engine }, at),
  })
}

/** A certificate that waited too long for its scan counts as lost: nothing is opened with it any more. */
function isOver(
  { scanCertificates }: TransferFacts,
  { fingerprint, at }: { readonly fingerprint: Fingerprint; readonly at: Instant },
): boolean {
  return scanCertificates.some((one) => one.fingerprint === fingerprint && one.expiresAt <= at)
}

/** What clamd is given at once, at most: what is larger goes there in windows, or not at all. */
function largestStream({ files }: TransferFacts, { largest, size }: Windows): number {
  return Math.max(...files.map(({ length }) => (length > largest ? size : length)))
}

async function destroyKeys(
  adapters: ScannerAdapters,
  { facts, payload }: { readonly facts: TransferFacts; readonly payload: Payload },
): Promise<void> {
  for (const { fingerprint, destroyedAt } of facts.scanCertificates) {
    if (destroyedAt === null) await destroyScanKey(adapters, { ...payload, fingerprint })
  }
}

async function loseKey(
  adapters: ScannerAdapters,
  { payload, fingerprint }: { readonly payload: Payload; readonly fingerprint: Fingerprint },
): Promise<void> {
  await adapters.commit({
    caller: scannerCaller(payload.correlation),
    load: (tx) => requireTransferFacts(tx, payload.transfer),
    decide: (again, at) => decideLoseScanKey(again, fingerprint, at),
  })
}

async function startScan(
  adapters: ScannerAdapters,
  { payload, engine }: { readonly payload: Payload; readonly engine: Engine },
): Promise<void> {
  await adapters.commit({
    caller: scannerCaller(payload.correlation),
    load: (tx) => requireTransferFacts(tx, payload.transfer),
    decide: (again, at) => decideStartScan(again, engine, at),
  })
}

/** The server verified it at dispatch, and it cannot change since. */
function noteOf({ transfer }: TransferFacts): DispatchNote {
  const parsed = transfer.note && parseDocument(dispatchNote, transfer.note.signed.bytes)
  if (!parsed?.ok) throw new Error('a dispatched transfer has no note that can be read')
  return parsed.value
}

/** Every key set is wrapped for the same scan certificate: a transfer has one that lives. */
function firstKeySet({ keySets }: DispatchNote): KeySet {
  const [first] = keySets
  if (!first) throw new Error('a note has a key set')
  return first
}

type SessionKeys = ReadonlyMap<number, SessionKey | null>

/** By key set; null where the packet is not the noted one or does not open. */
async function unwrapAll(
  { database }: ScannerAdapters,
  { note, key }: { readonly note: DispatchNote; readonly key: PrivateKeyBytes },
): Promise<SessionKeys> {
  const { encryptionSubkey } = firstKeySet(note).scan
  const wrapped = await database
    .transaction()
    .execute((tx) => loadWrappedKeys(tx, { transfer: note.transfer, encryptionSubkey }))
  const opened = new Map<number, SessionKey | null>()
  for (const { id, scan } of note.keySets) {
    const pkesk = wrapped.find(({ keySet }) => keySet === id)?.bytes
    const noted = pkesk !== undefined && sha256Hex(pkesk) === scan.pkesk
    opened.set(id, noted ? await unwrap({ pkesk, key, bodyVersion: BODY_VERSION[note.profile] }) : null)
  }
  return opened
}

async function unwrap(wrapped: Parameters<typeof unwrapSessionKey>[0]): Promise<SessionKey | null> {
  try {
    return await unwrapSessionKey(wrapped)
  } catch (error) {
    if (error instanceof EnvelopeError) return null
    throw error
  }
}

interface Scan {
  readonly facts: TransferFacts
  readonly note: DispatchNote
  readonly sessionKeys: SessionKeys
  readonly engine: Engine
}

/** The manifest is read first, because it says which files are flat; it is judged with the others. */
async function judgeAll(adapters: ScannerAdapters, scan: Scan) {
  const listed = scan.facts.files.filter(({ id }) => id !== manifestFileId)
  const manifest = scan.facts.files.filter(({ id }) => id === manifestFileId)
  const last = await judgeEach(adapters, { ...scan, files: manifest, manifest: new Map() })
  const manifestFiles = filesIn(scan.note.profile, last.scanned[0]?.beginning ?? new Uint8Array())
  await checkRoomFor(adapters, manifestFiles)
  const first = await judgeEach(adapters, { ...scan, files: listed, manifest: manifestFiles })
  const scanned = [...first.scanned, ...last.scanned]
  const judged = [...first.verdicts, ...last.verdicts]
  return {
    verdicts: withManifestChecked(judged, { note: scan.note, scanned, files: scan.facts.files }),
    sizes: new Map(scanned.map(({ file, plaintext }) => [file, plaintext?.length ?? null])),
  }
}

interface ToJudge extends Scan {
  readonly files: TransferFacts['files']
  /** As the manifest has them; a guess of the sender's, and not more. */
  readonly manifest: ReadonlyMap<FileId, ManifestFile>
}

async function judgeEach(adapters: ScannerAdapters, { files, note, sessionKeys, engine, manifest }: ToJudge) {
  const scanned: ScannedFile[] = []
  const verdicts: NewVerdict[] = []
  for (const file of files) {
    const attested = note.files.find(({ id }) => id === file.id)
    if (!attested) throw new Error('the note has every file')
    const sessionKey = sessionKeys.get(attested.keySet) ?? null
    const keep = file.id === manifestFileId ? maxManifestBytes + 1 : 0
    const began = performance.now()
    const one = await scanFile(adapters, {
      file,
      profile: note.profile,
      sessionKey,
      keep,
      name: manifest.get(file.id)?.name ?? null,
      mediaType: manifest.get(file.id)?.mediaType,
      limit: manifest.get(file.id)?.size ?? file.length,
    })
    const commitment = await recompute({ sessionKey, transfer: note.transfer, file: file.id, scanned: one })
    scanned.push(one)
    const judged = judgeFile({ scanned: one, attested, commitment, engine: engine.engine })
    verdicts.push(judged)
    adapters.metrics.scan({ verdict: judged.verdict, seconds: (performance.now() - began) / 1000 })
  }
  return { scanned, verdicts }
}

function filesIn(profile: Profile, bytes: Uint8Array): ReadonlyMap<FileId, ManifestFile> {
  const parsed = parseContents(profile, bytes)
  return new Map(parsed.ok ? parsed.value.files.map((file) => [file.id, file]) : [])
}

/** What other programs compressed is larger inside: there must be room for that too. */
async function checkRoomFor(adapters: ScannerAdapters, files: ReadonlyMap<FileId, ManifestFile>): Promise<void> {
  const { largest, size } = adapters.windows
  const sizes = [...files.values()].map((file) => (file.size > largest ? size : file.size))
  if (sizes.length > 0) await checkReadiness(adapters, Math.max(...sizes))
}

interface Recomputing {
  readonly sessionKey: SessionKey | null
  readonly transfer: TransferId
  readonly file: FileId
  readonly scanned: ScannedFile
}

async function recompute({ sessionKey, transfer, file, scanned }: Recomputing): Promise<Sha256Hex | null> {
  if (sessionKey === null) return null
  return (await scanCommitment({ sessionKey, transfer, file, bodyDigest: scanned.body.digest })) as Sha256Hex
}

/** A manifest that is well in itself, and says something else than the note and the files. */
function withManifestChecked(
  verdicts: readonly NewVerdict[],
  { note, scanned, files }: Omit<ManifestToCheck, 'bytes'>,
): NewVerdict[] {
  const bytes = scanned.find(({ file }) => file === manifestFileId)?.beginning ?? new Uint8Array()
  return verdicts.map((verdict) => {
    if (verdict.file !== manifestFileId || verdict.verdict !== 'clean') return verdict
    const finding = checkManifest({ bytes, note, scanned, files })
    return finding === null ? verdict : { ...verdict, verdict: 'unscannable', finding }
  })
}
