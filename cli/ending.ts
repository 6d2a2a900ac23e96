// How a transfer ended, as `safehand status` says it: what the service knows, and what recipients signed, verified.
import type { Api } from '#client/api.ts'
import { verifyDestructionStatement } from '#client/transfers/destruction.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { dateInWords } from '#words/en/mail.ts'
import { destructionStateWords, signedForTeamWords } from '#words/en/endings.ts'
import { trustedAgreement } from './trust/agreements.ts'
import type { Context } from './context.ts'
import type { Names } from './names.ts'
import { readNote } from './collecting/open-transfer.ts'

export interface EndingToDescribe {
  readonly api: Api
  readonly view: TransferView
  readonly names: Names
}

/** Nothing while it goes on. Throws TrustRefused when a statement does not hold. */
export async function describeEnding(context: Context, ending: EndingToDescribe): Promise<readonly string[]> {
  const { view, names } = ending
  const { ended, recall } = view
  if (ended === null) return describeLastDays(view)
  const statements = await describeStatements(context, ending)
  if (recall === null) return [`It ended ${dateInWords(ended.at)}.`, ...statements, ...certified(view)]
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
    ...certified(view),
  ]
}

/** Once everyone has acknowledged, there is one day on which it goes: whichever of the two comes first. */
function describeLastDays({ keptUntil, expiresAt }: TransferView): readonly string[] {
  if (keptUntil === null) return []
  const goes = keptUntil < expiresAt ? keptUntil : expiresAt
  return [`Everyone has acknowledged it: it is deleted on ${dateInWords(goes)}.`]
}

function certified({ transfer, destroyed }: TransferView): readonly string[] {
  if (destroyed === null) return []
  return [`Destroyed ${dateInWords(destroyed.at)}; the signed certificate: safehand certificate ${transfer}`]
}

async function describeStatements(context: Context, { api, view }: EndingToDescribe): Promise<readonly string[]> {
  if (view.destructionStatements.length === 0) return []
  const now = context.io.now()
  const { id, version } = view.agreement
  const agreement = await trustedAgreement(context, { api, id, version, toRead: true })
  const note = await readNote({ agreement, transfer: view.transfer, view, now })
  const lines: string[] = []
  for (const document of view.destructionStatements) {
    const { signer, what, at } = await verifyDestructionStatement({ agreement, note, document, now })
    const said =
      what.outcome === 'destroyed'
        ? `destroyed: ${what.how}${what.witness === null ? '' : `, seen by ${what.witness}`}`
        : `kept by law: ${what.because}`
    lines.push(`  Signed by ${signer.name}, ${dateInWords(at)}: ${said}`)
  }
  return lines
}

/** A partner's officers are in no roster that is shown: their organisation is. */
function officerIn(names: Names, of: Parameters<Names['person']>[0]): string {
  const organisation = names.organisation(of.organisation)
  return names.person(of) ?? (organisation === null ? `account ${of.account}` : `an officer of ${organisation}`)
}

/** Nothing while nobody holds it. */
export function describeHold({ held }: TransferView, names: Names): readonly string[] {
  if (held === null) return []
  const { by, organisation, words, at } = held
  if (by === null || organisation === null) return []
  return [`Held by ${officerIn(names, { account: by, organisation })}, ${dateInWords(at)}: ${words}`]
}
