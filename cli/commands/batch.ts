// `safehand send --batch LIST`: many files by a list, as CSV. Everything is checked before anything is sent; what is sent is
// remembered (batch/ledger.ts), so that running it again sends only what is missing. Trust is verified once for all rows,
// and the passphrase asked once.
import { seeFileType } from '#platform/file-type.ts'
import { realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { distinct } from '#client/send/request-in-words.ts'
import { leftOutWords } from '#words/en/unknown.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { mapConcurrently } from '#client/concurrency.ts'
import type { PlannedTransfer } from '#client/batch/check.ts'
import { findFile } from '../batch/files.ts'
import { encodeFollowed, type Followed, followTransfer } from '../batch/follow.ts'
import { type Ledger, openLedger } from '../batch/ledger.ts'
import { digestOfRow, type Plan, planTransfers } from '#client/batch/plan.ts'
import { encodeReport } from '../batch/report.ts'
import type { ReadRows, RowDefaults } from '#client/batch/rows.ts'
import { parseRecordsOfEach, readRows } from '../batch/rows.ts'
import { reportRows, sayChecked, sayFollowed, sayProblems, saySent } from '../batch/say.ts'
import { type Outcome, sendPlanned } from '../batch/send-planned.ts'
import { type Trusted, trustAgreement } from '../batch/trusted.ts'
import { type Context, readBytes, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { describeFileError } from '../terminal/file-error.ts'
import { startProgress } from '../terminal/progress.ts'
import type { AgreementWanted } from '#client/trust/fetch-agreement.ts'
import { trustedAgreement, trustedOnce } from '../trust/agreements.ts'
import { parseDays, sendEffects, type SendOptions } from '../sending/request.ts'
import { createJournals } from '../sending/journals.ts'

export interface BatchOptions extends Partial<SendOptions> {
  readonly batch?: string
  readonly files?: string
  readonly dryRun?: boolean
  readonly skipInvalid?: boolean
  readonly status?: boolean
  readonly receipts?: string
  readonly report?: string
  readonly atOnce?: string
}

export function addBatchOptions(command: Command): Command {
  return command
    .option(
      '--batch <list>',
      'send the files of a list (CSV); the options above stand for cells left out, --records for each file',
    )
    .option('--files <folder>', "with --batch: where the list's files are (otherwise beside it)")
    .option('--dry-run', 'with --batch: check everything, send nothing')
    .option('--skip-invalid', 'with --batch: send the rows that are right, leave out the others')
    .option('--status', 'with --batch: who collected and acknowledged each file; give the options it was sent with')
    .option('--receipts <folder>', 'with --status: where to keep signed receipts (otherwise beside the list)')
    .option('--report <file>', 'with --batch: where to write what became of each row (otherwise beside the list)')
    .option('--at-once <number>', 'with --batch: transfers under way at once (otherwise 8)')
}

const batchOnly = {
  files: '--files',
  dryRun: '--dry-run',
  skipInvalid: '--skip-invalid',
  status: '--status',
  receipts: '--receipts',
  report: '--report',
  atOnce: '--at-once',
} as const satisfies Partial<Record<keyof BatchOptions, string>>

/** Who types one of them without a list means something else than sending: it must not be sent. */
export function refuseWithoutBatch(options: BatchOptions): void {
  const given = (Object.keys(batchOnly) as (keyof typeof batchOnly)[]).filter((name) => options[name] !== undefined)
  if (given.length === 0) return
  const named = given.map((name) => batchOnly[name]).join(', ')
  throw usage(`${named}: only for a list. Name it with --batch, or leave that out. Nothing was sent.`)
}

interface BatchToSend extends BatchOptions {
  readonly list: string
  /** Beside the list: refused, because nobody knows under which terms they would go. */
  readonly named: readonly string[]
}

export async function sendBatch(context: Context, { list, named, ...options }: BatchToSend): Promise<void> {
  if (named.length > 0) throw usage('With --batch the list names the files; name none beside it.')
  if (!options.agreement) throw usage('Option --agreement is needed.')
  const read = readList(await readBytes(list), { list, defaults: defaultsIn(options) })
  const path = await realpath(list)
  const ledger = await openLedger(await ledgerPath(context, path), {
    taken: `Another safehand is sending ${list}. Wait until it has ended.`,
  })
  try {
    await runBatch(context, { ...options, agreement: options.agreement, list: path, read, ledger })
  } finally {
    await ledger.close()
  }
}

interface Batch extends BatchOptions {
  readonly agreement: string
  readonly list: string
  readonly read: ReadRows
  readonly ledger: Ledger
}

async function runBatch(context: Context, batch: Batch): Promise<void> {
  const { io, home } = context
  const { read, ledger, list } = batch
  const trusted = await trustAgreement(context, { agreement: batch.agreement, retrySeconds })
  if (batch.status) return follow(context, { ...batch, trusted })
  const plan = await planBatch(context, { ...batch, trusted })
  const problems = [...read.problems, ...plan.problems].toSorted((one, other) => one.row - other.row)
  const state = { rows: read.rows, plan, problems, outcomes: new Map<PlannedTransfer, Outcome>() }
  if (batch.dryRun) return sayChecked(context, { ...state, ledger })
  if (problems.length > 0 && !batch.skipInvalid) sayProblems(context, problems)
  const report = besideList(list, batch.report, 'report.csv')
  const writeReport = () => writePrivate(report, encodeReport(reportRows(state)))
  const { api, agreement, person } = trusted
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile: batch.passphraseFile })
  // Before the first is sent: what cannot be reported is not begun.
  await writeReport()
  const { url } = await home.readSettings()
  await using journals = createJournals(home)
  const effects = sendEffects(context, { api, url, progress: () => undefined, journals })
  const trust = (wanted: AgreementWanted) => trustedAgreement(context, wanted)
  const sending = { api, effects, journals, sender: { agreement, person, key }, ledger, trust }
  const bar = startProgress(context, { label: 'Sending', total: plan.transfers.length })
  try {
    await mapConcurrently(plan.transfers, {
      concurrency: parseConcurrency(batch.atOnce),
      work: async (planned) => {
        io.signal.throwIfAborted()
        state.outcomes.set(planned, await sendPlanned(sending, planned))
        bar.at(state.outcomes.size)
      },
    })
  } finally {
    bar.stop()
    await writeReport()
  }
  saySent(context, { ...state, report })
}

