// How a transfer ended, and what is true about a recall (ARCHITECTURE.md#recall): whether anybody can have read it,
// what the log proves, and what became of copies that were fetched. Decided when it is asked, by the clock of that
// moment.
import type { SignedBytes } from '../document.ts'
import { addDays } from '../time.ts'
import type { AccountId, Bytes, Fingerprint, Instant, OrganisationId, Sha256Hex, TeamId } from '../values.ts'
import type { Recipient } from '../policy/recipient.ts'
import type { Delivery, Problem, TransferFacts } from './transfer.ts'

export interface Recall {
  readonly by: AccountId
  readonly organisation: OrganisationId
  readonly reason: string
}

/** Of a destruction statement, what decisions ask. */
export interface StatedDestruction {
  readonly account: AccountId
  /** The team it speaks for; null: for themselves. */
  readonly team: TeamId | null
  readonly outcome: 'destroyed' | 'kept-by-law'
}

export interface StoredStatement extends StatedDestruction {
  readonly signed: SignedBytes
}

/** What the housekeeper signed when nothing was left. */
export interface Destruction {
  readonly hash: Sha256Hex
  readonly signed: SignedBytes
  readonly wrappedKeys: number
  readonly backupsUntil: Instant
  readonly housekeeper: { readonly fingerprint: Fingerprint; readonly certificate: Bytes }
}

export interface HoldWords {
  readonly by: AccountId
  readonly organisation: OrganisationId
  readonly words: string
}

export interface PlacedHold extends HoldWords {
  /** The hold's own; the clock may stand still since an earlier one. */
  readonly at: Instant
  readonly organisationName: string
  /** What an officer's hold was placed over: a recipient's word, which no officer ends. */
  readonly report: (HoldWords & { readonly reason: Problem }) | null
}

/** What is kept of a transfer's end beside its row. */
export interface EndingFacts {
  readonly recall: Recall | null
  readonly statements: readonly StoredStatement[]
  /** When, and the hash of the certificate that says so. */
  readonly destroyed: { readonly at: Instant; readonly hash: Sha256Hex } | null
  /** Who holds it, in their words; null: nobody, or the service. */
  readonly hold: PlacedHold | null
  /** Until a statement is overdue, by the agreement. */
  readonly destructionDays: number
}

/**
 * `before-release`: nobody could have read it. `before-first-fetch`: no byte left the service, and the log proves it: each
 * fetch is an entry, written with the delivery's state in one transaction. `fetched`: their destruction is asked for.
 */
export const recallOutcomes = ['before-release', 'before-first-fetch', 'fetched'] as const
export type RecallOutcome = (typeof recallOutcomes)[number]

export const destructionStates = ['asked', 'overdue', 'confirmed', 'kept-by-law'] as const
export type DestructionState = (typeof destructionStates)[number]

/** Nothing can be fetched after a recall, so what deliveries say then stays so. */
export function recallOutcomeOf({
  transfer,
  deliveries,
}: Pick<TransferFacts, 'transfer' | 'deliveries'>): RecallOutcome {
  if (transfer.releasedAt === null) return 'before-release'
  return fetchedOf(deliveries).length === 0 ? 'before-first-fetch' : 'fetched'
}

export interface ShownRecall extends Recall {
  readonly outcome: RecallOutcome
  readonly destructions: readonly AskedDestruction[]
}

/** The truth about a recall at this moment; null where there was none. */
export function describeRecall(
  found: Pick<TransferFacts, 'transfer' | 'deliveries'>,
  { recall, statements, destructionDays }: EndingFacts,
  at: Instant,
): ShownRecall | null {
  const { ended } = found.transfer
  if (recall === null || ended === null) return null
  const outcome = recallOutcomeOf(found)
  const recalled = { at: ended.at, destructionDays, statements }
  return { ...recall, outcome, destructions: outcome === 'fetched' ? askedDestructions(found, recalled, at) : [] }
}

export function fetchedOf(deliveries: readonly Delivery[]): readonly Delivery[] {
  return deliveries.filter(({ state }) => state !== 'waiting')
}

export interface AskedDestruction {
  readonly recipient: Recipient
  readonly state: DestructionState
  /** When it is overdue. */
  readonly due: Instant
  /** Who signed; of a team, the member who did it for all. */
  readonly by: AccountId | null
}

/** Days to say that a copy is destroyed, where the agreement says nothing else. */
export const usualDestructionDays = 7

export function destructionDue({ at, destructionDays }: Pick<RecalledCopies, 'at' | 'destructionDays'>): Instant {
  return addDays(at, destructionDays)
}

/** What is known of copies that were fetched before a recall. */
export interface RecalledCopies {
  readonly at: Instant
  readonly destructionDays: number
  readonly statements: readonly StatedDestruction[]
}

/** Of whom destruction was asked, and how far that is; nothing when nobody had fetched it. */
export function askedDestructions(
  { deliveries }: Pick<TransferFacts, 'deliveries'>,
  recalled: RecalledCopies,
  at: Instant,
): readonly AskedDestruction[] {
  const due = destructionDue(recalled)
  return fetchedOf(deliveries).map(({ recipient }) => {
    const own = recalled.statements.filter((one) => speaksFor(one, recipient))
    const said = own.find(({ outcome }) => outcome === 'destroyed') ?? own[0]
    const open = due <= at ? 'overdue' : 'asked'
    const state = said?.outcome === 'destroyed' ? 'confirmed' : (said?.outcome ?? open)
    return { recipient, state, due, by: said?.account ?? null }
  })
}

export function speaksFor({ account, team }: StatedDestruction, recipient: Recipient): boolean {
  return recipient.kind === 'team' ? team === recipient.team : team === null && account === recipient.account
}
