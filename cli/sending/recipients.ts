// Flows and recipients as a person typed them, found in a verified agreement and the signed rosters under it, or refused
// with what there is.
import type { NamedRecipient } from '#client/trust/named-recipient.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { Flow } from '#domain/agreements/agreement.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'

export function findFlow({ agreement }: VerifiedAgreement, code: string): Flow {
  const flow = agreement.flows.find((candidate) => candidate.code === code)
  if (flow) return flow
  throw usage(`The agreement has no flow ${code}. It has: ${agreement.flows.map((one) => one.code).join(', ')}.`)
}

export function findRecipient(agreement: VerifiedAgreement, flow: Flow, text: string): NamedRecipient {
  const found = agreement.resolveRecipient(text, flow.to)
  if (found) return found
  const organisation = agreement.partyOf(flow.to)?.name ?? flow.to
  const people = agreement.people(flow.to).filter(isCaseworker)
  throw new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'RECIPIENT_NOT_LISTED',
    message: [
      `${text} cannot collect at ${organisation}: its signed roster has no such caseworker or team. It has:`,
      ...people.map(({ name, email }) => `  ${name} <${email}>`),
      'A team is named by its name. If somebody is missing, ask them: their administrator signs the roster.',
    ].join('\n'),
  })
}
