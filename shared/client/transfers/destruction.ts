// Destruction statements, from both ends: a recipient signs what became of their copy, and whoever asked for it sees who
// signed, by the rosters of the recipients' organisation and not by the service's word
// (ARCHITECTURE.md#destruction-statement).
import type { SignedDocument } from '#contract/documents.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import { encodeDocument, parseDocument } from '#domain/document.ts'
import { type Destruction, destructionStatement } from '#domain/transfers/documents/destruction-statement.ts'
import type { Instant } from '#domain/values.ts'
import { type Claim, signAttestation, type Signing, verifyAttestation } from './attestation.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface StatingDestruction extends Signing {
  readonly what: Destruction
}

/** Gives the signed statement, for the person to keep. Throws RefusedByServer, ServerUnreachable. */
export async function stateDestruction({ what, ...signing }: StatingDestruction): Promise<SignedDocument> {
  const { transfer } = signing.note.note
  const statement = await signAttestation(signing, (about) =>
    encodeDocument(destructionStatement, { type: 'safehand.destruction-statement/1', ...about, what }),
  )
  await signing.api.call(endingOperations.stateDestruction, { params: { transfer }, body: { statement } })
  return statement
}

export interface VerifiedDestruction {
  readonly signer: VerifiedPerson
  readonly what: Destruction
  readonly at: Instant
}

/** Throws TrustRefused TRUST_DESTRUCTION. */
export async function verifyDestructionStatement(claim: Claim): Promise<VerifiedDestruction> {
  const { agreement, note } = claim
  const flow = agreement.agreement.flows.find(({ code }) => code === note.note.flow)
  const { value, signer } = await verifyAttestation(claim, {
    parse: (bytes) => parseDocument(destructionStatement, bytes),
    code: 'TRUST_DESTRUCTION',
    signerOf: ({ account, roster, at }) => {
      const found = flow && agreement.signerOf({ organisation: flow.to, account, roster, at })
      return found && isCaseworker(found) ? found : undefined
    },
  })
  return { signer, what: value.what, at: value.at }
}
