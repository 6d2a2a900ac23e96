// Asks the agreement, before the service is asked: the same decision as the server's, over what this client verified
// itself (ARCHITECTURE.md#the-policy). What it permits the service may still refuse, because it knows more: what was
// blocked since the roster.
import { decideTransfer, type Permission } from '#domain/policy/decide-transfer.ts'
import type { AgreementFacts, Rostered, TransferRequest } from '#domain/policy/facts.ts'
import type { AccountId, Instant } from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import type { NamedRecipient } from './named-recipient.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

export interface AgreementToAsk {
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  /** As the service says; null: not in force yet. */
  readonly activatedAt: Instant | null
}

export type AskAgreement = (
  asked: { readonly request: TransferRequest; readonly recipients: readonly NamedRecipient[] },
  at: Instant,
) => Promise<Permission>

/** For many questions about the same few people: each certificate is read once. */
export function agreementToAsk({ agreement, person, activatedAt }: AgreementToAsk): AskAgreement {
  const known = new Map<AccountId, Promise<Rostered>>()
  const rosteredOf = (one: VerifiedPerson, at: Instant): Promise<Rostered> => {
    const found = known.get(one.account) ?? asRostered(one, { agreement, at })
    known.set(one.account, found)
    return found
  }
  return async ({ request, recipients }, at) => {
    const facts: AgreementFacts = {
      agreement: agreement.agreement,
      hash: agreement.hash,
      activatedAt,
      // Nothing is a VerifiedAgreement that a party has not signed.
      unsigned: [],
      sender: await rosteredOf(person, at),
      rosters: agreement.agreement.parties.map(({ organisation }) => ({
        organisation,
        expires: agreement.rosterExpires(organisation),
      })),
      recipients: await Promise.all(
        recipients.map(async ({ recipient, members }) => ({
          recipient,
          members: await Promise.all(members.map((member) => rosteredOf(member, at))),
        })),
      ),
    }
    return decideTransfer(facts, request, at)
  }
}

async function asRostered(
  { account, organisation, encryptionSubkey, certificateBytes, roles, teams }: VerifiedPerson,
  { agreement, at }: { readonly agreement: VerifiedAgreement; readonly at: Instant },
): Promise<Rostered> {
  const inspected = await inspectNow(certificateBytes, at)
  const expires = inspected.ok ? (inspected.certificate.expires as Instant | null) : at
  const isRevoked = agreement.anchor.revoked?.includes(encryptionSubkey) ?? false
  const key = { encryptionSubkey, keyExpiresAt: expires, keyRevokedAt: isRevoked ? at : null }
  return { account, organisation, roles, teams, ...key }
}
