// Approve: what could not be scanned, or is over the flow's threshold, is released because a second person answers for it
// (ARCHITECTURE.md#approval), or goes back to its sender: an approver of the sending organisation, not the sender nor
// another account of theirs, with a signed reason. The first answer counts. What follows from it is the housekeeper's.
import type { Job } from '../../decision.ts'
import { isSamePerson, type Named } from '../../identity/same-person.ts'
import { readAttestation } from './read-attestation.ts'
import { type ReadFacts, transferAct } from './act.ts'
import type { Approval } from '../documents/approval.ts'
import type { MailTemplate } from '../changes.ts'
import { answersTo } from '../release-needs.ts'
import { inState } from '../entries.ts'
import type { GivenDocument, SigningFacts } from './given-document.ts'
import { approvalReasonOf, isOfficersHold, type Transfer } from '../transfer.ts'

export interface ApproveFacts extends ReadFacts, SigningFacts {
  /** As their accounts have them; null: no such account. */
  readonly people: { readonly approver: Named; readonly sender: Named } | null
}

export const decideApprove = transferAct<
  'transfer.approved',
  ApproveFacts,
  GivenDocument<Approval>,
  null,
  ReadFacts & Pick<ApproveFacts, 'signer' | 'people'>
>({
  event: 'transfer.approved',
  knownTo: ({ found: { transfer }, reader, signer }) =>
    transfer.dispatchedAt !== null && reader?.organisation === transfer.senderOrganisation && signer !== null,
  refuses({ found: { transfer, approval }, reader, people }) {
    if (!reader?.roles.includes('approver')) return { code: 'ROLE_REQUIRED', detail: { role: 'approver' } }
    if (!people || isSamePerson(people.approver, people.sender)) return { code: 'APPROVER_IS_SENDER' }
    if (isOfficersHold(transfer.held)) return { code: 'INCIDENT_HOLD' }
    if (approval) return { code: 'APPROVAL_GIVEN', detail: { by: approval.by === reader.account ? 'you' : 'another' } }
    return transfer.state === 'awaiting-approval' ? null : inState(transfer)
  },
  act(facts, given, at) {
    const said = readAttestation(given, facts, at)
    if (!said.ok) return said.refusal
    const { what, note, verdict } = said.value
    const { found, caller } = facts
    const { transfer } = found
    const sendsBack = what === 'send-back'
    if (verdict !== found.signedVerdict?.hash) return { code: 'NOTE_MISMATCH', detail: { field: 'verdict' } }
    if (!sendsBack && !answersTo[approvalReasonOf(found)].includes(what)) {
      return { code: 'NOTE_MISMATCH', detail: { field: 'what' } }
    }
    const approval = { what, by: caller.actor.account, note, signed: given.signed, at }
    return {
      next: null,
      changes: [{ kind: 'transfers.approve', transfer: transfer.id, approval }],
      detail: { approval: given.hash, note, what },
      jobs: [
        { name: 'release-transfer', data: { transfer: transfer.id } },
        // Who is sent it back is told when that is done.
        ...(sendsBack ? [] : [toSender(transfer)]),
      ],
    }
  },
})

function toSender({ id, sender }: Transfer): Job {
  const template: MailTemplate = 'transfer-approved'
  return { name: 'send-mail', data: { template, account: sender, transfer: id } }
}
