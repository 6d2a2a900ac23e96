// What decisions about transfers are given: facts loaded in the commit's transaction, with what takes hashing or
// OpenPGP beside them, since domain does neither.
import type * as z from 'zod'
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { sendOperations } from '#contract/transfers/send.ts'
import type { AgreementFacts } from '#domain/policy/facts.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import { mostReaders } from '#domain/policy/bounds.ts'
import type { GivenKey } from '#domain/transfers/decisions/decide-dispatch.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import type { Signer } from '#domain/transfers/decisions/given-document.ts'
import { expectedReaders } from '#domain/transfers/policy-request.ts'
import type { AccountId, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { readPkesk } from '#openpgp/head.ts'
import { canJoin } from '#openpgp/profile.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadCurrentRosters, loadRostered, loadRosteredSigner } from '#store/rosters.ts'
import { findProvenCertificate, loadProvenSubkeys } from '#store/certificates.ts'
import type { Tx } from '#store/database.ts'
import { findNamed } from '#store/identity.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { loadNotServed } from '#store/transfers/served.ts'
import type { Adapters } from '../use-case.ts'

/** Who asks about which transfer. */
export interface AskedAbout {
  readonly caller: PersonCaller
  readonly transfer: TransferId
}

/** A document as it was given: read, and with the hash of its bytes. */
export function readSigned<M extends z.ZodType>(model: M, document: SignedDocument) {
  const signed = decodeSigned(document)
  return { signed, hash: sha256Hex(signed.bytes) as Sha256Hex, document: parseDocument(model, signed.bytes) }
}

/** New signatures are accepted from people of the current roster alone, by the certificate that it names. */
export async function loadSigner(
  tx: Tx,
  { caller, signed }: { readonly caller: PersonCaller; readonly signed: SignedBytes },
  { installation: origin, now }: Adapters,
) {
  const found = await findSigner(tx, caller)
  if (!found) return { origin, signer: null, signatureRefusal: null }
  const { signer, certificate } = found
  const verified = await verifyDetached({ ...signed, certificate, at: now() })
  return { origin, signer, signatureRefusal: verified.ok ? null : verified.reason }
}

export async function findSigner(tx: Tx, { actor: { account, organisation } }: PersonCaller) {
  const [current] = await loadCurrentRosters(tx, [organisation])
  const found = current && (await loadRosteredSigner(tx, { account, roster: current }))
  if (!found) return null
  const { certificate: fingerprint, roster } = found.signer
  const signer: Signer = { account, organisation, fingerprint, roster }
  return { signer, certificate: found.certificate }
}

/** Who asks, and who sent it, as their accounts have them. */
export async function loadPeople(tx: Tx, { caller, found }: Awaited<ReturnType<typeof loadReader>>) {
  const approver = await findNamed(tx, caller.actor.account)
  const sender = found && (await findNamed(tx, found.transfer.sender))
  return approver && sender ? { approver, sender } : null
}

/** Who asks, as the current roster has them, and about what. */
export async function loadReader(tx: Tx, { caller, transfer }: AskedAbout) {
  const found = await loadTransferFacts(tx, transfer)
  return { caller, found, reader: await loadRostered(tx, caller.actor.account) }
}

/** A reader with the keys that this session has shown to hold, and what did not go out to them yet. */
export async function loadCollector(tx: Tx, asked: AskedAbout) {
  const { session, actor } = asked.caller
  const { account } = actor
  const proven = session === null ? [] : await loadProvenSubkeys(tx, { account, session })
  const notServed = await loadNotServed(tx, { transfer: asked.transfer, account })
  return { ...(await loadReader(tx, asked)), proven, notServed }
}

/** Somebody who would get a wrapped key, and whose certificate does not list what the profile needs. */
export async function findClosed(
  tx: Tx,
  {
    agreementFacts,
    profile,
    at,
  }: { readonly agreementFacts: AgreementFacts | null; readonly profile: Profile; readonly at: Instant },
): Promise<AccountId | null> {
  if (agreementFacts === null || profile === 'v1-cfb') return null
  for (const reader of expectedReaders(agreementFacts).slice(0, mostReaders)) {
    const known = await findProvenCertificate(tx, reader)
    const inspected = known && (await inspectCertificate(known.bytes, at))
    // Expired, revoked or unknown: that is the policy's to say.
    if (inspected?.ok && !canJoin({ profile, ...inspected }).ok) return reader.account
  }
  return null
}

/** A wrapped key of the dispatch, and for whom its packet says that it is. */
export function readGivenKey({
  keySet,
  pkesk,
}: z.output<typeof sendOperations.dispatch.body>['keys'][number]): GivenKey {
  const bytes = Uint8Array.fromBase64(pkesk)
  return { keySet, bytes, hash: sha256Hex(bytes) as Sha256Hex, reader: readerOf(bytes) }
}

function readerOf(pkesk: Uint8Array): string | null {
  try {
    const { recipient } = readPkesk(pkesk)
    return 'fingerprint' in recipient ? recipient.fingerprint : recipient.keyId
  } catch {
    return null
  }
}