function besideList(list: string, given: string | undefined, otherwise: string): string {
  return resolve(given ?? list.replace(/(\.csv)?$/i, `.${otherwise}`))
}

/** Of every row that was sent, also when its file is gone since. */
async function follow(context: Context, batch: Batch & { readonly trusted: Trusted }): Promise<void> {
  const { list, read, ledger, trusted } = batch
  const { api } = trusted
  const receipts = besideList(list, batch.receipts, 'receipts')
  const following = { api, trust: trustedOnce(context), now: context.io.now, receipts }
  const known = new Map<TransferId, Promise<Followed>>()
  const rows = await mapConcurrently(read.rows, {
    concurrency: parseConcurrency(batch.atOnce),
    work: async (row) => {
      const transfer = ledger.sentWith(await digestOfRow(row))
      if (transfer === null) return { row, followed: null }
      const followed = known.get(transfer) ?? followTransfer(following, transfer)
      known.set(transfer, followed)
      return { row, followed: await followed }
    },
  })
  const report = besideList(list, batch.report, 'status.csv')
  await writePrivate(report, encodeFollowed(rows))
  sayFollowed(context, { rows, report })
}

async function planBatch(
  context: Context,
  { list, files, read, ledger, trusted }: Batch & { readonly trusted: Trusted },
): Promise<Plan> {
  const { io, home } = context
  const folder = await realpath(resolve(files ?? dirname(list))).catch((error: unknown) => {
    throw usage(describeFileError(error, files) ?? `Cannot use ${files ?? list}.`)
  })
  const where = { folder, home: await realpath(home.folder) }
  const findIt = (file: string) => findFile(file, where)
  const plan = await planTransfers(
    { ...trusted, at: io.now(), ledger, findFile: findIt, folder, seeFileType },
    read.rows,
  )
  sayLeftOut(context, plan)
  if (!plan.refusal) return plan
  const { title, action } = describeRefusal(plan.refusal)
  throw usage(`${title}. ${action}`)
}

/** Each team once, however many transfers go to it. */
function sayLeftOut({ output }: Context, { transfers }: Plan): void {
  const recipients = distinct(transfers.flatMap(({ request }) => request.recipients))
  for (const { name, leftOut } of recipients) if (leftOut.length > 0) output.note(leftOutWords(name, leftOut))
}

/** How long one question waits for a service that is busy or away. Then the batch ends, and can be run again. */
const retrySeconds = 300

async function ledgerPath({ home }: Context, list: string): Promise<string> {
  return home.path('batches', `${sha256Hex(list).slice(0, 32)}.jsonl`)
}

function readList(
  bytes: Uint8Array,
  { list, defaults }: { readonly list: string; readonly defaults: RowDefaults },
): ReadRows {
  const text = decode(bytes, list)
  try {
    const read = readRows(text, defaults)
    if (read.rows.length === 0 && read.problems.length === 0) throw usage(`${list} has no rows.`)
    return read
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('CSV_')) throw error
    throw usage(`${list} is no CSV file: ${error.message}.`)
  }
}

function decode(bytes: Uint8Array, list: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usage(`${list} is not in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.`)
  }
}

function defaultsIn(options: BatchOptions): RowDefaults {
  const { to, caseReference, purpose, item, marking, handling, flow } = options
  const records = parseRecordsOfEach(options.records)
  return {
    ...(to && { to }),
    ...(purpose && { purpose }),
    ...(item && { items: item }),
    ...(flow && { flow }),
    ...(marking && { marking }),
    'case-reference': caseReference ?? null,
    handling: handling ?? null,
    days: parseDays(options.days) ?? null,
    ...(records !== undefined && { records }),
  }
}

function parseConcurrency(text = '8'): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1 || number > 32)
    throw usage('--at-once is a whole number from 1 to 32.')
  return number
}
