// How a transfer ended or is held: what the service knows, and what recipients signed of their copies.
import type { TransferView } from '#contract/transfers/view.ts'
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import type { Destruction } from '#domain/transfers/documents/destruction-statement.ts'
import type { Instant } from '#domain/values.ts'
import { dateInWords } from '#words/en/dates.ts'
import { destructionStateWords, signedForTeamWords } from '#words/en/endings.ts'
import type { Names } from './names.ts'

export interface SignedDestruction {
  readonly signer: Pick<RosteredPerson, 'name'>
  readonly what: Destruction
  readonly at: Instant
}

export interface EndingToDescribe {
  readonly view: TransferView
  readonly names: Names
  readonly destructions: readonly SignedDestruction[]
}

/** Nothing while it goes on. A line that begins with spaces is of one recipient. */
export function describeEnding({ view, names, destructions }: EndingToDescribe): readonly string[] {
  const { ended, recall } = view
  if (ended === null) return describeLastDays(view)
  const statements = destructions.map(describeStatement)
  if (recall === null) return [`It ended ${dateInWords(ended.at)}.`, ...statements]
  const by = officerIn(names, { account: recall.by, organisation: recall.organisation })
  return [
    `Recalled by ${by}, ${dateInWords(ended.at)}: ${recall.reason}`,
    ...recall.destructions.map(({ recipient, state, due, by: signer }) => {
      const who = names.recipient(recipient) ?? 'A recipient'
      const said = `${destructionStateWords[state]} ${dateInWords(due)}`
      if (recipient.kind === 'person' || signer === null) return `  ${who} ${said}`
      const member = names.person({ account: signer, organisation: recipient.organisation }) ?? 'a member'
      return `  ${who} ${said}. ${signedForTeamWords(member)}`
    }),
    ...statements,
  ]
}

/** Once everyone has acknowledged, there is one day on which it goes: whichever of the two comes first. */
function describeLastDays({ keptUntil, expiresAt }: TransferView): readonly string[] {
  if (keptUntil === null) return []
  const goes = keptUntil < expiresAt ? keptUntil : expiresAt
  return [`Everyone has acknowledged it: it is deleted on ${dateInWords(goes)}.`]
}

function describeStatement({ signer, what, at }: SignedDestruction): string {
  const said =
    what.outcome === 'destroyed'
      ? `destroyed: ${what.how}${what.witness === null ? '' : `, seen by ${what.witness}`}`
      : `kept by law: ${what.because}`
  return `  Signed by ${signer.name}, ${dateInWords(at)}: ${said}`
}

/** A partner's officers are in no roster that is shown: their organisation is. */
function officerIn(names: Names, of: Parameters<Names['person']>[0]): string {
  const organisation = names.organisation(of.organisation)
  return names.person(of) ?? (organisation === null ? `account ${of.account}` : `an officer of ${organisation}`)
}

/** Nothing while nobody holds it. */
export function describeHold({ held }: Pick<TransferView, 'held'>, names: Names): readonly string[] {
  if (held === null) return []
  const { by, organisation, words, at } = held
  if (by === null || organisation === null) return []
  return [`Held by ${officerIn(names, { account: by, organisation })}, ${dateInWords(at)}: ${words}`]
}
