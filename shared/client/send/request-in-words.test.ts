import { describe, expect, it } from 'vitest'
import type { RequestInWords } from '#domain/transfers/request-in-words.ts'
import { describeUnknown } from '#words/en/unknown.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import { lookUpRequest } from './request-in-words.ts'

const lee = {
  name: 'Lee Whitmore',
  email: 'lee@police.example',
  roles: ['caseworker'],
}
const siro = { name: 'Sam Iro', email: 'sam@police.example', roles: ['siro'] }
const leeNamed = { recipient: { kind: 'person', account: 'lee' }, name: lee.name, members: [lee] }
const agreement = {
  agreement: {
    purpose: { codes: ['SAFEGUARD_CHILD'] },
    flows: [{ code: 'council-to-police', to: 'police', maxDays: 14, handlingInstruction: 'Do not copy' }],
  },
  partyOf: () => ({ name: 'Westshire Police' }),
  people: () => [lee, siro],
  resolveRecipient: (text: string) => (text.toLowerCase() === lee.email ? leeNamed : null),
} as unknown as VerifiedAgreement

const asked: RequestInWords = {
  flow: 'council-to-police',
  purpose: 'SAFEGUARD_CHILD',
  items: ['INCIDENT_SUMMARY'],
  marking: 'OFFICIAL',
  handling: null,
  caseReference: null,
  records: null,
  days: null,
  to: ['lee@police.example'],
}

const unknownIn = (changes: Partial<RequestInWords>) => {
  const found = lookUpRequest(agreement, { ...asked, ...changes })
  return found.ok ? [] : found.unknown
}

describe('[send/in-words] a request in words', () => {
  it('takes from the flow what is left out, and each recipient once', () => {
    const found = lookUpRequest(agreement, { ...asked, to: ['lee@police.example', 'LEE@police.example'] })
    expect(found).toMatchObject({
      ok: true,
      request: { handlingInstruction: 'Do not copy', days: 14, recipients: [leeNamed] },
    })
    const said = lookUpRequest(agreement, { ...asked, handling: 'Shred', days: 2 })
    expect(said).toMatchObject({ request: { handlingInstruction: 'Shred', days: 2 } })
  })

  it('names all that is not there, with what is', () => {
    expect(unknownIn({ flow: 'x', purpose: 'no purpose' })).toEqual([
      { unknown: 'FLOW_UNKNOWN', saw: 'x', known: ['council-to-police'] },
      { unknown: 'PURPOSE_UNKNOWN', saw: 'no purpose', known: ['SAFEGUARD_CHILD'] },
    ])
    const ghosts = unknownIn({ purpose: 'no purpose', to: ['ghost', 'lee@police.example', 'sam@police.example'] })
    const ghost = { unknown: 'RECIPIENT_UNKNOWN', organisation: 'Westshire Police', known: [lee] }
    expect(ghosts.slice(1)).toEqual([
      { ...ghost, saw: 'ghost' },
      { ...ghost, saw: 'sam@police.example' },
    ])
    for (const one of ghosts) {
      const { title, action } = describeUnknown(one)
      expect([title, action]).toEqual([expect.stringContaining(one.saw), expect.stringMatching(/^[A-Z].*\.$/)])
    }
  })
})
