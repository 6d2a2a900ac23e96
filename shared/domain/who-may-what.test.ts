// Who may do what, over all nouns: the page shows what the decisions answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawPage, page } from '../../tests/fixtures/who-may-what/page.ts'
import { tables } from '../../tests/fixtures/who-may-what/tables.ts'

const all = Object.values(tables).flat()

/** Whoever they are, and whatever was before. */
const neverRefused = [
  'transfer.sent',
  'transfer.inbox',
  'session.sign-out',
  'account.access',
  'identity.account',
  'account.resets',
  'A mail about an account',
  'organisation.documents',
  'A webhook that nobody answers',
  'service.keys',
  'Closing a restored service',
  'Opening it, its logs replayed',
]
const neverPermitted = ['transfer.request-scan-certificate, not made in time']

describe('who may do what', () => {
  it('[house/decisions] is a page that shows what the decisions answer', () => {
    expect(readFileSync(join(import.meta.dirname, '../..', page), 'utf8')).toBe(drawPage())
  })

  it('[house/decisions] has somebody who may and somebody who may not, for each act but those named', () => {
    const codesOf = (act: string) =>
      all.filter((one) => one.act === act).flatMap(({ rows }) => rows.flatMap((row) => row.codes))
    const acts = all.map(({ act }) => act)
    expect(acts.filter((act) => codesOf(act).every((code) => code === null))).toEqual(neverRefused)
    expect(acts.filter((act) => !codesOf(act).includes(null))).toEqual(neverPermitted)
  })
})
