// The trust chain of one organisation: pinned root -> statements -> rosters -> people -> certificates
// (ARCHITECTURE.md#trust-chain). People, teams and keys are taken only from the result, whose types nothing else can make.
// Each lie is a named TrustRefused.
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { KnownOrganisation } from '#domain/organisations/rostered.ts'
import type { Sha256Hex, TeamId } from '#domain/values.ts'
import { type VerifiedPerson, type VerifiedRoster, verifyRosters } from './verify-rosters.ts'
import { type Expected, type VerifiedStatements, verifyStatements } from './verify-statements.ts'

declare const verified: unique symbol

/** Made here and nowhere else. */
export interface VerifiedOrganisation extends KnownOrganisation {
  readonly [verified]: true
  readonly statements: VerifiedStatements
  readonly roster: VerifiedRoster
  readonly rosters: ReadonlyMap<Sha256Hex, VerifiedRoster>
}

/** Throws TrustRefused. */
export async function verifyOrganisation(
  expected: Expected,
  documents: OrganisationDocuments,
): Promise<VerifiedOrganisation> {
  const statements = await verifyStatements(expected, documents)
  const rosters = await verifyRosters({ expected, documents, statements })
  const roster = rosters.at(-1)!
  const { organisation, root, current } = statements
  const proven: Omit<VerifiedOrganisation, typeof verified> = {
    organisation,
    name: roster.name,
    root,
    statements,
    roster,
    rosters: new Map(rosters.map((one) => [one.reference.hash, one])),
    seen: { statement: current.sequence, roster: roster.reference.sequence },
  }
  return proven as VerifiedOrganisation
}

/** A team's rostered members, in the current roster. */
export function membersOf(of: VerifiedOrganisation, team: TeamId): readonly VerifiedPerson[] {
  return of.roster.people.filter((one) => one.teams.includes(team))
}
