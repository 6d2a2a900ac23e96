// A recipient's destruction statement (ARCHITECTURE.md#destruction-statement): signed by whoever the transfer is
// delivered to, themselves or a member of the team, about a copy that was fetched. What was kept by law may be
// destroyed later; what is destroyed stays so.
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Refusal } from '../decision.ts'
import type { Instant, Origin } from '../values.ts'
import { readAboutNote } from './read-about-note.ts'
import { deliveriesTo } from './delivery.ts'
import type { DestructionStatement } from './destruction-statement.ts'
import { speaksFor, type StatedDestruction } from './ending.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { GivenDocument, Signer } from './given-document.ts'
import type { Delivery, TransferFacts } from './transfer.ts'

export interface DestructionFacts {
  readonly caller: PersonCaller
  readonly origin: Origin
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  readonly signer: Signer | null
  readonly stated: readonly StatedDestruction[]
}

export function decideDestructionStatement(
  facts: DestructionFacts,
  given: GivenDocument<DestructionStatement>,
  at: Instant,
): Decision<null> {
  const event = 'transfer.destruction.stated'
  const { caller, found, reader, signer, stated } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  const isStated = ({ recipient }: Pick<Delivery, 'recipient'>) =>
    stated.some((one) => one.outcome === 'destroyed' && speaksFor(one, recipient))
  // By name and in a team: one statement for each, in this order.
  const delivery = mine.find((one) => one.state !== 'waiting' && !isStated(one)) ?? mine[0]
  if (!found || !delivery || !signer) return refuseStranger({ event, caller, transfer: given.transfer })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const { recipient, state } = delivery
  if (state === 'waiting') return refuse({ code: 'TRANSFER_STATE', detail: { state } })
  if (isStated(delivery)) return refuse({ code: 'TRANSFER_STATE', detail: { state: 'destroyed' } })
  const said = readAboutNote(given, { ...facts, found, signer }, at)
  if (!said.ok) return refuse(said.refusal)
  const { value } = said
  const { outcome } = value.what
  return {
    next: null,
    changes: [
      {
        kind: 'transfers.state-destruction',
        transfer: transfer.id,
        statement: {
          hash: given.hash,
          signed: given.signed,
          account: signer.account,
          team: recipient.kind === 'team' ? recipient.team : null,
          outcome,
        },
        at,
      },
    ],
    event: { event, ...inAgreement(transfer), detail: { statement: given.hash, note: value.note, outcome } },
    jobs: [
      {
        name: 'send-mail',
        data: { template: 'destruction-stated', account: transfer.sender, transfer: transfer.id },
      },
    ],
  }
}
