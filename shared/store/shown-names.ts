// Names for what pages show by id: organisations, their teams, and people of current rosters, as far as the reader's
// organisation may see them. The service's own knowledge, which no client believes before it has verified it.
import { sql } from 'kysely'
import type { Team } from '#domain/organisations/roster.ts'
import type { Role } from '#domain/roles.ts'
import type { AccountId, OrganisationId, TeamId } from '#domain/values.ts'
import type { Database } from './database.ts'
import { rolesForPartners } from './organisations.ts'

export interface ShownOrganisation {
  readonly id: OrganisationId
  readonly name: string
  readonly teams: readonly Team[]
  readonly people: readonly ShownPerson[]
}

export interface ShownPerson {
  readonly account: AccountId
  readonly name: string
  readonly teams: readonly TeamId[]
}

interface Wanted {
  readonly reader: OrganisationId
  readonly organisations: readonly OrganisationId[]
  readonly accounts: readonly AccountId[]
}

export async function loadShownNames(
  database: Database,
  { reader, organisations, accounts }: Wanted,
): Promise<readonly ShownOrganisation[]> {
  if (organisations.length === 0) return []
  const rows = await database
    .selectFrom('organisation')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('roster')
          .select(['hash', sql<Team[]>`convert_from(bytes, 'UTF8')::jsonb -> 'teams'`.as('teams')])
          .whereRef('roster.organisation', '=', 'organisation.id')
          .orderBy('sequence', 'desc')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .select(['organisation.id', 'organisation.name', 'newest.hash', 'newest.teams'])
    .where('organisation.id', 'in', [...organisations])
    .execute()
  const hashes = rows.flatMap(({ hash }) => (hash === null ? [] : [hash]))
  const people =
    hashes.length === 0 || accounts.length === 0
      ? []
      : await database
          .selectFrom('roster_person')
          .innerJoin('roster', 'roster.hash', 'roster_person.roster')
          .select([
            'roster.organisation',
            'roster_person.account',
            'roster_person.teams',
            sql<string>`convert_from(roster_person.bytes, 'UTF8')::jsonb ->> 'name'`.as('name'),
          ])
          .where('roster_person.roster', 'in', hashes)
          .where('roster_person.account', 'in', [...accounts])
          .where((where) =>
            where.or([
              where('roster.organisation', '=', reader),
              sql<boolean>`roster_person.roles && ${[...rolesForPartners] as Role[]}::text[]`,
            ]),
          )
          .execute()
  return rows.map(({ id, name, teams }) => ({
    id,
    name,
    teams: teams ?? [],
    people: people.filter(({ organisation }) => organisation === id),
  }))
}

/** Who administers an organisation today, by its newest roster. */
export async function findHelpers(
  database: Database,
  organisation: OrganisationId,
): Promise<readonly { readonly name: string; readonly email: string }[]> {
  return database
    .selectFrom('account')
    .innerJoin('roster_person', 'roster_person.account', 'account.id')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .select(['account.name', 'account.email'])
    .where('roster.organisation', '=', organisation)
    .where(sql<boolean>`'organisation-administrator' = any (roster_person.roles)`)
    .where('roster.sequence', '=', (newest) =>
      newest
        .selectFrom('roster as other')
        .select(({ fn }) => fn.max('other.sequence').as('sequence'))
        .where('other.organisation', '=', organisation),
    )
    .orderBy('account.name')
    .execute()
}
