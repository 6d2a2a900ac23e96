// One transfer of a list, before it is sent: its flow, purpose and recipients looked up in the verified agreement, then the
// agreement's policy asked, as the server will ask it. What it gives is ready to be sent; what is wrong is said by column.
import type { AskAgreement } from '../trust/ask-agreement.ts'
import { distinct, findFlow, findPurpose, findRecipient, isUnknown, termsOf } from '../send/request-in-words.ts'
import { fileTypesOf } from '../send/file-types.ts'
import { profileFor, readersOf, type SeeFileType, type SendTerms } from '../send/sending.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { NamedRecipient } from '../trust/named-recipient.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'
import type { Flow } from '#domain/agreements/agreement.ts'
import { asksForRecords } from '#domain/policy/decide-transfer.ts'
import { identifierIn } from '#domain/policy/identifiers.ts'
import type { Refusal } from '#domain/decision.ts'
import { addDays } from '#domain/time.ts'
import { isTooLargeToScan, mayGoUnscanned } from '#domain/scanning/scannable.ts'
import type { Unknown } from '#domain/transfers/request-in-words.ts'
import { type Instant, type Sha256Hex, sha256Hex } from '#domain/values.ts'
import type { ProfileChoice } from '#openpgp/profile.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { describeUnknown } from '#words/en/unknown.ts'
import type { FoundFile, NoFile } from './found-file.ts'
import { type BatchRow, type Column, problemOf, type RowProblem } from './rows.ts'

export interface PlannedRow {
  readonly row: number
  readonly id: string | null
  /** As the list names it. */
  readonly file: string
  readonly sha256: Sha256Hex
  /** Of the row as it is written. */
  readonly digest: Sha256Hex
}

export interface PlannedTransfer {
  /** The row's `id`, the rows' `transfer`, or what they say: by it the next run knows it again. */
  readonly identity: string
  /** Of identity and contents: the service gives one transfer for one key. */
  readonly key: Sha256Hex
  readonly rows: readonly PlannedRow[]
  readonly request: SendTerms
  readonly days: number
  readonly profile: ProfileChoice
}

export interface CheckOptions {
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly ask: AskAgreement
  readonly seeFileType: SeeFileType
  readonly at: Instant
}

export interface ReadRow {
  readonly row: BatchRow
  readonly found: FoundFile | NoFile
  /** Of the row as it is written. */
  readonly digest: Sha256Hex
}

export interface Checked {
  readonly problems: readonly RowProblem[]
  /** Null when a problem leaves nothing that could be sent. */
  readonly transfer: PlannedTransfer | null
  /** Of all rows alike. */
  readonly refusal: Refusal | null
}

/** Rows of one transfer; who is asked for again and again is looked up once. */
export type Check = (group: readonly [ReadRow, ...ReadRow[]]) => Promise<Checked>

export function createCheck(options: CheckOptions): Check {
  const { agreement, person, ask, at, seeFileType } = options
  const resolve = remembered((text, flow: Flow) => resolveRecipient(agreement, { text, flow }))
  const profileOf = remembered((_, to: readonly NamedRecipient[]) => profileFor(readersOf({ person }, to), at))

  return async (group) => {
    const { row, asked } = group[0].row
    const problems: RowProblem[] = []
    const foundFlow = findFlow(agreement, asked.flow)
    const flow = isUnknown(foundFlow) ? undefined : foundFlow
    const purpose = findPurpose(agreement, asked.purpose)
    if (isUnknown(foundFlow)) problems.push({ row, column: 'flow', ...wordsOf(foundFlow) })
    if (isUnknown(purpose)) problems.push({ row, column: 'purpose', ...wordsOf(purpose) })
    const identifier = asked.handling === null ? null : identifierIn(asked.handling)
    if (identifier) {
      const said = { column: 'handling', identifier }
      problems.push(problemOf({ row, column: 'handling', code: 'IDENTIFIER_IN_ROW', said }))
    }
    const to = flow ? asked.to.map((text) => resolve(`${flow.to} ${text}`, text, flow)) : []
    for (const one of to) if ('code' in one) problems.push({ row, column: 'to', ...one })
    problems.push(...recordsMissing(group, flow))
    const files = group.flatMap(({ row: its, found, digest }) => (found.ok ? [{ row: its, digest, ...found }] : []))
    const unchecked = files.filter(({ file }) => isTooLargeToScan(file))
    for (const { row: its } of flow && mayGoUnscanned(flow) ? [] : unchecked) {
      problems.push(problemOf({ row: its.row, column: 'file', code: 'FILE_TOO_BIG_TO_SCAN', said: { file: its.file } }))
    }
    const none = { problems, transfer: null, refusal: null }
    if (!flow || isUnknown(purpose) || problems.length > 0 || files.length < group.length) return none

    const recipients = distinct(to.filter((one) => 'recipient' in one))
    const records = recordsIn(group)
    const terms = {
      ...termsOf({ ...asked, caseReference: asked['case-reference'] }, { flow, purpose }),
      // What says nothing of them is what it was before they could be said: it is known by all it says.
      ...(records !== null && { records }),
    }
    const days = asked.days ?? flow.maxDays
    const fileBytes = files.map(({ file }) => file.size)
    const fileTypes = await fileTypesOf({ flow, files: files.map(({ file }) => file), seeFileType })
    const request = { ...terms, fileBytes, ...(fileTypes && { fileTypes }), draftedAt: at, expires: addDays(at, days) }
    const permission = await ask({ request, recipients }, at)
    if (!permission.permitted) {
      const { refusal } = permission
      if (ofAllRows.includes(refusal.code)) return { ...none, refusal }
      return { ...none, problems: [refusedRow(refusal, files)] }
    }
    const named = recipients.map(({ recipient }) => recipient)
    const content = {
      agreement: agreement.agreement.id,
      ...terms,
      days,
      to: named,
      files: files.map(({ row: { id }, file, sha256 }) => [id, file.name, sha256]),
    }
    const identity = identityOf(group[0].row, await hash(content))
    const transfer = {
      identity,
      key: await hash([identity, content]),
      rows: files.map(({ row: { row: number, id, file }, sha256, digest }) => ({
        row: number,
        id,
        file,
        sha256,
        digest,
      })),
      days,
      request: { ...terms, recipients, files: files.map(({ file }) => file) },
      profile: await profileOf(JSON.stringify(named), '', recipients),
    }
    return { problems, transfer, refusal: null }
  }
}

