// Everybody asks what they may do with an agreement, and does it with a document that is right: the answers are alike.
import { expect, it } from 'vitest'
import { afterItsEnd, bring, sign, state } from '../../../tests/fixtures/who-may-what/agreements.ts'
import { callerOf, codeOf, council, now, offices, police } from '../../../tests/fixtures/who-may-what/people.ts'
import { agreementActNames } from './act-names.ts'
import { permitted } from './permitted.ts'
import type { AgreementState } from './state.ts'

const people = Object.entries(offices)
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
      const asked = permitted({ caller, state: version }, at).includes('agreements.sign')
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
    const asked = permitted({ caller, state }, now).includes('agreements.import')
    expect([who, codeOf(bring(caller)) === null]).toEqual([who, asked])
  }
})

it('[agreement/permitted] names each act to somebody, and none to who holds no office', () => {
  const named = people.flatMap(([, person]) => permitted({ caller: callerOf(person), state }, now))
  expect(new Set(named)).toEqual(new Set(agreementActNames))
  expect(permitted({ caller: callerOf(offices['no role']!), state }, now)).toEqual([])
})
