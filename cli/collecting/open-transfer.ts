// One transfer, as commands begin with it: what the service says of it, its verified agreement, and who is asking. What the
// service says is shown, and believed only as far as signed notes and approvals go.
import type { Api } from '#client/api.ts'
import { verifyApproval } from '#client/transfers/approval.ts'
import { ownPerson } from '#client/trust/sender.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { verifyAddenda } from '#client/transfers/verify-addenda.ts'
import { type VerifiedNote, verifyNote } from '#client/transfers/verify-note.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import { hasWrappedKey } from '#client/transfers/wrapped-for.ts'
import { type TransferView, viewOperations } from '#contract/transfers/view.ts'
import { type Instant, manifestFileId, type TransferId, transferId } from '#domain/values.ts'
import { unrecognisedWords, unscannableWords } from '#words/en/scanning.ts'
import { approvalAnswerWords, notScannedWords } from '#words/en/transfers.ts'
import { trustedAgreement } from '../trust/agreements.ts'
import { type Context, signedInApi } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'

export interface Looked {
  readonly api: Api
  readonly view: TransferView
  readonly agreement: VerifiedAgreement
  /** Who asks, as the own verified roster has them. */
  readonly person: VerifiedPerson
}

export async function lookAt(context: Context, transfer: TransferId): Promise<Looked> {
  const api = await signedInApi(context)
  const view = await api.call(viewOperations.view, { params: { transfer } })
  const { id, version } = view.agreement
  const agreement = await trustedAgreement(context, { api, id, version, toRead: true })
  return { api, view, agreement, person: await findMyself(context, agreement) }
}

export function parseTransferId(text: string): TransferId {
  const parsed = transferId.safeParse(text)
  if (!parsed.success) throw usage('A transfer is named by its id, 32 characters. Use: safehand inbox')
  return parsed.data
}

export async function findMyself({ home }: Context, agreement: VerifiedAgreement): Promise<VerifiedPerson> {
  const { account } = await home.readSettings()
  const person = ownPerson(agreement, account)
  if (person) return person
  throw new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'NOT_IN_ROSTER',
    message: "You are not in your organisation's signed roster. Ask your administrator.",
  })
}

export async function readNote(of: {
  readonly agreement: VerifiedAgreement
  readonly transfer: TransferId
  readonly view: TransferView
  readonly now: ReturnType<Context['io']['now']>
}): Promise<VerifiedNote> {
  const { view, ...claim } = of
  if (view.note) return verifyNote({ ...claim, document: view.note })
  throw usage('This transfer has not been handed over yet.')
}

/** Nobody lied: they joined the team after it was sent, or have another key than then. */
export async function refuseWithoutKey({ agreement, person, view, now }: Opening): Promise<void> {
  const note = await readNote({ agreement, transfer: view.transfer, view, now })
  const addenda = await verifyAddenda({ agreement, note, documents: view.addenda, now })
  if (hasWrappedKey(note, { person, addenda })) return
  throw usage(
    [
      'It was sent before you were in the team, or before you had your key of today: nothing is encrypted for you.',
      `Its sender, or a colleague who can collect it, lets you in: safehand add-recipient ${view.transfer} --to ${person.email} --reason WHY`,
    ].join('\n'),
  )
}

interface Opening extends Omit<Looked, 'api'> {
  readonly now: Instant
}

interface ScanToDescribe {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly view: TransferView
  readonly now: Instant
}

/** What the scanner could not tell, of what it found nothing in. */
export function describeUnrecognised({ verdict, files }: TransferView): string[] {
  if (verdict !== 'clean') return []
  const unknown = files.filter(({ id, typeSeen }) => id !== manifestFileId && typeSeen === null)
  const said = unrecognisedWords(unknown.length)
  return said === null ? [] : [said]
}

/** Whether it was scanned, and who answered for it where two people were asked, by their signature. Throws TrustRefused. */
export async function describeScan({ agreement, note, view, now }: ScanToDescribe) {
  const why = view.finding === null ? null : unscannableWords(view.finding)
  const unscanned = [notScannedWords, ...(why === null ? [] : [`The scanner says: ${why}.`])]
  const scan =
    view.verdict === 'clean'
      ? { value: 'clean', text: describeUnrecognised(view) }
      : { value: 'not scanned', text: unscanned }
  if (view.approval === null) return scan
  const { approver, what, reason } = await verifyApproval({ agreement, note, document: view.approval, now })
  const said = `${approvalAnswerWords[what]} ${approver.name} <${approver.email}>: ${reason}`
  return { ...scan, text: [...scan.text, said] }
}
