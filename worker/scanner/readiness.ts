// Whether a scan can say anything now: clamd answers and finds the canaries, its signatures are of these days, and its
// memory has room (ARCHITECTURE.md#scan). If not, nothing is judged and the job is tried again.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { epochSeconds } from '#domain/time.ts'
import { ClamdUnavailable, type ClamdVersion, clamdVersion, detectsEicar, hasOurSignatures } from '#platform/clamd.ts'
import { emptyMemoryFolder, memoryRoom } from '#platform/memory-folder.ts'
import { ScanPostponed } from './scan-postponed.ts'
import type { ScannerAdapters } from './adapters.ts'

type Wanted = Pick<ScannerAdapters, 'clamd' | 'memory' | 'signaturesDays' | 'localSignatures' | 'now' | 'log'>

export interface Engine {
  readonly engine: string
  readonly signatures: string
}

/** Room for the largest file twice: as it comes, and unpacked. Archives that need more end as `unscannable`. */
const copiesInMemory = 2

/** Throws ScanPostponed or ClamdUnavailable. `largest`: octets of the largest file. */
export async function checkReadiness(adapters: Wanted, largest: number): Promise<Engine> {
  try {
    const version = await clamdVersion(adapters.clamd)
    refuseOldSignatures(version, adapters)
    const sees = (await detectsEicar(adapters.clamd)) && (await hasOurSignatures(adapters.clamd))
    if (!sees) throw new ScanPostponed('clamd missed the canary')
    if ((await memoryRoom(adapters.memory)) < largest * copiesInMemory)
      throw new ScanPostponed('SCAN_NO_ROOM: no room in memory')
    return { engine: version.engine, signatures: signaturesOf(version) }
  } catch (error) {
    if (isAway(error)) await emptyMemoryFolder(adapters.memory)
    throw error
  }
}

function refuseOldSignatures({ signaturesAt }: ClamdVersion, { signaturesDays, localSignatures, now }: Wanted): void {
  if (signaturesAt === undefined) {
    if (localSignatures) return
    throw new ScanPostponed('clamd has no signatures but our own yet: look at freshclam')
  }
  const days = (epochSeconds(now()) - signaturesAt / 1000) / 86_400
  if (days > signaturesDays) throw new ScanPostponed(`the signatures are ${Math.floor(days)} days old`)
}

function signaturesOf({ signatures, signaturesAt }: ClamdVersion): string {
  if (signatures === undefined) return 'local signatures only'
  return signaturesAt === undefined ? String(signatures) : `${signatures} of ${new Date(signaturesAt).toISOString()}`
}

/** Nobody listens, so nothing is being scanned: what lies in its memory was left by one that was killed. */
function isAway(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: string }
  return error instanceof ClamdUnavailable && (code === 'ECONNREFUSED' || code === 'ENOENT')
}

/** No scan takes longer (clamd's MaxScanTime): what is older was left by one that was killed. */
const longestScanMs = 3_600_000

/** At start another scanner may be at work with the same clamd: only what nobody can need any more goes. */
export async function sweepMemory(folder: string, epochMs: number): Promise<void> {
  await memoryRoom(folder)
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && found.mtimeMs < epochMs - longestScanMs) await rm(path, { recursive: true, force: true })
  }
}
