// The flow's threshold: what is more than any of its bounds is released by two people (ARCHITECTURE.md#approval).
// Asked by the client before anything is encrypted, by the service at the draft, and again before the release.
import type { Flow } from '../agreements/agreement.ts'

export interface Amount {
  /** As the sender states them; null: not stated. */
  readonly records: number | null
  readonly files: number
  /** Of all files together, plaintext. */
  readonly bytes: number
}

export const approvalBounds = ['records', 'files', 'bytes'] as const
export type ApprovalBound = (typeof approvalBounds)[number]

/** The first bound that it is over; null: one person sends it. */
export function approvalFor({ approvalOver }: Pick<Flow, 'approvalOver'>, amount: Amount): ApprovalBound | null {
  return approvalBounds.find((bound) => (amount[bound] ?? 0) > (approvalOver?.[bound] ?? Infinity)) ?? null
}

export function amountOf({
  records = null,
  fileBytes,
}: {
  readonly records?: number | null
  readonly fileBytes: readonly number[]
}): Amount {
  return { records, files: fileBytes.length, bytes: fileBytes.reduce((sum, one) => sum + one, 0) }
}
