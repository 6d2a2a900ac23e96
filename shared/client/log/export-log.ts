// Fetches a log and writes it as a folder that can be verified offline (log-layout.ts). Tiles are built here, from the
// entries: what the service says of its own tree is asked for nothing. Everything is written even when it does not
// lead to the signed root, because then the folder is the evidence.
import { auditOperations, pageEntries } from '#contract/audit.ts'
import { logOriginOf } from '#domain/audit/entry.ts'
import type { Instant, Origin } from '#domain/values.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import type { Sha256 } from '#tlog/bytes.ts'
import { leafHash, rootOf } from '#tlog/merkle.ts'
import { encodeBundle, encodeTile, entriesPath, TILE_WIDTH, tilePath } from '#tlog/tiles.ts'
import { type Api, RefusedByServer } from '../api.ts'
import { follows, refuseVanished } from './follow-head.ts'
import { checkpointPath, documentsPath, encodeJson, openingsPath, readmePath, type Sink } from './log-layout.ts'
import { headOf, type LogMemory } from './memory.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

export interface LogNamed {
  readonly kind: 'agreement' | 'organisation'
  readonly id: string
}

export interface LogToExport {
  readonly api: Api
  readonly log: LogNamed
  /** The pinned origin; null: none is pinned, and the log must be the one that was asked for at least by its id. */
  readonly installation: Origin | null
  /** How the proof that the log contains what was seen before is asked for, and judged: before a long fetch begins. */
  readonly memory: LogMemory
  readonly now: Instant
  readonly sink: Sink
  readonly sha256: Sha256
  readonly onProgress?: (done: { readonly entries: number; readonly of: number }) => void
}

export interface ExportedLog {
  readonly origin: string
  readonly size: number
  /** Entries acknowledged before that the checkpoint does not cover: the service's sequencer stands still. */
  readonly waiting: number
  /** Whether the service proved that the log contains what was seen of it before; null when there was nothing to prove. */
  readonly proved: boolean | null
}

/** Nothing of it is believed yet: verify what was written. Throws TrustRefused `TRUST_LOG` for another log than was asked for. */
export async function exportLog({
  api,
  log,
  installation,
  memory,
  now,
  sink,
  sha256,
  onProgress,
}: LogToExport): Promise<ExportedLog> {
  const before = installation && (await memory.recall(logOriginOf(installation, log)))
  const seen = before ? headOf(before) : null
  const query = seen ? { seen: seen.size } : {}
  const told = await api.call(auditOperations.export, { params: log, query }).catch(async (error: unknown) => {
    if (!before || !(error instanceof RefusedByServer) || error.code !== 'NOT_FOUND') throw error
    const vanished = refuseVanished(before, now)
    await memory.keep({ before, now: vanished.now })
    throw new TrustRefused({ code: 'TRUST_HISTORY', saw: vanished.saw })
  })
  const { origin, size, checkpoint, consistency, waiting, documents } = told
  const signed = parseSignedCheckpoint(new TextEncoder().encode(checkpoint))
  if (signed?.checkpoint.origin !== origin || signed.checkpoint.size !== size) {
    throw new TrustRefused({ code: 'TRUST_LOG', saw: `a checkpoint that is not of ${origin} at ${size}` })
  }
  const asked = installation ?? (origin.split('/')[0] as Origin)
  if (origin !== logOriginOf(asked, log)) {
    throw new TrustRefused({ code: 'TRUST_LOG', saw: `the log ${origin} in place of the one asked for` })
  }
  const proved = seen && follows(sha256, { seen, head: signed.checkpoint, proof: consistency })
  await sink.write(checkpointPath, new TextEncoder().encode(checkpoint))
  await sink.write(documentsPath, encodeJson(documents))
  await sink.write(readmePath, new TextEncoder().encode(readmeOf({ origin, size, waiting })))
  await sink.write(openingsPath, new Uint8Array())
  const builder = createBuilder({ sink, sha256 })
  for (let from = 0; from < size; ) {
    const query = { from, to: Math.min(size, from + pageEntries) }
    const page = await api.call(auditOperations.entries, { params: log, query })
    if (page.entries.length === 0) break
    await sink.append(openingsPath, new TextEncoder().encode(page.openings.map(lineOf).join('')))
    for (const entry of page.entries) await builder.add(Uint8Array.fromBase64(entry))
    from += page.entries.length
    onProgress?.({ entries: from, of: size })
  }
  await builder.finish()
  return { origin, size, waiting, proved }
}

