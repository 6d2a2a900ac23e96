// One thing in a watched folder: planned and sent as a list would send it, with the same ledger, then put away. The n-th thing
// of one name is known as such: killed between sending and moving, the next run moves it and sends nothing.
import { join } from 'node:path'
import { describeRefusal } from '#words/en/refusals.ts'
import { emptyFolderWords, linkWords } from '#words/en/watch.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import { findFile, type Where } from '../batch/files.ts'
import type { Ledger } from '../batch/ledger.ts'
import { type Plan, planTransfers } from '#client/batch/plan.ts'
import type { AskedInWords } from '#client/batch/rows.ts'
import { type PlannedSending, sendPlanned } from '../batch/send-planned.ts'
import type { Trusted } from '../batch/trusted.ts'
import { type Entry, lookAtEntry } from './entries.ts'
import { putInRefused, putInSent } from './put-away.ts'

export type EntryOutcome =
  | { readonly event: 'sent' | 'sent-before'; readonly name: string; readonly transfer: string }
  | { readonly event: 'refused'; readonly name: string; readonly code: string; readonly words: string }
  | { readonly event: 'changed'; readonly name: string }

export interface EntrySending {
  readonly trusted: Trusted
  readonly sending: PlannedSending
  readonly where: Where
  readonly asked: AskedInWords
  /** In each file. */
  readonly records: number | undefined
}

/** Null when it went meanwhile. Throws what `sendPlanned` throws, and CommandFailed when the agreement permits nothing now. */
export async function sendEntry(options: EntrySending, entry: Entry): Promise<EntryOutcome | null> {
  const outcome = await decideEntry(options, entry)
  if (outcome === null || outcome.event === 'changed') return outcome
  const { folder } = options.where
  const { name, octets } = entry
  if (outcome.event === 'refused') await putInRefused(folder, { ...outcome, ...(octets && { octets }) })
  // What was sent is not what lies there now: it stays, and is another thing.
  else if ((await lookAtEntry(folder, name))?.looks === entry.looks) await putInSent(folder, name)
  await options.sending.ledger.write({ line: 'moved', identity: nameIn(options.where, name) })
  return outcome
}

async function decideEntry(options: EntrySending, entry: Entry): Promise<EntryOutcome | null> {
  const { name, files, hasOther, badName } = entry
  const refuse = (code: string, words: string): EntryOutcome => ({ event: 'refused', name, code, words })
  if (hasOther) return refuse('FILE_NOT_PLAIN', linkWords)
  if (badName !== null) return refuse('FILE_NAME_INVALID', badName)
  if (files.length === 0) return refuse('FILE_MISSING', emptyFolderWords)
  const plan = await planEntry(options, entry)
  const { refusal, problems } = plan
  if (refusal) {
    const { title, action } = describeRefusal(refusal)
    throw new CommandFailed({ exit: exitCodes.refusedByService, code: refusal.code, message: `${title}. ${action}` })
  }
  const codes = problems.map(({ code }) => code)
  if (codes.includes('FILE_MISSING') || plan.sentBefore.size > 0) return null
  if (codes.includes('FILE_CHANGED')) return { event: 'changed', name }
  if (codes.includes('ROW_CHANGED')) {
    // The one before was sent and not moved; this lies in its place.
    await options.sending.ledger.write({ line: 'moved', identity: nameIn(options.where, name) })
    return decideEntry(options, entry)
  }
  const [planned] = plan.transfers
  if (!planned) return refuse(codes[0] ?? '', [...new Set(problems.map(({ words }) => words))].join('\n'))
  const sent = await sendPlanned(options.sending, planned)
  if (sent.state !== 'refused') return { event: sent.state, name, transfer: sent.transfer }
  if (sent.code === 'ROW_CHANGED') return decideEntry(options, entry)
  // Gone while it was being sent: there is nothing to put away, and nothing was handed over.
  if (sent.code === 'FILE_MISSING') return null
  return sent.code === 'FILE_CHANGED' ? { event: 'changed', name } : refuse(sent.code, sent.words)
}

async function planEntry(
  { trusted, sending, where, asked, records }: EntrySending,
  { name, files }: Entry,
): Promise<Plan> {
  const { ledger, effects } = sending
  const counted = nameIn(where, name)
  const transfer = `${counted} ${ledger.timesMoved(counted) + 1}`
  const of = { id: null, transfer, asked, ...(records !== undefined && { records }) }
  const rows = files.map((file, index) => ({ row: index + 1, file, ...of }))
  const within = (file: string) => (file === name ? name : file.slice(name.length + 1))
  return planTransfers(
    {
      ...trusted,
      seeFileType: effects.seeFileType,
      at: effects.now(),
      ledger,
      folder: where.folder,
      findFile: (file) => findFile(join(where.folder, file), { ...where, name: within(file) }),
    },
    rows,
  )
}

/** In the ledger: its things are counted by name. */
function nameIn({ folder }: Pick<Where, 'folder'>, name: string): string {
  return `watched ${join(folder, name)}`
}

/** What was sent by an earlier run, which then could not say that it moved it: it is gone, so it was moved. */
export async function closeMoved(
  ledger: Ledger,
  { folder, entries }: { readonly folder: string; readonly entries: readonly Entry[] },
): Promise<void> {
  const there = new Set(entries.map(({ name }) => nameIn({ folder }, name)))
  for (const identity of ledger.sent()) {
    const [, name = '', count = ''] = /^transfer:(watched .*) (\d+)$/s.exec(identity) ?? []
    if (name !== '' && !there.has(name) && ledger.timesMoved(name) < Number(count)) {
      await ledger.write({ line: 'moved', identity: name })
    }
  }
}
