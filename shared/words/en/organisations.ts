// A statement, a roster and somebody who is to be taken in, as the people read them who sign or compare them: every
// fingerprint in full.
import { closedTeams } from '#domain/policy/closed-teams.ts'
import { canOpen, type KnownOrganisation, teamNames } from '#domain/organisations/rostered.ts'
import type { Person } from '#domain/organisations/roster.ts'
import type { Statement } from '#domain/organisations/statement.ts'
import type { Instant } from '#domain/values.ts'
import { readable } from './fingerprints.ts'
import { dateInWords } from './dates.ts'

export function statementWords(statement: Statement): string {
  const { name, sequence, expires, root, rosterKeys, successorRoot } = statement
  return [
    `Statement ${sequence} of ${name}, until ${dateInWords(expires)}`,
    `Root: ${readable(root)}`,
    ...rosterKeys.map((key) => `May sign rosters: ${readable(key.fingerprint)}`),
    ...(successorRoot ? [`Successor, which alone signs after this: ${readable(successorRoot)}`] : []),
  ].join('\n')
}

/** Also whose keys have ended, and which teams are left with nobody. */
export function rosterWords({ name, roster }: Pick<KnownOrganisation, 'name' | 'roster'>, now: Instant): string {
  const people = roster.people.map((person) => {
    const words = personWords(person, [...person.roles, ...teamNames(person, roster)])
    const { keyExpires } = person
    return keyExpires === null || canOpen(person, now) ? words : `${words}\n  expired on ${dateInWords(keyExpires)}`
  })
  const closed = closedTeams(roster, now).map(
    (team) => `Nothing can be sent to ${team.name}: nobody in it is a caseworker with a key in force.`,
  )
  return [
    `Roster ${roster.reference.sequence} of ${name}, until ${dateInWords(roster.expires)}`,
    ...people,
    ...closed,
  ].join('\n')
}

/** With the rights that they are to have; `teams` are names. */
export function joiningWords(joining: {
  readonly person: Standing
  readonly roles: readonly string[]
  readonly teams: readonly string[]
}): string {
  const { person, roles, teams } = joining
  return personWords(person, [roles.join(', '), ...(teams.length > 0 ? [`in ${teams.join(', ')}`] : [])])
}

/** Somebody the service has waiting who once stood in a roster, or looks like somebody who did. */
export function returningWords(
  { name }: Pick<Person, 'name'>,
  left: { readonly name: string; readonly email: string; readonly sequence: number },
): string {
  return `${left.name} <${left.email}> has left: they stood last in roster ${left.sequence}. ${name} would be in it again, as a new joiner.`
}

export const leavingWords = {
  removed: ({ name, email }: Pick<Person, 'name' | 'email'>) =>
    `${name} <${email}> leaves: their account ends with this roster, with its tokens and sessions, and what was sent to them opens no more. To come back they are invited anew.`,
  withoutKey: ({ name, email }: Pick<Person, 'name' | 'email'>) =>
    `Without ${name} <${email}>: the service says that their key was revoked or has expired, or that their account has ended.`,
  notTakenIn: ({ name, email }: Pick<Person, 'name' | 'email'>) =>
    `Not taken in: ${name} <${email}>, who waits. If you know them and they read you the fingerprint: --take-in ${email}`,
  notListed: ({ name, email }: Pick<Person, 'name' | 'email'>) =>
    `Not in the list, so not taken in: ${name} <${email}>`,
} as const

type Standing = Pick<Person, 'name' | 'email' | 'certificate'>

function personWords({ name, email, certificate }: Standing, rights: readonly string[]): string {
  return `${name} <${email}>, ${rights.join(', ')}\n  ${readable(certificate)}`
}
