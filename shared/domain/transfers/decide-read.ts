// Looking: at one transfer by its sender or a reader, and at one's own lists. Every look has its entry
// (ARCHITECTURE.md#which-log).
import type { Rostered } from '../agreements/decide-transfer.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { SignedBytes } from '../document.ts'
import type { Fingerprint, Instant, TransferId } from '../values.ts'
import { keyNotProven, notCollectable } from './decide-collect.ts'
import { keptUntil } from './decide-end.ts'
import { mayHold } from './decide-hold.ts'
import { mayRecall } from './decide-recall.ts'
import { isAddressedTo } from './delivery.ts'
import { describeRecall, type EndingFacts, type ShownRecall } from './ending.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { ListedPage, TransferFacts } from './transfer.ts'

export interface LookFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  /** Subkeys whose private half this session or token has shown to hold. */
  readonly proven: readonly Fingerprint[]
  /** The caller's own wrapped keys. */
  readonly ownKeys: readonly OwnKey[]
  readonly addenda: readonly SignedBytes[]
  readonly receipts: readonly SignedBytes[]
  readonly ending: EndingFacts
}

export interface OwnKey {
  readonly keySet: number
  readonly bytes: Uint8Array
}

export interface Viewed {
  readonly found: TransferFacts
  /** Given to who may wrap the session key once more (ARCHITECTURE.md#scan-key-lost), and to nobody else. */
  readonly ownKeys: readonly OwnKey[]
  /** To the note, as they were signed. */
  readonly addenda: readonly SignedBytes[]
  readonly receipts: readonly SignedBytes[]
  /** As it is true at this moment. */
  readonly recall: ShownRecall | null
  readonly statements: readonly SignedBytes[]
  readonly destroyed: EndingFacts['destroyed']
  readonly hold: EndingFacts['hold']
  /** When it goes because everyone has acknowledged. */
  readonly keptUntil: Instant | null
}

export function decideView(facts: LookFacts, id: TransferId, at: Instant): Decision<Viewed> {
  const event = 'transfer.viewed'
  const { caller, found } = facts
  if (!found || !mayLook(found, facts)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const { addenda, receipts, ending, reader } = facts
  // Why it was sent back is between the sender and their organisation.
  const inside = transfer.sender === caller.actor.account || reader?.organisation === transfer.senderOrganisation
  const approval = inside || found.approval?.what !== 'send-back' ? found.approval : null
  return {
    next: {
      found: { ...found, approval },
      ownKeys: mayWrap(facts, found, at) ? facts.ownKeys : [],
      addenda,
      receipts,
      recall: describeRecall(found, ending, at),
      statements: ending.statements.map(({ signed }) => signed),
      destroyed: ending.destroyed,
      hold: ending.hold,
      keptUntil: transfer.state === 'released' ? keptUntil(found, transfer.held?.at ?? at) : null,
    },
    changes: [],
    event: { event, ...inAgreement(transfer), detail: { state: transfer.state } },
    jobs: [],
  }
}

/** The sender who lost a scan key or adds somebody; a recipient who could collect it now. */
function mayWrap(facts: LookFacts, found: TransferFacts, at: Instant): boolean {
  const { state, sender } = found.transfer
  if (sender === facts.caller.actor.account) return state === 'waiting-for-sender' || state === 'released'
  return (
    isAddressedTo(found, facts.reader) &&
    notCollectable(facts, found, at) === null &&
    keyNotProven(facts, found) === null
  )
}

function mayLook(found: TransferFacts, { caller, reader }: Pick<LookFacts, 'caller' | 'reader'>): boolean {
  return (
    mayRecall(found.transfer, { caller, reader }) ||
    mayHold(found, reader) ||
    isAddressedTo(found, reader) ||
    isForApprover(found, reader)
  )
}

/** What waits for two people is the business of the sending organisation's approvers; of who answered, also afterwards. */
function isForApprover({ transfer, approval }: TransferFacts, reader: Rostered | null): boolean {
  const approver = reader?.roles.includes('approver') && reader.organisation === transfer.senderOrganisation
  return approver === true && (transfer.held !== null || approval?.by === reader?.account)
}

export type ListName = 'sent' | 'inbox' | 'approvals'

export function decideList(caller: PersonCaller, list: ListName, page: ListedPage): Decision<ListedPage> {
  if (list === 'approvals' && !caller.actor.roles.includes('approver')) {
    const refusal = { code: 'ROLE_REQUIRED', detail: { role: 'approver' } } as const
    return { refusal, event: { event: 'transfer.listed', logs: [ownLog(caller)] } }
  }
  return {
    next: page,
    changes: [],
    event: { event: 'transfer.listed', logs: [ownLog(caller)], detail: { list, count: page.transfers.length } },
    jobs: [],
  }
}

export interface CertificateFacts<Certificate> extends Pick<LookFacts, 'caller' | 'found' | 'reader'> {
  /** Null: it is not destroyed. */
  readonly certificate: Certificate | null
}

/** The destruction certificate, for everyone who may look. */
export function decideViewCertificate<Certificate>(
  facts: CertificateFacts<Certificate>,
  id: TransferId,
): Decision<Certificate> {
  const event = 'transfer.viewed'
  const { caller, found, certificate } = facts
  if (!found || !mayLook(found, facts)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  if (certificate === null) {
    return refuseParty({ event, transfer, refusal: { code: 'TRANSFER_STATE', detail: { state: transfer.state } } })
  }
  return {
    next: certificate,
    changes: [],
    event: { event, ...inAgreement(transfer), detail: { state: transfer.state } },
    jobs: [],
  }
}
