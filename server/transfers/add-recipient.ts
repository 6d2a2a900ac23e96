// Use case: one more person can collect what was released, by a signed addendum. Rules are in
// domain/transfers/decisions/decide-add-recipient.ts.
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import type { AgreementFacts } from '#domain/policy/facts.ts'
import { type Addendum, addendum as model } from '#domain/transfers/documents/addendum.ts'
import { decideAddRecipient } from '#domain/transfers/decisions/decide-add-recipient.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { canJoin } from '#openpgp/profile.ts'
import { loadAgreementFacts } from '#store/agreements.ts'
import { findProvenCertificate } from '#store/certificates.ts'
import type { Tx } from '#store/database.ts'
import { loadAgreementFactsOf } from '#store/transfers/facts.ts'
import { useCase } from '../use-case.ts'
import { loadCollector, loadSigner, readGivenKey, readSigned } from './facts.ts'

export const addRecipient = useCase(addRecipientOperations.addRecipient, {
  prepare: ({ caller, transfer, addendum, keys }) => ({
    ...{ caller, transfer, keys: keys.map(readGivenKey) },
    ...readSigned(model, addendum),
  }),
  load: async (tx, given, adapters) => {
    const facts = { ...(await loadCollector(tx, given)), ...(await loadSigner(tx, given, adapters)) }
    const { found } = facts
    const about = found && given.document.ok ? { found, addendum: given.document.value, at: adapters.now() } : null
    if (about) return { ...facts, ...(await loadAddition(tx, about)) }
    return { ...facts, agreementFacts: found ? await loadAgreementFactsOf(tx, found) : null, opensProfile: false }
  },
  decide: decideAddRecipient,
  present: (next) => next,
})

/** What the agreement says of the one whom it adds, and whether their program opens the bodies. */
async function loadAddition(
  tx: Tx,
  { found, addendum, at }: { readonly found: TransferFacts; readonly addendum: Addendum; readonly at: Instant },
): Promise<{ readonly agreementFacts: AgreementFacts | null; readonly opensProfile: boolean }> {
  const { agreement, sender, profile } = found.transfer
  const { recipient, reader } = addendum
  const agreementFacts = await loadAgreementFacts(tx, { hash: agreement.hash, sender, recipients: [recipient] })
  const known = await findProvenCertificate(tx, reader)
  const inspected = known && (await inspectCertificate(known.bytes, at))
  return { agreementFacts, opensProfile: inspected?.ok === true && canJoin({ profile, ...inspected }).ok }
}
