// What a client keeps of each log that it saw, so that nobody can cut it, roll it back or write it again unseen
// (ARCHITECTURE.md#nobody-forgets). Kept beside the anchor; who keeps it and where is the client's business.
import * as z from 'zod'
import { base64, count, instant } from '../values.ts'
import { logOrigin } from './entry.ts'

const seenHead = z.strictObject({
  /** The signed checkpoint as it was shown (C2SP signed note): with another of the same key that does not fit it, proof. */
  note: z.string().max(10_000),
  /** When, by this client's clock. */
  at: instant,
  /** Whether its key stands in an agreement that the anchor verifies. Else it came from the service itself, and binds it. */
  pinned: z.boolean(),
  /**
   * When this client first asked the service itself and was shown this head. What it asked is an entry of the log, so that
   * the log has grown since. Null: the head came by otherwise.
   */
  asked: instant.nullable(),
})

/** Where a whole copy was written: a folder, which may be gone since. */
const keptCopy = z.strictObject({ place: z.string().min(1).max(4_096), size: count, root: base64.length(44) })
export type KeptCopy = z.infer<typeof keptCopy>

/** Shown to this client and refused. Without a note: the service said that there is no such log. */
const refusedHead = z.strictObject({
  note: z.string().max(10_000).nullable(),
  at: instant,
  code: z.string().max(60),
  place: z.string().max(4_096).nullable(),
})

export const rememberedLog = z.strictObject({
  origin: logOrigin,
  /** The newest that was proved to contain all before it. */
  head: seenHead,
  /** Cosignatures that it, or one before it, had. */
  cosigned: count,
  copy: keptCopy.nullable(),
  /** The oldest first; they stay after the service has told the truth again. */
  refused: z.array(refusedHead).max(100),
})
export type RememberedLog = z.infer<typeof rememberedLog>
export type RefusedHead = z.infer<typeof refusedHead>
