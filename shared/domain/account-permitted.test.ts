// Everybody asks what they may do at all, and does it: whom the tables see refused in every situation, may not.
import { expect, it } from 'vitest'
import { offices, callerOf } from '../../tests/fixtures/who-may-what/people.ts'
import { tables } from '../../tests/fixtures/who-may-what/tables.ts'
import { permitted } from './account-permitted.ts'
import { accountActNames } from './identity/act-names.ts'

const all = Object.values(tables).flat()

/** In some situation it is done. */
function isDoneBy(act: string, who: string): boolean {
  const { columns, rows } = all.find((table) => table.act === act)!
  return rows.some(({ codes }) => codes[columns.indexOf(who)] === null)
}

it('[account/permitted] is answered alike when it is asked and when it is done', () => {
  // A stranger holds every office elsewhere, and may do it for their own organisation.
  for (const [who, person] of Object.entries(offices).filter(([name]) => name !== 'stranger')) {
    const done = accountActNames.filter((act) => isDoneBy(act, who))
    expect([who, done]).toEqual([who, permitted(callerOf(person))])
  }
  const named = Object.values(offices).flatMap((person) => permitted(callerOf(person)))
  expect(new Set(named)).toEqual(new Set(accountActNames))
})
