// Sends one planned transfer so that it is sent once, whenever this process ends and however often it runs again: what
// was begun is in the ledger before the service hears of it, what was begun and not handed over goes on by its journal
// (unfinished.ts), and of everything else the service is asked what became of it before anything is begun anew.
import { abandonTransfer } from '#client/send/abandon.ts'
import { type Api, RefusedByServer } from '#client/api.ts'
import { FileChanged, FileUnreadable } from '#client/send/file-fault.ts'
import type { SendEffects } from '#client/send/sending.ts'
import type { Sender } from '#client/trust/sender.ts'
import { ProfileCannotOpen, resumeTransfer } from '#client/send/resume.ts'
import { sendTransfer } from '#client/send/send.ts'
import { isHandedOver } from '#client/transfers/as-signed.ts'
import { lookAtTransfer } from '#client/transfers/look.ts'
import type { AgreementWanted } from '#client/trust/fetch-agreement.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import { addSeconds } from '#domain/time.ts'
import type { JournalEntry } from '#domain/transfers/send-journal.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { describeRow, type RowProblemCode } from '#words/en/batch.ts'
import type { Journals } from '../sending/journals.ts'
import type { PlannedTransfer } from '#client/batch/check.ts'
import type { Ledger, Standing } from './ledger.ts'

export type Outcome =
  | { readonly state: 'sent' | 'sent-before'; readonly transfer: TransferId }
  | { readonly state: 'refused'; readonly code: string; readonly words: string }

export interface PlannedSending {
  readonly api: Api
  /** Its journal is `journals`. */
  readonly effects: SendEffects
  readonly journals: Journals
  readonly sender: Sender
  readonly ledger: Ledger
  /** Of what an earlier run began, maybe under an earlier version. */
  readonly trust: (wanted: AgreementWanted) => Promise<VerifiedAgreement>
}

/** Whether it was handed over, by one's own note and not by the service's word: or what never left would count as sent. */
async function lookAtBegun({ api, effects, trust }: PlannedSending, transfer: TransferId) {
  const look = await lookAtTransfer({ api, transfer, trust, now: effects.now })
  const handedOver = isHandedOver(look.view)
  if (handedOver) await look.note()
  return { view: look.view, handedOver }
}

/** Throws what would stop the next one as well: ServerUnreachable, TrustRefused, a refusal of the sender or the agreement. */
export async function sendPlanned(sending: PlannedSending, planned: PlannedTransfer): Promise<Outcome> {
  const { identity, key } = planned
  const standing = sending.ledger.find(identity)
  const ended = standing && (await endBegun(sending, { planned, standing }))
  if (ended?.transfer && standing?.key !== key) {
    return refused('ROW_CHANGED', { name: identity.slice(identity.indexOf(':') + 1), transfer: ended.transfer })
  }
  if (ended?.transfer) return { state: ended.now ? 'sent' : 'sent-before', transfer: ended.transfer }
  try {
    return await begin(sending, { planned, standing })
  } catch (error) {
    const outcome = refusalIn(error, planned)
    const transfer = sending.ledger.find(identity)?.transfer ?? null
    if (transfer === null) return outcome
    await giveUp(sending, transfer)
    // The draft was another list's, of this very second, and had been handed over.
    const { handedOver } = await lookAtBegun(sending, transfer)
    return handedOver ? refused('SENT_ELSEWHERE') : outcome
  }
}

interface Begun {
  readonly planned: PlannedTransfer
  readonly standing: Standing
}

/** What an earlier run began: handed over before, or now; or given up, so that nothing of it can arrive any more. */
async function endBegun(
  sending: PlannedSending,
  begun: Begun,
): Promise<{ readonly transfer: TransferId; readonly now: boolean } | null> {
  const { planned } = begun
  const { transfer, sentAt, key } = begun.standing
  if (transfer === null) return null
  if (sentAt !== null) return { transfer, now: false }
  const { view, handedOver } = await lookAtBegun(sending, transfer)
  if (!handedOver && key === planned.key && (await goOn(sending, { planned, transfer, view }))) {
    await noteSent(sending, { planned, transfer })
    return { transfer, now: true }
  }
  if (!handedOver) await giveUp(sending, transfer)
  // Asked again: what a run that was killed had sent off may have arrived just before it was given up.
  if (!handedOver && !(await lookAtBegun(sending, transfer)).handedOver) return null
  await closeJournal(sending, { transfer, how: 'sent' })
  await noteSent(sending, { planned, transfer })
  return { transfer, now: false }
}

interface GoingOn {
  readonly planned: PlannedTransfer
  readonly transfer: TransferId
  readonly view: TransferView
}

/** False: it cannot go on as it was begun. */
async function goOn(sending: PlannedSending, { planned, transfer, view }: GoingOn): Promise<boolean> {
  const { journals, sender, effects } = sending
  const unfinished = await journals.take(transfer)
  if (unfinished?.begun.sessionKey.encryptionSubkey !== sender.person.encryptionSubkey) return false
  try {
    const { files } = planned.request
    await resumeTransfer(effects, { unfinished, sender, unwrapping: sender.key, files, view })
    return true
  } catch (error) {
    const isOver =
      error instanceof FileChanged ||
      error instanceof FileUnreadable ||
      error instanceof ProfileCannotOpen ||
      error instanceof EnvelopeError ||
      (error instanceof RefusedByServer && !stops(error))
    if (isOver) return false
    throw error
  }
}

