// Use case: one more person can collect what was released, by a signed addendum. Rules are in
// domain/transfers/decide-add-recipient.ts.
import type * as z from 'zod'
import type { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import type { PolicyFacts } from '#domain/agreements/decide-transfer.ts'
import { type Addendum, addendum } from '#domain/transfers/addendum.ts'
import { decideAddRecipient } from '#domain/transfers/decide-add-recipient.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { canJoin } from '#openpgp/profile.ts'
import { loadAgreementFacts } from '#store/agreements.ts'
import { findProvenCertificate } from '#store/certificates.ts'
import type { Tx } from '#store/database.ts'
import { type Acting, commitSigned, type TransferOptions } from './acting.ts'
import { loadCollector, readGivenKey } from './facts.ts'

type AddRecipientBody = z.output<typeof addRecipientOperations.addRecipient.body>

export function addingRecipients(options: TransferOptions) {
  return {
    addRecipient({ body, ...act }: Acting & { readonly body: AddRecipientBody }) {
      const keys = body.keys.map(readGivenKey)
      return commitSigned(options, {
        act,
        document: body.addendum,
        model: addendum,
        load: async (tx, document) => {
          const facts = await loadCollector(tx, act)
          const { found } = facts
          const about = found && document.ok ? { found, addendum: document.value, at: options.now() } : null
          return { ...facts, ...(about ? await loadAddition(tx, about) : { policy: null, opensProfile: false }) }
        },
        decide: (facts, given, at) => decideAddRecipient(facts, { ...given, keys }, at),
      })
    },
  }
}

/** What the agreement says of the one whom it adds, and whether their program opens the bodies. */
async function loadAddition(
  tx: Tx,
  { found, addendum, at }: { readonly found: TransferFacts; readonly addendum: Addendum; readonly at: Instant },
): Promise<{ readonly policy: PolicyFacts | null; readonly opensProfile: boolean }> {
  const { agreement, sender, profile } = found.transfer
  const { recipient, reader } = addendum
  const policy = await loadAgreementFacts(tx, { hash: agreement.hash, sender, recipients: [recipient] })
  const known = await findProvenCertificate(tx, reader)
  const inspected = known && (await inspectCertificate(known.bytes, at))
  return { policy, opensProfile: inspected?.ok === true && canJoin({ profile, ...inspected }).ok }
}
