// Destruction statements, from both ends: a recipient signs what became of their copy, and whoever asked for it sees who
// signed, by the rosters of the recipients' organisation and not by the service's word (DESIGN 5).
import { decodeSigned, encodeSigned, type SignedDocument } from '#contract/documents.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { isCaseworker } from '#domain/agreements/decide-transfer.ts'
import { encodeDocument, parseDocument } from '#domain/document.ts'
import { type Destruction, destructionStatement } from '#domain/transfers/destruction-statement.ts'
import type { Instant } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import type { Api } from './api.ts'
import type { KeyHolder } from './key-holder.ts'
import { TrustRefused } from './trust-refused.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

export interface StatingDestruction {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
  readonly note: VerifiedNote
  readonly what: Destruction
  readonly now: () => Instant
}

/** Gives the signed statement, for the person to keep. Throws RefusedByServer, ServerUnreachable. */
export async function stateDestruction({
  api,
  agreement,
  person,
  key,
  note,
  what,
  now,
}: StatingDestruction): Promise<SignedDocument> {
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const { transfer } = note.note
  const at = now()
  const bytes = encodeDocument(destructionStatement, {
    type: 'safehand.destruction-statement/1',
    origin: agreement.agreement.origin,
    transfer,
    note: note.hash,
    account: person.account,
    fingerprint: person.certificate,
    what,
    at,
    roster,
  })
  const statement = encodeSigned({ bytes, signature: await key.sign({ bytes, at }) })
  await api.call(endingOperations.stateDestruction, { params: { transfer }, body: { statement } })
  return statement
}

export interface VerifiedDestruction {
  readonly signer: VerifiedPerson
  readonly what: Destruction
  readonly at: Instant
}

export interface DestructionClaim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly document: SignedDocument
  readonly now: Instant
}

/** Throws TrustRefused TRUST_DESTRUCTION. */
export async function verifyDestructionStatement({
  agreement,
  note,
  document,
  now,
}: DestructionClaim): Promise<VerifiedDestruction> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(destructionStatement, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const about = value.origin === note.note.origin && value.transfer === note.note.transfer && value.note === note.hash
  if (!about) throw refuse(`a statement on transfer ${value.transfer}, note ${value.note}`)
  const flow = agreement.agreement.flows.find(({ code }) => code === note.note.flow)
  const signer = flow && agreement.signerOf({ organisation: flow.to, ...value })
  if (!signer || !isCaseworker(signer)) throw refuse(`signer ${value.account}`)
  if (signer.certificate !== value.fingerprint) throw refuse(`fingerprint ${value.fingerprint}`)
  const found = await verifyDetached({ ...signed, certificate: signer.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  return { signer, what: value.what, at: value.at }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_DESTRUCTION', saw })
}
