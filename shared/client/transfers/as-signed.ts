// What the service tells of a transfer beside what people signed about it. Where a signed document says it too, both must say
// the same: then what is shown rests on the document, whichever of the two it is read from. What no document says - who
// fetched it, who holds or recalled it, how far it is - stays the service's word (server/THREAT-MODEL.md).
import { decodeSigned } from '#contract/documents.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedDestruction } from './destruction.ts'
import type { FetchedCertificate } from './destruction-certificate.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedReceipt } from './verify-receipt.ts'

/** Whether there is a note to go by. Throws TrustRefused TRUST_NOTE: what has gone further than anything does without one. */
export function isHandedOver({ note, state, ended, dispatchedAt }: TransferView): boolean {
  const before = ['draft', 'uploading', 'abandoned'].includes(state) || ended?.as === 'abandoned'
  if (note === null && (!before || dispatchedAt !== null)) throw refuse('TRUST_NOTE', `no note of what is ${state}`)
  if (note !== null && before) throw refuse('TRUST_NOTE', 'a note of what is said never to have been handed over')
  return note !== null
}

/** Throws TrustRefused TRUST_NOTE. */
export async function requireAsNoted(view: TransferView, note: DispatchNote): Promise<void> {
  const { caseReference: reference } = view
  const hash = reference === null ? null : await sha256(new TextEncoder().encode(reference))
  const same: Readonly<Record<string, boolean>> = {
    transfer: view.transfer === note.transfer,
    sender: view.sender.account === note.sender.account && view.sender.organisation === note.sender.organisation,
    agreement:
      view.agreement.hash === note.agreement.hash &&
      view.agreement.id === note.agreement.id &&
      view.agreement.version === note.agreement.version,
    flow: view.flow === note.flow,
    purpose: view.purpose === note.purpose,
    'list of items': equal(view.items, note.items),
    marking: view.marking === note.marking,
    'handling instruction': view.handlingInstruction === note.handlingInstruction,
    'case reference': hash === note.caseReference,
    'number of records': view.records === (note.records ?? null),
    // A hold makes it later.
    expiry: view.expiresAt >= note.expires && !isOverEarly(view, note),
    'list of files': equal(
      view.files.map(({ id, length, bodyDigest }) => [id, length, bodyDigest]),
      note.files.map(({ id, length, bodyDigest }) => [id, length, bodyDigest]),
    ),
    recipient: note.recipients.every((one) => view.deliveries.some(({ recipient }) => isSame(recipient, one))),
  }
  const other = Object.keys(same).find((part) => !same[part])
  if (other !== undefined) throw refuse('TRUST_NOTE', `another ${other} than in the note`)
}

/** By the service's own two times, so that no clock here matters. */
function isOverEarly({ state, ended }: TransferView, { expires }: DispatchNote): boolean {
  if (ended?.as === 'expired') return ended.at < expires
  return state === 'expired' && ended?.as !== 'acknowledged'
}

/** Nobody is shown as a recipient whom the sender or a colleague did not sign for. Throws TrustRefused TRUST_ADDENDUM. */
export function requireAsAdded(
  { deliveries }: TransferView,
  { note, addenda }: { readonly note: DispatchNote; readonly addenda: readonly VerifiedAddendum[] },
): void {
  const signedFor = [...note.recipients, ...addenda.map(({ addendum }) => addendum.recipient)]
  const ghost = deliveries.find(({ recipient }) => !signedFor.some((one) => isSame(one, recipient)))
  if (ghost) throw refuse('TRUST_ADDENDUM', `recipient ${JSON.stringify(ghost.recipient)}`)
}

/** A signed receipt is neither hidden nor explained away. Throws TrustRefused TRUST_RECEIPT. */
export function requireAsReceived(
  { deliveries, recall, state, ended }: TransferView,
  receipts: readonly VerifiedReceipt[],
): void {
  const by = deliveries.filter(({ state }) => state === 'acknowledged').map(({ acknowledgedBy }) => acknowledgedBy)
  const denied = receipts.find(({ signer }) => !by.includes(signer.account))
  if (denied) throw refuse('TRUST_RECEIPT', `a receipt by ${denied.signer.email} that is not shown as acknowledged`)
  if (receipts.length > 0 && recall !== null && recall.outcome !== 'fetched') {
    throw refuse('TRUST_RECEIPT', `receipts for what is said to be ${recall.outcome}`)
  }
  const stopped = state === 'rejected' || ended?.as === 'rejected'
  if (receipts.length > 0 && stopped) throw refuse('TRUST_RECEIPT', 'receipts for what is said to be stopped')
}

/** Nobody is said to have destroyed or kept their copy who did not sign so. Throws TrustRefused TRUST_DESTRUCTION. */
export function requireAsStated({ recall }: TransferView, statements: readonly VerifiedDestruction[]): void {
  const outcomes = { confirmed: 'destroyed', 'kept-by-law': 'kept-by-law', asked: null, overdue: null } as const
  for (const { state, by } of recall?.destructions ?? []) {
    const outcome = outcomes[state]
    const signed = statements.some(({ signer, what }) => signer.account === by && what.outcome === outcome)
    if (outcome !== null && !signed) throw refuse('TRUST_DESTRUCTION', `a copy that is ${state}, and nobody signed so`)
  }
}

/** That it is destroyed is the housekeeper's signed word. Throws TrustRefused TRUST_DESTRUCTION. */
export async function requireAsDestroyed(
  { destroyed, ended }: TransferView,
  { certificate, signed }: FetchedCertificate,
): Promise<void> {
  const hash = await sha256(decodeSigned(signed).bytes)
  const same = hash === destroyed?.certificate && certificate.at === destroyed.at && ended?.as === certificate.ended.as
  if (!same) throw refuse('TRUST_DESTRUCTION', `a certificate of ${certificate.at}, ${certificate.ended.as}`)
}

function isSame(one: Recipient, other: Recipient): boolean {
  const id = (of: Recipient) => (of.kind === 'person' ? of.account : of.team)
  return one.kind === other.kind && one.organisation === other.organisation && id(one) === id(other)
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function refuse(code: 'TRUST_NOTE' | 'TRUST_ADDENDUM' | 'TRUST_RECEIPT' | 'TRUST_DESTRUCTION', saw: string) {
  return new TrustRefused({ code, saw })
}
