// Whether an agreement's parts fit each other: the model says what each field may be, this says what they may say
// together. Asked by the server at import and by every client before it believes an agreement.
import type { Agreement, Flow } from './agreement.ts'

/** The first contradiction as `{clause, reason}`, or null. */
export interface Contradiction {
  readonly clause: string
  readonly reason: string
}

export function contradictionIn(agreement: Agreement): Contradiction | null {
  for (const check of checks) {
    const found = check(agreement)
    if (found) return found
  }
  return null
}

const checks: readonly ((agreement: Agreement) => Contradiction | null)[] = [
  ({ parties }) =>
    twice(
      'parties',
      parties.map(({ organisation }) => organisation),
    ),
  ({ parties }) =>
    twice(
      'parties',
      parties.map(({ root }) => root),
    ),
  ({ dataItems }) =>
    twice(
      'dataItems',
      dataItems.map(({ code }) => code),
    ),
  ({ flows }) =>
    twice(
      'flows',
      flows.map(({ code }) => code),
    ),
  everyPartyHasALawfulBasis,
  flowsStayInside,
  daysFollow,
  versionsFollow,
  keysLast,
  quorumPossible,
]

function twice(clause: string, values: readonly string[]): Contradiction | null {
  const again = values.find((value, index) => values.indexOf(value) !== index)
  return again === undefined ? null : { clause, reason: `${again} stands twice` }
}

function everyPartyHasALawfulBasis({ parties, lawfulBasis }: Agreement): Contradiction | null {
  const clause = 'lawfulBasis'
  const organisations = parties.map(({ organisation }) => organisation)
  const stranger = lawfulBasis.find(({ organisation }) => !organisations.includes(organisation))
  if (stranger) return { clause, reason: `${stranger.organisation} is no party` }
  const without = organisations.find((party) => !lawfulBasis.some(({ organisation }) => organisation === party))
  return without === undefined ? null : { clause, reason: `${without} has no lawful basis` }
}

function flowsStayInside(agreement: Agreement): Contradiction | null {
  for (const flow of agreement.flows) {
    const reason = outside(flow, agreement)
    if (reason !== null) return { clause: `flows.${flow.code}`, reason }
  }
  return null
}

function outside(flow: Flow, { parties, purpose, dataItems }: Agreement): string | null {
  const isParty = (end: string) => parties.some(({ organisation }) => organisation === end)
  if (!isParty(flow.from) || !isParty(flow.to)) return 'it begins or ends at no party'
  if (flow.from === flow.to) return 'it ends where it begins'
  const strange = flow.purposes.find((code) => !purpose.codes.includes(code))
  if (strange !== undefined) return `${strange} is no purpose of the agreement`
  const unknown = flow.items.find((code) => !dataItems.some((item) => item.code === code))
  return unknown === undefined ? null : `${unknown} is no data item of the agreement`
}

function daysFollow({ effectiveFrom, reviewOn, expiresOn }: Agreement): Contradiction | null {
  if (effectiveFrom > expiresOn) return { clause: 'expiresOn', reason: 'it ends before it begins' }
  if (reviewOn < effectiveFrom) return { clause: 'reviewOn', reason: 'the review is before the beginning' }
  return null
}

function versionsFollow({ version, supersedes }: Agreement): Contradiction | null {
  return (version === 1) === (supersedes === null)
    ? null
    : { clause: 'supersedes', reason: 'only a first version supersedes nothing' }
}

function keysLast({ serviceKeys }: Agreement): Contradiction | null {
  const backwards = Object.entries(serviceKeys).find(([, keys]) => keys.some(({ from, until }) => from >= until))
  return backwards ? { clause: `serviceKeys.${backwards[0]}`, reason: 'a key ends before it begins' } : null
}

function quorumPossible({ witnesses, quorum }: Agreement): Contradiction | null {
  return quorum <= witnesses.length ? null : { clause: 'quorum', reason: 'there are fewer witnesses' }
}