export async function hash(value: unknown): Promise<Sha256Hex> {
  return sha256Hex.parse(await sha256(new TextEncoder().encode(JSON.stringify(value))))
}

function remembered<A, R>(find: (text: string, of: A) => R): (name: string, text: string, of: A) => R {
  const known = new Map<string, R>()
  return (name, text, of) => {
    if (!known.has(name)) known.set(name, find(text, of))
    return known.get(name) as R
  }
}

type NotFound = Pick<RowProblem, 'code' | 'words'>

function wordsOf(unknown: Unknown): NotFound {
  const { title, action } = describeUnknown(unknown)
  return { code: unknown.unknown, words: `${title}. ${action}` }
}

function resolveRecipient(
  agreement: VerifiedAgreement,
  { text, flow }: { readonly text: string; readonly flow: Flow },
): NamedRecipient | NotFound {
  try {
    const found = findRecipient(agreement, flow, text)
    return isUnknown(found) ? wordsOf(found) : found
  } catch (error) {
    if (!(error instanceof TrustRefused) || error.code !== 'TRUST_KEY_REVOKED') throw error
    return { code: error.code, words: error.message }
  }
}

type Rows = readonly ReadRow[]

/** Of all files of the transfer; null where nobody says. */
function recordsIn(group: Rows): number | null {
  const stated = group.flatMap(({ row: { records } }) => records ?? [])
  return stated.length === 0 ? null : stated.reduce((sum, one) => sum + one, 0)
}

/** Where the flow asks, each row says; and where one row of a transfer says, the others do, or the sum would be wrong. */
function recordsMissing(group: Rows, flow: Flow | undefined): readonly RowProblem[] {
  const stated = group.find(({ row }) => row.records !== undefined)
  if (!stated && !(flow && asksForRecords(flow))) return []
  const said = stated ? { row: String(stated.row.row) } : {}
  return group
    .filter(({ row }) => row.records === undefined)
    .map(({ row: { row } }) => problemOf({ row, column: 'records', code: 'RECORDS_MISSING', said }))
}

function identityOf({ id, transfer }: BatchRow, content: Sha256Hex): string {
  if (transfer !== null) return `transfer:${transfer}`
  return id === null ? `content:${content}` : `id:${id}`
}

/** Not for one row more than for another. */
const ofAllRows: readonly string[] = ['AGR_NOT_SIGNED', 'AGR_EXPIRED', 'AGR_REVIEW_OVERDUE', 'ROLE_REQUIRED']

/** Where to look for what the agreement refused. */
const columnOf: Readonly<Record<string, Column>> = {
  FLOW_NOT_COVERED: 'flow',
  PURPOSE_NOT_COVERED: 'purpose',
  ITEM_NOT_COVERED: 'items',
  MARKING_TOO_HIGH: 'marking',
  HANDLING_REQUIRED: 'handling',
  RECIPIENT_NOT_LISTED: 'to',
  KEY_REVOKED: 'to',
  KEY_EXPIRED: 'to',
  TOO_MANY_FILES: 'transfer',
  FILE_TOO_BIG: 'file',
  FILE_TYPE: 'file',
  EXPIRY_TOO_LATE: 'days',
  RECORD_LIMIT: 'records',
  IDENTIFIER_IN_TEXT: 'case-reference',
}

interface RefusedFile {
  readonly row: BatchRow
  readonly file: { readonly size: number }
}

function refusedRow(refusal: Refusal, files: readonly RefusedFile[]): RowProblem {
  const { code, detail = {} } = refusal
  const at = code === 'FILE_TYPE' ? Number(detail.position) - 1 : 0
  const about = files.find(({ file }) => code === 'FILE_TOO_BIG' && file.size === detail.bytes) ?? files[at]
  const { title, action } = describeRefusal(refusal)
  return { row: about?.row.row ?? 1, column: columnOf[code] ?? null, code, words: `${title}. ${action}` }
}
