// Sends one planned transfer so that it is sent once, whenever this process ends and however often it runs again: what
// was begun is in the ledger before the service hears of it, and of what was begun the service is asked what became of it.
import { type Api, RefusedByServer } from '#client/api.ts'
import type { SendEffects, Sender } from '#client/outgoing.ts'
import { sendTransfer } from '#client/send.ts'
import { transferOperations } from '#contract/transfers.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { JournalEntry } from '#domain/transfers/send-journal.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { describeRow, type RowProblemCode } from '#words/en/batch.ts'
import type { PlannedTransfer } from './check.ts'
import type { Ledger, Standing } from './ledger.ts'

export type Outcome =
  | { readonly state: 'sent' | 'sent-before'; readonly transfer: TransferId }
  | { readonly state: 'refused'; readonly code: string; readonly words: string }

export interface PlannedSending {
  readonly api: Api
  readonly effects: SendEffects
  readonly sender: Sender
  readonly ledger: Ledger
}

/** Throws what would stop the next one as well: ServerUnreachable, TrustRefused, a refusal of the sender or the agreement. */
export async function sendPlanned(sending: PlannedSending, planned: PlannedTransfer): Promise<Outcome> {
  const { ledger } = sending
  const { identity, key } = planned
  const standing = ledger.find(identity)
  const begun = standing && (await whatBecameOf(sending, { identity, standing, planned }))
  if (begun?.sent) {
    const { transfer } = begun
    if (standing?.key === key) return { state: 'sent-before', transfer }
    return refused('ROW_CHANGED', { name: identity.slice(identity.indexOf(':') + 1), transfer })
  }
  const reusable = standing !== null && mayRepeat(standing, { key, now: sending.effects.now() })
  try {
    if (!reusable) return await send(sending, { planned, ...(await nextAttempt(sending, { planned, standing })) })
    return await send(sending, { planned, ...standing }).catch(async (error: unknown) => {
      // The same draft with other words: somebody's key changed since. Nothing was handed over of it.
      if (!(error instanceof RefusedByServer) || error.code !== 'IDEMPOTENCY_CONFLICT') throw error
      return send(sending, { planned, ...(await nextAttempt(sending, { planned, standing })) })
    })
  } catch (error) {
    return refusalIn(error, { file: planned.rows[0]?.file ?? '' })
  }
}

/** An earlier run asked for the draft and never saw the answer: asked again, the service gives the same. */
function mayRepeat({ key, transfer, at }: Standing, now: { readonly key: string; readonly now: Instant }): boolean {
  return key === now.key && transfer === null && addSeconds(at, uploadTokenSeconds / 2) > now.now
}

interface Begun {
  readonly identity: string
  readonly standing: Standing
  readonly planned: PlannedTransfer
}

type Became = { readonly sent: true; readonly transfer: TransferId } | { readonly sent: false }

/** The service's word counts: an earlier run may have ended after it handed over and before it wrote so. */
async function whatBecameOf({ api, ledger, effects }: PlannedSending, begun: Begun): Promise<Became> {
  const { identity, planned } = begun
  const { transfer, sentAt } = begun.standing
  if (transfer === null) return { sent: false }
  if (sentAt !== null) return { sent: true, transfer }
  const { dispatchedAt } = await api.call(transferOperations.view, { params: { transfer } })
  if (dispatchedAt === null) return { sent: false }
  const rows = planned.rows.map(({ digest }) => digest)
  await ledger.write({ line: 'sent', identity, transfer, rows, at: effects.now() })
  return { sent: true, transfer }
}

type Attempt = Pick<Standing, 'attempt' | 'expires'>

/** Written down before the service hears of it. */
async function nextAttempt(
  { ledger, effects }: PlannedSending,
  { planned, standing }: { readonly planned: PlannedTransfer; readonly standing: Standing | null },
): Promise<Attempt> {
  const { identity, key, days } = planned
  const attempt = (standing?.attempt ?? 0) + 1
  const at = effects.now()
  const expires = addDays(at, days)
  await ledger.write({ line: 'begun', identity, key, attempt, expires, at })
  return { attempt, expires }
}

interface ToSend extends Attempt {
  readonly planned: PlannedTransfer
}

async function send(
  { effects, sender, ledger }: PlannedSending,
  { planned, attempt, expires }: ToSend,
): Promise<Outcome> {
  const { identity, key, request, profile, rows } = planned
  let known: TransferId | null = null
  const journal = async (entry: JournalEntry) => {
    if (known === null) await ledger.write({ line: 'drafted', identity, transfer: entry.transfer })
    known = entry.transfer
    await effects.journal(entry)
  }
  const { transfer } = await sendTransfer(
    { ...effects, journal },
    {
      sender,
      request: { ...request, expires },
      profile,
      draftKey: `batch-${key}-${attempt}`,
    },
  )
  await ledger.write({ line: 'sent', identity, transfer, rows: rows.map(({ digest }) => digest), at: effects.now() })
  return { state: 'sent', transfer }
}

/** What is about this one alone. Anything else is thrown on. */
function refusalIn(error: unknown, { file }: { readonly file: string }): Outcome {
  if (error instanceof EnvelopeError && error.code === 'SOURCE_CHANGED') return refused('FILE_CHANGED', { file })
  if (!(error instanceof RefusedByServer)) throw error
  if (error.code === 'IDEMPOTENCY_CONFLICT') return refused('SENT_ELSEWHERE')
  if (ofAll.includes(error.code) || error.status === 401 || error.status === 429 || error.status >= 500) throw error
  return { state: 'refused', code: error.code, words: `${error.title}. ${error.action}` }
}

function refused(code: RowProblemCode, said: Readonly<Record<string, string>> = {}): Outcome {
  return { state: 'refused', code, words: describeRow(code, said) }
}

/** The sender's or the agreement's, not this transfer's. */
const ofAll: readonly string[] = [
  'SCOPE_REQUIRED',
  'AGR_NOT_SIGNED',
  'AGR_EXPIRED',
  'AGR_REVIEW_OVERDUE',
  'ROLE_REQUIRED',
]