/** Nothing of it arrives afterwards, or it had arrived before. */
async function giveUp(sending: PlannedSending, transfer: TransferId): Promise<void> {
  const { api } = sending
  await abandonTransfer({ api }, transfer).catch((error: unknown) => {
    if (!(error instanceof RefusedByServer) || stops(error)) throw error
  })
  await closeJournal(sending, { transfer, how: 'abandoned' })
}

/** Taken first: of what nobody holds nothing is written. */
async function closeJournal(
  { journals }: PlannedSending,
  { transfer, how }: { readonly transfer: TransferId; readonly how: 'sent' | 'abandoned' },
): Promise<void> {
  await journals.take(transfer)
  await journals.write({ entry: 'ended', transfer, how })
}

async function noteSent(
  { ledger, effects }: PlannedSending,
  { planned, transfer }: { readonly planned: PlannedTransfer; readonly transfer: TransferId },
): Promise<void> {
  const { identity, rows } = planned
  await ledger.write({ line: 'sent', identity, transfer, rows: rows.map(({ digest }) => digest), at: effects.now() })
}

interface Beginning {
  readonly planned: PlannedTransfer
  readonly standing: Standing | null
}

async function begin(sending: PlannedSending, beginning: Beginning): Promise<Outcome> {
  const { planned, standing } = beginning
  if (!mayRepeat(standing, { key: planned.key, now: sending.effects.now() })) {
    return send(sending, { planned, ...(await nextAttempt(sending, beginning)) })
  }
  return send(sending, { planned, ...standing }).catch(async (error: unknown) => {
    // The same draft with other words: somebody's key changed since. Nothing was handed over of it.
    if (!(error instanceof RefusedByServer) || error.code !== 'IDEMPOTENCY_CONFLICT') throw error
    return send(sending, { planned, ...(await nextAttempt(sending, beginning)) })
  })
}

/** An earlier run asked for the draft and never saw the answer: asked again, the service gives the same. */
function mayRepeat(
  standing: Standing | null,
  { key, now }: { readonly key: string; readonly now: Instant },
): standing is Standing {
  return standing?.key === key && standing.transfer === null && addSeconds(standing.at, uploadTokenSeconds / 2) > now
}

type Attempt = Pick<Standing, 'attempt' | 'at'>

/** Written down before the service hears of it. */
async function nextAttempt({ ledger, effects }: PlannedSending, { planned, standing }: Beginning): Promise<Attempt> {
  const { identity, key } = planned
  const attempt = (standing?.attempt ?? 0) + 1
  const at = effects.now()
  await ledger.write({ line: 'begun', identity, key, attempt, at })
  return { attempt, at }
}

interface ToSend extends Attempt {
  readonly planned: PlannedTransfer
}

async function send(sending: PlannedSending, { planned, attempt, at }: ToSend): Promise<Outcome> {
  const { effects, sender, ledger } = sending
  const { identity, key, request, days, profile } = planned
  const journal = async (entry: JournalEntry) => {
    if (entry.entry === 'begun') await ledger.write({ line: 'drafted', identity, transfer: entry.transfer })
    await effects.journal(entry)
  }
  const { transfer } = await sendTransfer(
    { ...effects, journal },
    { sender, request: { ...request, days }, profile, draft: { key: `batch-${key}-${attempt}`, firstAskedAt: at } },
  )
  await noteSent(sending, { planned, transfer })
  return { state: 'sent', transfer }
}

/** What is about this one alone. Anything else is thrown on. */
function refusalIn(error: unknown, { rows, request }: PlannedTransfer): Outcome {
  // As the list calls it; in the transfer it may be called otherwise.
  const fileOf = (name: string) => rows[request.files.findIndex((file) => file.name === name)]?.file ?? name
  if (error instanceof FileChanged) return refused('FILE_CHANGED', { file: fileOf(error.file) })
  if (error instanceof FileUnreadable) {
    const { code } = error.cause as NodeJS.ErrnoException
    const isGone = code === 'ENOENT' || code === 'ENOTDIR'
    return refused(isGone ? 'FILE_MISSING' : 'FILE_UNREADABLE', { file: fileOf(error.file) })
  }
  if (!(error instanceof RefusedByServer) || stops(error)) throw error
  if (error.code === 'IDEMPOTENCY_CONFLICT') return refused('SENT_ELSEWHERE')
  return { state: 'refused', code: error.code, words: `${error.title}. ${error.action}` }
}

function refused(code: RowProblemCode, said: Readonly<Record<string, string>> = {}): Outcome {
  return { state: 'refused', code, words: describeRow(code, said) }
}

/** It is the sender's, the agreement's or the service's, not this transfer's. */
function stops({ code, status }: RefusedByServer): boolean {
  return ofAll.includes(code) || status === 401 || status === 429 || status >= 500
}

const ofAll: readonly string[] = [
  'SCOPE_REQUIRED',
  'AGR_NOT_SIGNED',
  'AGR_EXPIRED',
  'AGR_REVIEW_OVERDUE',
  'ROLE_REQUIRED',
]
