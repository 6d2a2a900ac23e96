// A file that a row of a list names, as it was found where this runs; or what is wrong with it.
import type { Sha256Hex } from '#domain/values.ts'
import type { RowProblemCode } from '#words/en/batch.ts'
import type { OutgoingFile } from '../send/sending.ts'

export interface FoundFile {
  readonly ok: true
  /** Gives what has this digest, or fails before its end. */
  readonly file: OutgoingFile
  readonly sha256: Sha256Hex
}

export interface NoFile {
  readonly ok: false
  readonly code: RowProblemCode
  /** Beside the file, for its words. */
  readonly said?: Readonly<Record<string, string>>
}
