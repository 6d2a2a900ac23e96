// Whether a dispatch note is what it seems: signed by a caseworker who stood in a roster of the sending party, under this
// very agreement, addressed to this reader (ARCHITECTURE.md#dispatch-note). Everything opened afterwards is compared
// with it.
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import { parseDocument } from '#domain/document.ts'
import { isNear } from '#domain/time.ts'
import { type DispatchNote, dispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { type Instant, type Sha256Hex, sha256Hex, type TransferId } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

declare const verified: unique symbol

export interface VerifiedNote {
  readonly [verified]: true
  readonly note: DispatchNote
  readonly hash: Sha256Hex
  readonly sender: VerifiedPerson
}

export interface NoteClaim {
  readonly agreement: VerifiedAgreement
  readonly transfer: TransferId
  readonly document: SignedDocument
  readonly now: Instant
}

/** Throws TrustRefused TRUST_NOTE. */
export async function verifyNote({ agreement, transfer, document, now }: NoteClaim): Promise<VerifiedNote> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(dispatchNote, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const note = parsed.value
  const { id, version, origin, flows } = agreement.agreement
  if (note.origin !== origin) throw refuse(`origin ${note.origin}`)
  if (note.transfer !== transfer) throw refuse(`transfer ${note.transfer}`)
  const same = note.agreement.id === id && note.agreement.version === version && note.agreement.hash === agreement.hash
  if (!same) throw refuse(`agreement ${note.agreement.hash}`)
  const flow = flows.find(({ code }) => code === note.flow)
  if (flow?.from !== note.sender.organisation) throw refuse(`flow ${note.flow}`)
  if (note.recipients.some(({ organisation }) => organisation !== flow.to)) throw refuse('a recipient outside the flow')
  const sender = agreement.signerOf({ ...note.sender, at: note.at })
  if (!sender || !isCaseworker(sender)) throw refuse(`sender ${note.sender.account}`)
  if (sender.certificate !== note.sender.fingerprint) throw refuse(`fingerprint ${note.sender.fingerprint}`)
  const found = await verifyDetached({ ...signed, certificate: sender.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  if (!isNear(found.signedAt as Instant, note.at)) throw refuse(`a signature made at ${found.signedAt}`)
  return { note, hash: sha256Hex.parse(await sha256(signed.bytes)), sender } as VerifiedNote
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_NOTE', saw })
}
