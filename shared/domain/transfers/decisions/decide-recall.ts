// Recall (ARCHITECTURE.md#recall): at once, without a key or an approval, by the sender or an officer of the sending
// organisation. Whoever fetched it is asked to destroy it; before release it is an undo, and nobody is troubled. A
// fetch and a recall lock the same row: whichever is committed first is what happened, and the log has them in that
// order.
import type { AgreementFacts } from '../../policy/facts.ts'
import type { Job } from '../../decision.ts'
import type { AccountId, TransferId } from '../../values.ts'
import { type Known, type ReadFacts, transferAct } from './act.ts'
import type { MailTemplate } from '../changes.ts'
import { isAddressedTo } from '../delivery.ts'
import { endHoldByRecall } from './decide-hold.ts'
import { endedByClock, jobsAtEnd } from './decide-end.ts'
import { fetchedOf, type RecallOutcome, recallOutcomeOf } from '../ending.ts'
import { inState } from '../entries.ts'
import { mayFollow } from '../states.ts'
import type { Transfer, TransferFacts } from '../transfer.ts'

export interface RecallFacts extends ReadFacts {
  /** Who stands behind the recipients today. */
  readonly agreementFacts: AgreementFacts | null
}

export interface RecallRequest {
  readonly transfer: TransferId
  readonly reason: string
}

export interface Recalled {
  readonly outcome: RecallOutcome
}

export const decideRecall = transferAct<'transfer.recalled', RecallFacts, RecallRequest, Recalled, ReadFacts>({
  event: 'transfer.recalled',
  knownTo: (standing) => mayRecall(standing.found.transfer, standing) || isAddressedTo(standing.found, standing.reader),
  refuses({ found, ...who }, at) {
    const { transfer } = found
    if (!mayRecall(transfer, who)) return { code: 'SENDER_REQUIRED' }
    if (!mayFollow(transfer.state, 'recalled')) return inState(transfer)
    const ended = transfer.held === null ? endedByClock(found, at) : null
    return ended && { code: 'TRANSFER_EXPIRED', detail: { on: ended.at } }
  },
  act(facts, { reason }, at) {
    const { found, caller } = facts
    const { id: transfer } = found.transfer
    const { account, organisation } = caller.actor
    const outcome = recallOutcomeOf(found)
    return {
      next: { outcome },
      changes: [
        ...endHoldByRecall(found, at),
        { kind: 'transfers.enter', transfer, state: 'recalled', at },
        { kind: 'transfers.recall', transfer, recall: { by: account, organisation, reason }, at },
      ],
      detail: { reason, outcome, fetched: fetchedOf(found.deliveries).length },
      jobs: [...jobsAtEnd(found), ...tell(facts, outcome)],
    }
  },
})

/** Who may take back what was sent: the sender, and the officers who answer for the organisation's information. */
export function mayRecall(
  { sender, senderOrganisation }: Pick<Transfer, 'sender' | 'senderOrganisation'>,
  { caller, reader }: Pick<RecallFacts, 'caller' | 'reader'>,
): boolean {
  const officer = reader?.organisation === senderOrganisation && reader.roles.some((role) => recallRoles.has(role))
  return sender === caller.actor.account || officer
}

const recallRoles: ReadonlySet<string> = new Set(['information-asset-owner', 'information-officer', 'siro'])

/** A sender whose officer did it, and the recipients of what was released: those who fetched it are asked to destroy it. */
function tell({ caller, found, agreementFacts }: Known<RecallFacts>, outcome: RecallOutcome): Job[] {
  const { transfer, readers } = found
  const told = new Map<AccountId, MailTemplate>()
  if (outcome !== 'before-release') {
    const asked = membersBehind(fetchedOf(found.deliveries), agreementFacts)
    for (const { account } of readers) {
      told.set(account, asked.has(account) ? 'destruction-asked' : 'transfer-recalled')
    }
  }
  told.delete(transfer.sender)
  if (transfer.sender !== caller.actor.account) told.set(transfer.sender, 'transfer-recalled')
  return [...told].map(([account, template]) => ({
    name: 'send-mail',
    data: { template, account, transfer: transfer.id },
  }))
}

function membersBehind(
  deliveries: TransferFacts['deliveries'],
  agreementFacts: AgreementFacts | null,
): ReadonlySet<AccountId> {
  const behind = deliveries.flatMap(({ recipient }) => {
    if (recipient.kind === 'person') return [recipient.account]
    const resolved = agreementFacts?.recipients.find(
      (one) => one.recipient.kind === 'team' && one.recipient.team === recipient.team,
    )
    return resolved?.members.map(({ account }) => account) ?? []
  })
  return new Set(behind)
}
