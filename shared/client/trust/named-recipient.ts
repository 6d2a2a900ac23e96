// Who is meant by a name? A person by e-mail address or a team by its name, in an organisation's current roster.
import { canOpen } from '#domain/organisations/rostered.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import { isOver } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import type { Anchor } from './anchor.ts'
import { refuse } from './read-signed.ts'
import { membersOf, type VerifiedOrganisation } from './verify-organisation.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

/** A recipient as typed, and the rostered caseworkers whose keys are wrapped for: the person, or the team's members; nobody when all their keys have ended. */
export interface NamedRecipient {
  readonly recipient: Recipient
  /** The person's or team's name in the roster. */
  readonly name: string
  readonly members: readonly VerifiedPerson[]
  /** Whose keys have ended: they get none, and can be let in later. */
  readonly leftOut: readonly VerifiedPerson[]
}

/** Who can open what is sent now. By the clock of this client, five minutes either way. */
export function whoCanOpen(
  caseworkers: readonly VerifiedPerson[],
  now: Instant,
): Pick<NamedRecipient, 'members' | 'leftOut'> {
  const { able = [], ended = [] } = Object.groupBy(caseworkers, (one) => (canOpen(one, now) ? 'able' : 'ended'))
  return { members: able, leftOut: ended }
}

interface Named extends Pick<NamedRecipient, 'recipient' | 'name'> {
  readonly caseworkers: readonly VerifiedPerson[]
}

interface Naming {
  /** Undefined: it is no party. */
  readonly of: VerifiedOrganisation | undefined
  readonly now: Instant
  readonly anchor: Anchor
}

/**
 * By e-mail address or team name; null when nobody, or more than one, is meant. Only people whom the roster makes
 * caseworkers can be sent to. Throws TrustRefused TRUST_ROSTER_EXPIRED: nobody is chosen from a roster that has ended;
 * TRUST_KEY_REVOKED: a log that was verified here said so.
 */
export function resolveRecipient(text: string, { of, now, anchor }: Naming): NamedRecipient | null {
  if (!of) return null
  refuseExpired(of.roster.expires, now)
  const wanted = text.trim().toLowerCase()
  const named = [...namedPeople(of, wanted), ...namedTeams(of, wanted)].map(({ caseworkers, ...one }) => ({
    ...one,
    ...whoCanOpen(caseworkers, now),
  }))
  const [only] = named
  if (!only || named.length > 1) return null
  refuseRevoked(anchor, only)
  return only
}

/** Nobody is chosen from a roster that has ended. Throws TrustRefused TRUST_ROSTER_EXPIRED. */
export function refuseExpired(expires: Instant, now: Instant): void {
  if (isOver(expires, now)) throw refuse('TRUST_ROSTER_EXPIRED', expires)
}

function refuseRevoked({ revoked = [] }: Anchor, named: NamedRecipient): void {
  const found = named.members.find(({ encryptionSubkey }) => revoked.includes(encryptionSubkey))
  if (found) throw refuse('TRUST_KEY_REVOKED', `${found.name}: ${found.encryptionSubkey}`)
}

function namedPeople({ organisation, roster }: VerifiedOrganisation, wanted: string): Named[] {
  return roster.people
    .filter((one) => one.email === wanted && isCaseworker(one))
    .map((one) => ({
      recipient: { kind: 'person', organisation, account: one.account },
      name: one.name,
      caseworkers: [one],
    }))
}

function namedTeams(of: VerifiedOrganisation, wanted: string): Named[] {
  return of.roster.teams
    .filter((team) => team.name.toLowerCase() === wanted)
    .map(({ id, name }) => ({
      recipient: { kind: 'team' as const, organisation: of.organisation, team: id },
      name,
      caseworkers: membersOf(of, id).filter(isCaseworker),
    }))
    .filter(({ caseworkers }) => caseworkers.length > 0)
}
