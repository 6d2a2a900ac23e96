// Addenda to a verified note: who else may open what it covers (ARCHITECTURE.md#addendum). Believed when signed by the
// note's sender, or by a caseworker of an addressed team for somebody of that team; a service that shows another one
// lies.
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import { parseDocument } from '#domain/document.ts'
import { isNear } from '#domain/time.ts'
import { type Addendum, addendum } from '#domain/transfers/documents/addendum.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { Instant } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

declare const verified: unique symbol

export interface VerifiedAddendum {
  readonly [verified]: true
  readonly addendum: Addendum
  readonly signer: VerifiedPerson
}

export interface AddendaClaim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly documents: readonly SignedDocument[]
  readonly now: Instant
}

/** All of them, or none. Throws TrustRefused TRUST_ADDENDUM. */
export async function verifyAddenda({ documents, ...claim }: AddendaClaim): Promise<readonly VerifiedAddendum[]> {
  return Promise.all(documents.map((document) => verifyAddendum({ ...claim, document })))
}

async function verifyAddendum({
  agreement,
  note,
  document,
  now,
}: Omit<AddendaClaim, 'documents'> & { readonly document: SignedDocument }): Promise<VerifiedAddendum> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(addendum, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const about = value.origin === note.note.origin && value.transfer === note.note.transfer && value.note === note.hash
  if (!about) throw refuse(`an addendum to transfer ${value.transfer}, note ${value.note}`)
  const signer = agreement.signerOf({ ...value.signer, at: value.at })
  if (!signer || !isCaseworker(signer)) throw refuse(`signer ${value.signer.account}`)
  if (signer.certificate !== value.signer.fingerprint) throw refuse(`fingerprint ${value.signer.fingerprint}`)
  const found = await verifyDetached({ ...signed, certificate: signer.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  if (!isNear(found.signedAt as Instant, value.at)) throw refuse(`a signature made at ${found.signedAt}`)
  if (!isAddressable(value, note.note, agreement)) throw refuse(`recipient ${JSON.stringify(value.recipient)}`)
  if (!mayAdd(value, { note: note.note, signer })) throw refuse(`signer ${signer.email}, for another`)
  return { addendum: value, signer } as VerifiedAddendum
}

/** At the flow's end, and by name or in a team that the note names. */
function isAddressable({ recipient, reader }: Addendum, note: DispatchNote, { agreement }: VerifiedAgreement): boolean {
  const flow = agreement.flows.find(({ code }) => code === note.flow)
  if (recipient.organisation !== flow?.to) return false
  if (recipient.kind === 'person') return recipient.account === reader.account
  return note.recipients.some((one) => one.kind === 'team' && one.team === recipient.team)
}

function mayAdd(
  { signer: said, recipient }: Addendum,
  { note, signer }: { readonly note: DispatchNote; readonly signer: VerifiedPerson },
): boolean {
  if (said.account === note.sender.account && said.organisation === note.sender.organisation) return true
  return (
    recipient.kind === 'team' && recipient.organisation === said.organisation && signer.teams.includes(recipient.team)
  )
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_ADDENDUM', saw })
}
