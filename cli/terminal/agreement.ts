// An agreement as lines of a terminal, from the picture of it, with the command for each act that comes next.
import type { AgreementId } from '#domain/values.ts'
import type { AgreementContents, AgreementNext, AgreementPicture, FlowPicture } from '#present/agreement.ts'
import { summaryWords } from '#words/en/agreements.ts'

export function agreementLines(shown: AgreementContents, id: AgreementId): readonly string[] {
  const { heading, hash, purpose, ends, parties, sends, receives, others, serviceKeys, witnesses } = shown
  return [
    heading,
    `SHA-256 ${hash}`,
    `Purpose: ${purpose}`,
    ends,
    'Parties and their roots:',
    ...parties.flatMap(({ name, value }) => [`  ${name}`, `    ${value}`]),
    ...flowLines('Your organisation may send:', sends),
    ...flowLines('Your organisation is sent:', receives),
    ...flowLines('Between others:', others),
    'Keys of the service (compare by phone):',
    ...serviceKeys.map(({ name, value }) => `  ${name.padEnd(14)}  ${value}`),
    witnesses,
    `${summaryWords} Read it with: safehand agreement show ${id} --json`,
  ]
}

function flowLines(heading: string, flows: readonly FlowPicture[]): readonly string[] {
  if (flows.length === 0) return []
  return [heading, ...flows.flatMap((flow) => [`  ${flow.heading}`, ...flow.terms.map((term) => `    ${term}`)])]
}

const commands = {
  'agreements.sign': (id) => `safehand agreement sign ${id}`,
  'transfer.draft': (id) => `safehand send FILE --agreement ${id} --to EMAIL-OR-TEAM --purpose CODE`,
} as const satisfies Record<AgreementNext, (id: AgreementId) => string>

export function standingLines({ state, because, next }: AgreementPicture, id: AgreementId): readonly string[] {
  return [state, ...because, ...next.map((act) => `Next: ${commands[act](id)}`)]
}
