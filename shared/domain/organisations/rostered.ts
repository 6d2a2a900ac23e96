// An organisation as its readers know it: who it says it is, and who stands in its rosters with which key, in plain values.
// Whoever holds one has it from somewhere: a client brands what it proved itself.
import { isOver } from '../time.ts'
import type { SeenSequences } from '../anchor.ts'
import type { Bytes, Fingerprint, Instant, OrganisationId, Sha256Hex } from '../values.ts'
import type { Person, RosterReference, Team } from './roster.ts'
import type { Statement } from './statement.ts'

export interface RosteredPerson extends Omit<Person, 'type' | 'salt'> {
  readonly organisation: OrganisationId
  /** The exact bytes whose digest the roster lists. */
  readonly entry: Bytes
  /** The public part whose fingerprint stands in the roster. */
  readonly certificateBytes: Bytes
  /** When nothing can be encrypted to it any more; null: never, by its own words. */
  readonly keyExpires: Instant | null
}

export interface ReadRoster {
  readonly reference: RosterReference
  /** Of the organisation, in its own words. */
  readonly name: string
  readonly issued: Instant
  readonly expires: Instant
  readonly teams: readonly Team[]
  readonly people: readonly RosteredPerson[]
}

export interface StatementChain {
  readonly organisation: OrganisationId
  readonly name: string
  /** Of the latest statement. */
  readonly root: Fingerprint
  /** Every root of the chain, each named by the one before it: an agreement may name any of them. */
  readonly roots: ReadonlySet<Fingerprint>
  /** The latest. */
  readonly current: Statement
  readonly hash: Sha256Hex
  readonly all: ReadonlyMap<Sha256Hex, Statement>
}

export interface KnownOrganisation {
  readonly organisation: OrganisationId
  readonly name: string
  readonly root: Fingerprint
  readonly statements: StatementChain
  /** The current one: new recipients and new signatures stand in it. */
  readonly roster: ReadRoster
  /** All reached from the current one by `previous`: who signed something stood in one of them. */
  readonly rosters: ReadonlyMap<Sha256Hex, ReadRoster>
  /** To be remembered in the anchor. */
  readonly seen: SeenSequences
}

/** Whether anything can be encrypted to them now, by the reader's own clock, five minutes either way. */
export function canOpen({ keyExpires }: Pick<RosteredPerson, 'keyExpires'>, now: Instant): boolean {
  return keyExpires === null || !isOver(keyExpires, now)
}

/** The names of somebody's teams. */
export function teamNames(
  { teams }: Pick<RosteredPerson, 'teams'>,
  roster: Pick<ReadRoster, 'teams'>,
): readonly string[] {
  return roster.teams.filter(({ id }) => teams.includes(id)).map(({ name }) => name)
}
