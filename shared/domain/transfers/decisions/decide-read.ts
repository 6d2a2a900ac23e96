// Looking: at one transfer by its sender or a reader, and at one's own lists. Every look has its entry
// (ARCHITECTURE.md#which-log).
import { ownLog, type PersonCaller } from '../../caller.ts'
import type { Decision } from '../../decision.ts'
import type { SignedBytes } from '../../document.ts'
import type { Bytes, Instant, TransferId } from '../../values.ts'
import { type Known, transferAct } from './act.ts'
import type { TransferActName } from './act-names.ts'
import { type CollectorFacts, notFetchable, type ReceiverFacts } from './decide-collect.ts'
import { keptUntil } from './decide-end.ts'
import { isAddressedTo } from '../delivery.ts'
import { describeRecall, type EndingFacts, type ShownRecall } from '../ending.ts'
import { mayLook } from './may-look.ts'
import { permitted, type Standing } from './permitted.ts'
import type { ListedPage, TransferFacts } from '../transfer.ts'

export interface LookFacts
  extends CollectorFacts,
    ReceiverFacts,
    Pick<Standing, 'signer' | 'people' | 'agreementFacts'> {
  /** The caller's own wrapped keys. */
  readonly ownKeys: readonly OwnKey[]
  readonly addenda: readonly SignedBytes[]
  readonly receipts: readonly SignedBytes[]
  readonly signedVerdict: SignedVerdict | null
  readonly ending: EndingFacts
}

/** What the scan authority signed of the note, and its certificate. */
export interface SignedVerdict {
  readonly signed: SignedBytes
  readonly authorityBytes: Bytes
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
  readonly signedVerdict: SignedVerdict | null
  /** As it is true at this moment. */
  readonly recall: ShownRecall | null
  readonly statements: readonly SignedBytes[]
  readonly destroyed: EndingFacts['destroyed']
  readonly hold: EndingFacts['hold']
  /** When it goes because everyone has acknowledged. */
  readonly keptUntil: Instant | null
  /** What the caller may do with it now. */
  readonly permitted: readonly TransferActName[]
}

export const decideView = transferAct<'transfer.viewed', LookFacts, { readonly transfer: TransferId }, Viewed>({
  event: 'transfer.viewed',
  knownTo: mayLook,
  refuses: () => null,
  act(facts, _given, at) {
    const { caller, found, addenda, receipts, signedVerdict, ending, reader } = facts
    const { transfer } = found
    const { hold, statements, destroyed } = ending
    // Why it was sent back is between the sender and their organisation.
    const inside = transfer.sender === caller.actor.account || reader?.organisation === transfer.senderOrganisation
    const approval = inside || found.approval?.what !== 'send-back' ? found.approval : null
    return {
      next: {
        found: { ...found, approval },
        ownKeys: mayWrap(facts, at) ? facts.ownKeys : [],
        addenda,
        receipts,
        signedVerdict,
        recall: describeRecall(found, ending, at),
        statements: statements.map(({ signed }) => signed),
        destroyed,
        hold,
        keptUntil: transfer.state === 'released' ? keptUntil(found, transfer.held?.at ?? at) : null,
        permitted: permitted({ ...facts, placed: hold, stated: statements, certificate: destroyed }, at),
      },
      detail: { state: transfer.state },
    }
  },
})

/** The sender who lost a scan key or adds somebody; a recipient who could collect it now. */
function mayWrap(facts: Known<LookFacts>, at: Instant): boolean {
  const { state, sender } = facts.found.transfer
  if (sender === facts.caller.actor.account) return state === 'waiting-for-sender' || state === 'released'
  return isAddressedTo(facts.found, facts.reader) && notFetchable(facts, at) === null
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
