// Whether what somebody gives about a note is such a document, signed by them, about the transfer at hand, and of now.
import type { Refusal } from '../../decision.ts'
import { isNear } from '../../time.ts'
import type { Instant } from '../../values.ts'
import type { Attestation } from '../documents/attestation.ts'
import type { GivenDocument, SigningFacts } from './given-document.ts'
import type { TransferFacts } from '../transfer.ts'

interface Known extends SigningFacts {
  readonly found: TransferFacts
}

type Said<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export function readAttestation<T extends Attestation>(
  { document }: Pick<GivenDocument<T>, 'document'>,
  { signatureRefusal, ...known }: Known,
  at: Instant,
): Said<T> {
  const refuse = (refusal: Refusal) => ({ ok: false, refusal }) as const
  if (!document.ok) return refuse({ code: 'DOCUMENT_INVALID', detail: { reason: document.reason } })
  if (signatureRefusal !== null) return refuse({ code: 'SIGNATURE_INVALID', detail: { reason: signatureRefusal } })
  return isAbout(document.value, known, at) ? document : refuse({ code: 'NOTE_MISMATCH' })
}

function isAbout(said: Attestation, { origin, found, signer }: Omit<Known, 'signatureRefusal'>, at: Instant): boolean {
  return (
    said.origin === origin &&
    said.transfer === found.transfer.id &&
    said.note === found.transfer.note?.hash &&
    signer !== null &&
    said.account === signer.account &&
    said.fingerprint === signer.fingerprint &&
    said.roster.hash === signer.roster.hash &&
    said.roster.sequence === signer.roster.sequence &&
    isNear(said.at, at)
  )
}
