// A recipient's destruction statement (ARCHITECTURE.md#destruction-statement): signed by whoever the transfer is
// delivered to, themselves or a member of the team, about a copy that was fetched. What was kept by law may be
// destroyed later; what is destroyed stays so.
import { type Known, type ReadFacts, transferAct } from './act.ts'
import { readAttestation } from './read-attestation.ts'
import { deliveriesTo, isAddressedTo } from '../delivery.ts'
import type { DestructionStatement } from '../documents/destruction-statement.ts'
import { speaksFor, type StatedDestruction } from '../ending.ts'
import { inState } from '../entries.ts'
import type { GivenDocument, SigningFacts } from './given-document.ts'
import type { Delivery } from '../transfer.ts'

export interface DestructionFacts extends ReadFacts, SigningFacts {
  readonly stated: readonly StatedDestruction[]
}

type Standing = ReadFacts & Pick<DestructionFacts, 'signer' | 'stated'>

export const decideStateDestruction = transferAct<
  'transfer.destruction.stated',
  DestructionFacts,
  GivenDocument<DestructionStatement>,
  null,
  Standing
>({
  event: 'transfer.destruction.stated',
  knownTo: ({ found, reader, signer }) => signer !== null && isAddressedTo(found, reader),
  refuses(standing) {
    if (openDelivery(standing)) return null
    const [first] = deliveriesTo(standing.found, standing.reader)
    return inState({ state: first?.state === 'waiting' ? 'waiting' : 'destroyed' })
  },
  act(facts, given, at) {
    const said = readAttestation(given, facts, at)
    if (!said.ok) return said.refusal
    const { note, what } = said.value
    const { outcome } = what
    const recipient = openDelivery(facts)?.recipient
    const { id: transfer, sender } = facts.found.transfer
    const statement = {
      hash: given.hash,
      signed: given.signed,
      account: facts.caller.actor.account,
      team: recipient?.kind === 'team' ? recipient.team : null,
      outcome,
    }
    return {
      next: null,
      changes: [{ kind: 'transfers.state-destruction', transfer, statement, at }],
      detail: { statement: given.hash, note, outcome },
      jobs: [{ name: 'send-mail', data: { template: 'destruction-stated', account: sender, transfer } }],
    }
  },
})

/** What they fetched and have not said is destroyed. By name and in a team: one statement for each, in this order. */
function openDelivery({ found, reader, stated }: Known<Standing>): Delivery | undefined {
  return deliveriesTo(found, reader).find(
    ({ recipient, state }) =>
      state !== 'waiting' && !stated.some((one) => one.outcome === 'destroyed' && speaksFor(one, recipient)),
  )
}