const lineOf = (opening: unknown) => `${JSON.stringify(opening)}\n`

/** Writes bundles and tiles as they fill; keeps one of each level in memory. `finish` writes the partial ones. */
function createBuilder({ sink, sha256 }: Pick<LogToExport, 'sink' | 'sha256'>) {
  const levels: { hashes: Uint8Array[]; index: number }[] = []
  let bundle: Uint8Array[] = []
  let size = 0

  async function writeTile(level: number): Promise<void> {
    const { hashes, index } = levels[level]!
    levels[level] = { hashes: [], index: index + 1 }
    await sink.write(tilePath({ level, index, width: hashes.length }), encodeTile(hashes))
  }

  async function writeBundle(): Promise<void> {
    const index = Math.ceil(size / TILE_WIDTH) - 1
    await sink.write(entriesPath({ index, width: bundle.length }), encodeBundle(bundle))
    bundle = []
  }

  async function addHash(level: number, hash: Uint8Array): Promise<void> {
    levels[level] ??= { hashes: [], index: 0 }
    const { hashes } = levels[level]
    hashes.push(hash)
    if (hashes.length < TILE_WIDTH) return
    await writeTile(level)
    await addHash(level + 1, rootOf(sha256, hashes))
  }

  return {
    async add(entry: Uint8Array): Promise<void> {
      size += 1
      bundle.push(entry)
      if (bundle.length === TILE_WIDTH) await writeBundle()
      await addHash(0, leafHash(sha256, entry))
    },
    async finish(): Promise<void> {
      if (bundle.length > 0) await writeBundle()
      for (const [level, { hashes }] of levels.entries()) if (hashes.length > 0) await writeTile(level)
    },
  }
}

function readmeOf({ origin, size, waiting }: Omit<ExportedLog, 'proved'>): string {
  return `The audit log ${origin}, entries 0 to ${size - 1}.
${waiting > 0 ? `\n${waiting} entries were acknowledged before this export and are not in it yet. Export again later.\n` : ''}
To check it, without the service:

  safehand audit verify FOLDER            and --entries to read it, --earlier OLDER-CHECKPOINT to compare

What is here:

  checkpoint          size and root of the log, signed (C2SP tlog-checkpoint, signed-note)
  tile/               its hashes, 256 to a file (C2SP tlog-tiles)
  tile/entries/       its entries: exact bytes, each an RFC 8785 JSON document after its length (uint16)
  vkey                the key that signs the log (C2SP verifier key), for other people's programs: the one of the agreement
                      as it was verified here. Not there when no agreement under the pinned root names it
  documents.json      the data sharing agreement with its signatures, and the parties' statements, rosters and
                      certificates: the agreement names the key that signs the checkpoint
  openings.jsonl      the people, sessions and addresses that entries commit to: value and salt, so that
                      base64(HMAC-SHA256(salt, value)) is the commitment "c" in the entry. Personal data: keep it
                      as such. A line may be deleted, and the log stays verifiable; what it named is then erased.

Any program for C2SP tlog-tiles can check hashes and signature, given the vkey. Whether the key is the agreed one, only
somebody with the pinned root of a party can: otherwise the answer is "key not pinned". Keep the checkpoint, and compare it
with the other party's: a later export that does not begin with what it covers was rewritten. Two checkpoints of one key
that do not fit each other prove it to anybody.
`
}
