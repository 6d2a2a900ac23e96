// One piece of the copy of a log that is kept elsewhere (ARCHITECTURE.md#copy-of-the-logs), as it stands in its file.
import * as z from 'zod'
import { logOrigin } from './entry.ts'

/** The entries `from` up to, not including, `size`, base64; `note`: the log's signed checkpoint at `size`. */
export const storedPiece = z.strictObject({
  log: logOrigin,
  from: z.int().nonnegative(),
  size: z.int().positive(),
  note: z.string(),
  entries: z.array(z.base64()),
})
