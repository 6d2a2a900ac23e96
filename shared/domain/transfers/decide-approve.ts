// Approve: what could not be scanned, or is over the flow's threshold, is released because a second person answers for it
// (ARCHITECTURE.md#approval), or goes back to its sender: an approver of the sending organisation, not the sender nor
// another account of theirs, with a signed reason. The first answer counts. What follows from it is the housekeeper's.
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Job, Refusal } from '../decision.ts'
import { isSamePerson, type Named } from '../organisations/same-person.ts'
import type { Instant, Origin } from '../values.ts'
import { readAboutNote } from './read-about-note.ts'
import type { Approval } from './approval.ts'
import type { MailTemplate } from './changes.ts'
import { answersTo } from './decide-release.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { GivenDocument, Signer } from './given-document.ts'
import { approvalReasonOf, isOfficersHold, type Transfer, type TransferFacts } from './transfer.ts'

export interface ApproveFacts {
  readonly caller: PersonCaller
  readonly origin: Origin
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  readonly signer: Signer | null
  /** As their accounts have them; null: no such account. */
  readonly people: { readonly approver: Named; readonly sender: Named } | null
}

export function decideApprove(facts: ApproveFacts, given: GivenDocument<Approval>, at: Instant): Decision<null> {
  const event = 'transfer.approved'
  const { caller, found, reader, signer, people } = facts
  const known = found?.transfer.dispatchedAt !== null && reader?.organisation === found?.transfer.senderOrganisation
  if (!found || !known || !reader || !signer) return refuseStranger({ event, caller, transfer: given.transfer })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  if (!reader.roles.includes('approver')) return refuse({ code: 'ROLE_REQUIRED', detail: { role: 'approver' } })
  if (!people || isSamePerson(people.approver, people.sender)) return refuse({ code: 'APPROVER_IS_SENDER' })
  if (isOfficersHold(transfer.held)) return refuse({ code: 'INCIDENT_HOLD' })
  if (found.approval !== null) {
    return refuse({ code: 'APPROVAL_GIVEN', detail: { by: found.approval.by === reader.account ? 'you' : 'another' } })
  }
  if (transfer.state !== 'awaiting-approval') {
    return refuse({ code: 'TRANSFER_STATE', detail: { state: transfer.state } })
  }
  const said = readAboutNote(given, { ...facts, found, signer }, at)
  if (!said.ok) return refuse(said.refusal)
  const { value } = said
  const sendsBack = value.what === 'send-back'
  if (!sendsBack && !answersTo[approvalReasonOf(found)].includes(value.what)) {
    return refuse({ code: 'NOTE_MISMATCH', detail: { field: 'what' } })
  }
  return {
    next: null,
    changes: [
      {
        kind: 'transfers.approve',
        transfer: transfer.id,
        approval: { what: value.what, by: signer.account, note: value.note, signed: given.signed, at },
      },
    ],
    event: { event, ...inAgreement(transfer), detail: { approval: given.hash, note: value.note, what: value.what } },
    jobs: [
      { name: 'release-transfer', data: { transfer: transfer.id } },
      // Who is sent it back is told when that is done.
      ...(sendsBack ? [] : [toSender(transfer)]),
    ],
  }
}

function toSender({ id, sender }: Transfer): Job {
  const template: MailTemplate = 'transfer-approved'
  return { name: 'send-mail', data: { template, account: sender, transfer: id } }
}
