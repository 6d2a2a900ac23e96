import { describe, expect, it } from 'vitest'
import { instant } from '../values.ts'
import { currentRoles } from './current-roles.ts'

const now = instant.parse('2026-11-22T03:40:00Z')
const later = instant.parse('2026-11-22T03:40:01Z')

describe('the roles a person has now', () => {
  it('[account/roles] are those of the current roster', () => {
    const roster = { expires: later, roles: ['caseworker', 'siro'] as const }
    expect(currentRoles({ firstAdministrator: false, roster }, now)).toEqual(['caseworker', 'siro'])
  })

  it('[account/roles] are none for whom the roster does not name, first administrator or not', () => {
    const roster = { expires: later, roles: null }
    expect(currentRoles({ firstAdministrator: true, roster }, now)).toEqual([])
  })

  it('[account/roles] before the first roster only the invited first administrator has one', () => {
    expect(currentRoles({ firstAdministrator: true, roster: null }, now)).toEqual(['organisation-administrator'])
    expect(currentRoles({ firstAdministrator: false, roster: null }, now)).toEqual([])
  })

  it('[account/roles] shrink to registering the next roster in the second in which it expires', () => {
    const roster = { expires: now, roles: ['caseworker', 'organisation-administrator'] as const }
    expect(currentRoles({ firstAdministrator: false, roster }, now)).toEqual(['organisation-administrator'])
  })
})
