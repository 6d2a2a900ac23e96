// What decisions about transfers are given: facts loaded in the commit's transaction, with what takes hashing or
// OpenPGP beside them, since domain does neither.
import type * as z from 'zod'
import type { sendOperations } from '#contract/transfers/send.ts'
import type { PolicyFacts } from '#domain/agreements/decide-transfer.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { SignedBytes } from '#domain/document.ts'
import { mostReaders } from '#domain/transfers/bounds.ts'
import type { GivenKey } from '#domain/transfers/decide-dispatch.ts'
import type { Profile } from '#domain/transfers/dispatch-note.ts'
import type { Signer } from '#domain/transfers/given-document.ts'
import { expectedReaders } from '#domain/transfers/policy.ts'
import type { AccountId, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { readPkesk } from '#openpgp/head.ts'
import { canJoin } from '#openpgp/profile.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadCurrentRosters, loadRostered, loadRosteredSigner } from '#store/rosters.ts'
import { findProvenCertificate, loadProvenSubkeys } from '#store/certificates.ts'
import type { Tx } from '#store/database.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'

/** Who asks about which transfer. */
export interface AskedAbout {
  readonly caller: PersonCaller
  readonly transfer: TransferId
}

/** New signatures are accepted from people of the current roster alone, by the certificate that it names. */
export async function loadSigner(
  tx: Tx,
  { caller, signed, at }: { readonly caller: PersonCaller; readonly signed: SignedBytes; readonly at: Instant },
): Promise<{ readonly signer: Signer | null; readonly signatureRefusal: string | null }> {
  const { account, organisation } = caller.actor
  const [current] = await loadCurrentRosters(tx, [organisation])
  const found = current && (await loadRosteredSigner(tx, { account, roster: current }))
  if (!found) return { signer: null, signatureRefusal: null }
  const { certificate, roster } = found.signer
  const verified = await verifyDetached({ ...signed, certificate: found.certificate, at })
  return {
    signer: { account, organisation, fingerprint: certificate, roster },
    signatureRefusal: verified.ok ? null : verified.reason,
  }
}

/** A reader with the keys that this session has shown to hold. */
export async function loadCollector(tx: Tx, { caller, transfer }: AskedAbout) {
  const { account } = caller.actor
  return {
    caller,
    found: await loadTransferFacts(tx, transfer),
    reader: await loadRostered(tx, account),
    proven: caller.session === null ? [] : await loadProvenSubkeys(tx, { account, session: caller.session }),
  }
}

/** Somebody who would get a wrapped key, and whose certificate does not list what the profile needs. */
export async function findClosed(
  tx: Tx,
  { policy, profile, at }: { readonly policy: PolicyFacts | null; readonly profile: Profile; readonly at: Instant },
): Promise<AccountId | null> {
  if (policy === null || profile === 'v1-cfb') return null
  for (const reader of expectedReaders(policy).slice(0, mostReaders)) {
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
