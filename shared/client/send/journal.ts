// What a journal says of a transfer under way: its entries, read in their order (domain/transfers/send-journal.ts). Only the
// last attempt of a file counts, because the service keeps no other. Pure: where entries are kept is the caller's.
import type { ArrivedEntry, AttemptEntry, BegunEntry, JournalEntry } from '#domain/transfers/send-journal.ts'
import { addSeconds } from '#domain/time.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, Instant, Sha256Hex } from '#domain/values.ts'

export interface EarlierAttempt {
  readonly entry: AttemptEntry
  /** Digests of the parts that may have left, from the first on. */
  readonly parts: readonly Sha256Hex[]
}

export interface Unfinished {
  readonly begun: BegunEntry
  readonly attempts: ReadonlyMap<FileId, EarlierAttempt>
  readonly arrived: ReadonlyMap<FileId, ArrivedEntry>
}

/** Null: nothing that could go on, because it has ended or never quite began. */
export function unfinishedIn(entries: readonly JournalEntry[]): Unfinished | null {
  const [begun] = entries
  if (begun?.entry !== 'begun' || entries.some(({ entry }) => entry === 'ended')) return null
  const attempts = new Map<FileId, { entry: AttemptEntry; parts: Sha256Hex[] }>()
  const arrived = new Map<FileId, ArrivedEntry>()
  for (const one of entries) {
    if (one.entry === 'attempt') attempts.set(one.file, { entry: one, parts: [] })
    if (one.entry === 'arrived') arrived.set(one.file, one)
    if (one.entry === 'part') {
      const parts = attempts.get(one.file)?.parts
      // A gap would let other bytes leave unseen: of such a journal nothing goes on.
      if (!parts || one.number !== parts.length + 1) return null
      parts.push(one.sha256)
    }
  }
  return { begun, attempts, arrived }
}

/** Octets of the bodies that have left by the journal, of all. */
export function progressOf({ begun, attempts }: Unfinished): { readonly left: number; readonly total: number } {
  const uploads = begun.files.map(({ upload }) => upload)
  const sum = (octets: readonly number[]) => octets.reduce((total, one) => total + one, 0)
  return {
    left: sum(uploads.map(({ file, length }) => Math.min(length, (attempts.get(file)?.parts.length ?? 0) * partSize))),
    total: sum(uploads.map(({ length }) => length)),
  }
}

/** Until then the service takes what is missing. */
export function uploadsEnd({ begun }: Unfinished): Instant {
  return addSeconds(begun.at, uploadTokenSeconds)
}
