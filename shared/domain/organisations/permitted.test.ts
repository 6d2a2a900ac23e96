// Everybody asks what they may do for their organisation, and does it with a document that is right: the answers are alike.
import { expect, it } from 'vitest'
import { list, submit } from '../../../tests/fixtures/who-may-what/organisations.ts'
import { callerOf, codeOf, offices } from '../../../tests/fixtures/who-may-what/people.ts'
import { permitted } from './permitted.ts'

it('[trust/permitted] is answered alike when it is asked and when it is done', () => {
  const does = { 'organisation.register-statement': submit, 'organisation.register-roster': list }
  // A stranger holds the office elsewhere, and may do it for their own organisation.
  for (const [who, person] of Object.entries(offices).filter(([name]) => name !== 'stranger')) {
    const caller = callerOf(person)
    const done = Object.entries(does).filter(([, act]) => codeOf(act(caller)) === null)
    expect([who, done.map(([name]) => name)]).toEqual([who, permitted(caller)])
  }
  expect(permitted(callerOf(offices.administrator!))).toEqual(Object.keys(does))
})
