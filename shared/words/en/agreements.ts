// What a flow of an agreement allows at most, as people read it before they sign.
import type { ApprovalBound } from '#domain/agreements/approval-over.ts'
import type { Flow } from '#domain/agreements/agreement.ts'

const number = (value: number) => value.toLocaleString('en-GB')

const bounds = {
  records: (most) => `${number(most)} records`,
  files: (most) => `${number(most)} files`,
  bytes: (most) => `${number(most)} bytes`,
} as const satisfies Record<ApprovalBound, (most: number) => string>

/** Of one transfer. */
export function flowLimitsWords({ maxFiles, maxFileBytes, maxRecords }: Flow): string {
  const records = maxRecords === undefined ? '' : `, and ${bounds.records(maxRecords)}`
  return `one transfer: at most ${bounds.files(maxFiles)} of ${bounds.bytes(maxFileBytes)} each${records}`
}

/** What one person cannot send alone; null where they can send everything. */
export function secondPersonWords({ approvalOver = {}, malwareAssurance }: Flow): string | null {
  const over = (Object.keys(bounds) as ApprovalBound[]).flatMap((bound) => {
    const most = approvalOver[bound]
    return most === undefined ? [] : [`more than ${bounds[bound](most)}`]
  })
  const unchecked = malwareAssurance === 'SENDER_DECLARED' ? ['what could not be checked for viruses'] : []
  const all = [...over, ...unchecked]
  return all.length === 0 ? null : `released by an approver, not its sender: ${all.join(', ')}`
}
