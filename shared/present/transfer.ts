// What a person sees of one transfer, whoever shows it: where it stands and why, who has it, how it ended, what they can do
// next. From the view that the service gave and what was verified of it; nothing is verified or decided here.
import type { TransferSummary, TransferView } from '#contract/transfers/view.ts'
import { hasEnded } from '#domain/transfers/states.ts'
import { isForApproval } from '#domain/transfers/transfer.ts'
import { dateInWords } from '#words/en/dates.ts'
import { endedWords, firstReleaseWords, holdWords, recallOutcomeWords } from '#words/en/endings.ts'
import { otherTypesWords, unscannableWords } from '#words/en/scanning.ts'
import { everyoneAcknowledgedWords, transferStateWords } from '#words/en/transfers.ts'
import { type Act, nextActs } from './acts.ts'
import { describeAddendum, type SignedAddendum } from './addenda.ts'
import {
  describeAsked,
  describeScan,
  describeUnrecognised,
  type SignedApproval,
  type SignedVerdict,
} from './approval.ts'
import { describeDelivery, type SignedReceipt } from './deliveries.ts'
import { describeEnding, describeHold, type SignedDestruction } from './ending.ts'
import type { Names } from './names.ts'

export interface TransferToPresent {
  readonly view: TransferView
  readonly names: Names
  readonly addenda: readonly SignedAddendum[]
  /** Null: not scanned yet. */
  readonly verdict: SignedVerdict | null
  readonly approval: SignedApproval | null
  readonly receipts: readonly SignedReceipt[]
  readonly destructions: readonly SignedDestruction[]
}

export interface TransferPicture {
  readonly heading: string
  readonly from: string
  /** Where it stands, in a sentence. */
  readonly state: string
  readonly because: readonly string[]
  readonly deliveries: readonly string[]
  readonly added: readonly string[]
  /** Who holds it, how it ended, or until when it is kept. */
  readonly ending: readonly string[]
  readonly next: readonly Act[]
}

export function presentTransfer(shown: TransferToPresent): TransferPicture {
  const { view, names, addenda, verdict, approval, receipts } = shown
  const { transfer, caseReference, marking, handlingInstruction, destroyed } = view
  const goesOn = !hasEnded(view.state) && view.keptUntil === null
  return {
    heading: `Transfer ${transfer}${caseReference === null ? '' : `, reference ${caseReference}`}`,
    from: `From ${senderInWords(nameSummary(view, names))}. ${marking}${handlingInstruction === null ? '' : `: ${handlingInstruction}`}`,
    state: sayState(view),
    because: [
      ...(verdict === null ? [] : approval ? describeScan(verdict, approval).text : describeUnrecognised(verdict)),
      ...(approval === null && verdict !== null && view.state === 'awaiting-approval'
        ? describeAsked(verdict.needs)
        : []),
      ...describeFinding(verdict?.finding ?? null),
      ...describeOtherTypes(verdict),
    ],
    deliveries: view.deliveries.map((delivery) =>
      describeDelivery(delivery, { names, transfer: view.state, receipts }),
    ),
    added: addenda.map((one) => describeAddendum(one, names)),
    ending: [
      ...describeHold(view, names),
      ...describeEnding(shown),
      ...(destroyed === null ? [] : [`Destroyed ${dateInWords(destroyed.at)}; there is a signed certificate.`]),
      ...(goesOn ? [`It is kept until ${dateInWords(view.expiresAt)}.`] : []),
    ],
    next: nextActs(view, names),
  }
}

function describeFinding(finding: string | null): readonly string[] {
  if (finding === null) return []
  const why = unscannableWords(finding)
  return [`Found: ${finding}`, ...(why === null ? [] : [`It could not be looked into: ${why}.`])]
}

/** Why nobody may let it go, where that is why: what the scanner took its files for. */
function describeOtherTypes(verdict: SignedVerdict | null): readonly string[] {
  const needs = verdict?.needs
  return needs?.needs === 'never' && needs.because === 'file-types' ? [otherTypesWords(needs.listed)] : []
}

function sayState({ state, deliveries, ended, recall, held, releaseNotBefore }: TransferView): string {
  if (recall !== null) return recallOutcomeWords[recall.outcome]
  if (ended !== null) return endedWords[ended.as]
  if (held !== null && !isForApproval(held.reason)) return holdWords[held.reason]
  if (releaseNotBefore !== null && state !== 'released') return firstReleaseWords(dateInWords(releaseNotBefore))
  const done = state === 'released' && deliveries.every((one) => one.state === 'acknowledged')
  return done ? everyoneAcknowledgedWords : transferStateWords[state]
}

export function nameSummary<T extends Pick<TransferSummary, 'sender'>>(one: T, names: Names) {
  const { organisation } = one.sender
  const sender = { ...one.sender, name: names.person(one.sender), organisationName: names.organisation(organisation) }
  return { ...one, sender }
}

export function senderInWords({ sender: { account, name, organisationName } }: ReturnType<typeof nameSummary>): string {
  return [name ?? `account ${account}`, organisationName].filter((part) => part !== null).join(', ')
}
