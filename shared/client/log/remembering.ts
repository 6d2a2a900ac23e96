// Verifies a log against what this client saw of it before, and keeps what it sees now (ARCHITECTURE.md#nobody-forgets).
import { logOrigin } from '#domain/audit/entry.ts'
import type { RememberedLog } from '#domain/audit/remembered.ts'
import { encodeBase64 } from '#tlog/bytes.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { checkpointPath } from './log-layout.ts'
import { type LogMemory, rememberHead, rememberRefused } from './memory.ts'
import { type LogReport, type LogToVerify, verifyExportedLog } from './verify-log.ts'

export interface Remembering {
  readonly memory: LogMemory
  /** Where the copy lies; null: it is nowhere but here. */
  readonly place: string | null
}

/** Entries are read once more when somebody else kept a head meanwhile, and told once. */
export async function verifyAndRemember(
  log: Omit<LogToVerify, 'remembered'>,
  { memory, place }: Remembering,
): Promise<LogReport> {
  const bytes = log.reader.read(checkpointPath)
  const signed = bytes && parseSignedCheckpoint(bytes)
  const named = logOrigin.safeParse(signed?.checkpoint.origin)
  if (!bytes || !signed || !named.success) return verifyExportedLog(log)
  const { origin, size, root } = { ...signed.checkpoint, origin: named.data }
  const note = new TextDecoder().decode(bytes)
  const copy = place === null ? null : { place, size, root: encodeBase64(root) }
  const { onEntry, ...silent } = log
  for (let asked: Omit<LogToVerify, 'remembered'> = log; ; asked = silent) {
    const before = await memory.recall(origin)
    // What was refused when it was fetched is no older copy, though it may look like one.
    const wasRefused = before?.refused.some((one) => one.note === note && one.place !== null && one.place === place)
    const fresh = log.fresh === true || wasRefused === true
    const report = await verifyExportedLog({ ...asked, fresh, remembered: before })
    const { pinned, cosigned } = report.key
    const isNews = mayFollow(report, { fresh: log.fresh ?? false })
    const now = isNews
      ? rememberHead(before, { origin, note, at: log.now, pinned, fresh: log.fresh ?? false, cosigned, copy })
      : before && refused(before, { report, note, place, at: log.now })
    if (now === null || (await memory.keep({ before, now }))) return report
  }
}

/** A folder from anywhere binds nobody unless its key is pinned; what the service itself hands out binds it. */
function mayFollow({ status, seen }: LogReport, { fresh }: { readonly fresh: boolean }): boolean {
  if (status === 'bad' || seen?.now === 'older') return false
  return status !== 'key not pinned' || fresh
}

function refused(
  before: RememberedLog,
  { report, ...shown }: { readonly report: LogReport } & Omit<RememberedLog['refused'][number], 'code'>,
): RememberedLog | null {
  const { problem, seen } = report
  return problem && seen?.now === 'another' ? rememberRefused(before, { ...shown, code: problem.code }) : null
}
