// Everybody asks what they may do with an agreement, and does it with a document that is right: the answers are alike.
import { expect, it } from 'vitest'
import { afterItsEnd, bring, sign, state } from '../../tests/fixtures/who-may-what/agreements.ts'
import { agreementFactsFor, standings } from '../../tests/fixtures/who-may-what/agreement.ts'
import {
  callerOf,
  codeOf,
  council,
  now,
  offices,
  people as senders,
  police,
} from '../../tests/fixtures/who-may-what/people.ts'
import { draft } from '../../tests/fixtures/who-may-what/sending.ts'
import { agreementActNames } from './agreements/act-names.ts'
import { permitted } from './agreement-permitted.ts'
import type { AgreementState } from './agreements/state.ts'

const people = Object.entries(offices)
/** Of refusals, those that do not come from what is asked for. */
const whateverIsAsked = ['NOT_FOUND', 'AGR_NOT_SIGNED', 'AGR_EXPIRED', 'AGR_REVIEW_OVERDUE', 'ROLE_REQUIRED']
const siro = offices.siro!
const situations: readonly (readonly [string, AgreementState | null, typeof now])[] = [
  ['the newest version', state, now],
  ['imported by the one who signs', { ...state, importedBy: siro.account }, now],
  ['signed by the other', { ...state, unsigned: [council] }, now],
  ['signed before', { ...state, unsigned: [police] }, now],
  ['after its end', state, afterItsEnd],
  ['there is none', null, now],
]

it('[agreement/permitted] is answered alike when it is asked and when it is done', () => {
  for (const [situation, version, at] of situations) {
    for (const [who, person] of people) {
      const caller = callerOf(person)
      const asked = permitted({ caller, newest: version, inForce: null }, at).includes('agreements.sign')
      expect([situation, who, codeOf(sign(caller, {}, { state: version }, at)) === null]).toEqual([
        situation,
        who,
        asked,
      ])
    }
  }
})

it('[agreement/permitted] whoever may not bring a version is refused whatever they bring, and in the same words', () => {
  // A stranger holds the office elsewhere: an agreement that their organisation is a party to, they may bring.
  for (const [who, person] of people.filter(([name]) => name !== 'stranger')) {
    const caller = callerOf(person)
    const asked = permitted({ caller, newest: state, inForce: null }, now).includes('agreements.import')
    expect([who, codeOf(bring(caller)) === null]).toEqual([who, asked])
  }
})

it('[agreement/permitted] whoever may send by it is permitted to, and nobody else, however the agreement stands', () => {
  // The request is for a flow that begins at the council.
  const asking = Object.entries(senders).filter(([, { organisation }]) => organisation !== police)
  for (const [situation, { facts, at = now }] of Object.entries(standings)) {
    for (const [who, person] of asking) {
      const inForce = { ...state, ...agreementFactsFor(person, facts) }
      const asked = permitted({ caller: callerOf(person), newest: null, inForce }, at).includes('transfer.draft')
      const refused = codeOf(draft({ who: person, agreementFacts: agreementFactsFor(person, facts), at }))
      const asAsked = refused !== null && whateverIsAsked.includes(refused)
      expect([situation, who, asked]).toEqual([situation, who, !asAsked])
    }
  }
})

it('[agreement/permitted] names each act to somebody, and none to who holds no office', () => {
  const inForce = { ...state, unsigned: [], activatedAt: now }
  const asked = [...people, ...Object.entries(senders)].map(([, person]) => callerOf(person))
  const named = asked.flatMap((caller) => permitted({ caller, newest: state, inForce }, now))
  expect(new Set(named)).toEqual(new Set(agreementActNames))
  expect(permitted({ caller: callerOf(offices['no role']!), newest: state, inForce }, now)).toEqual([])
})
