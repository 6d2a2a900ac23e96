// For whom a note wraps: everybody it is for, but for members of a team whose keys have ended.
import { describe, expect, it } from 'vitest'
import type { AgreementFacts, Rostered } from '../policy/facts.ts'
import { addSeconds } from '../time.ts'
import type { Instant } from '../values.ts'
import { dueReaders } from './policy-request.ts'

const at = '2026-11-22T09:00:00Z' as Instant
const later = (seconds: number) => addSeconds(at, seconds)
const person = (account: string, keyExpiresAt: Instant | null = null) =>
  ({
    account,
    encryptionSubkey: `key of ${account}`,
    keyExpiresAt,
    roles: ['caseworker'],
    teams: ['t'],
  }) as unknown as Rostered
const team = (...members: readonly Rostered[]) => ({ recipient: { kind: 'team', team: 't' }, members })
const named = (member: Rostered) => ({ recipient: { kind: 'person', account: member.account }, members: [member] })

const carol = person('carol')
const olu = person('olu')
const ended = (seconds: number) => person('pat', later(seconds))

/** Recipients, whom the note wraps for, and whom it must wrap for: null where it is nobody's of a recipient. */
const table: readonly [why: string, recipients: readonly object[], wrapped: string[], due: string[] | null][] = [
  ['everybody', [team(olu, person('pat'))], ['carol', 'olu', 'pat'], ['carol', 'olu', 'pat']],
  ['one in force is owed theirs', [team(olu, person('pat'))], ['carol', 'olu'], ['carol', 'olu', 'pat']],
  ['one whose key ended is not', [team(olu, ended(-1))], ['carol', 'olu'], ['carol', 'olu']],
  ['and may have one, chosen before it did', [team(olu, ended(-1))], ['carol', 'olu', 'pat'], ['carol', 'olu', 'pat']],
  ['nor one whose key ends while clocks differ', [team(olu, ended(300))], ['carol', 'olu'], ['carol', 'olu']],
  ['but one whose key ends later is', [team(olu, ended(301))], ['carol', 'olu'], ['carol', 'olu', 'pat']],
  ['a team with nobody left is sent nothing', [team(ended(-1))], ['carol'], null],
  ['who is meant by name is owed theirs', [named(ended(-1))], ['carol'], null],
  ['also beside a team', [team(olu, ended(-1)), named(ended(-1))], ['carol', 'olu'], null],
  ['of two teams each has somebody', [team(olu), team(ended(-1))], ['carol', 'olu'], null],
  [
    'a sender in the team is owed theirs',
    [team(olu, { ...carol, keyExpiresAt: later(-1) })],
    ['olu'],
    ['carol', 'olu'],
  ],
]

describe('[team/left-out] readers of a note', () => {
  it.each(table)('%s', (_why, recipients, wrapped, due) => {
    const facts = { sender: carol, recipients } as unknown as AgreementFacts
    const found = dueReaders(facts, { wrapped: wrapped.map((one) => person(one)), at })
    expect(found?.map(({ account }) => account) ?? null).toEqual(due)
  })
})
