// What rosters say of people: who signs for an organisation, who holds a role there, who is behind a recipient. The current
// roster is the one with the highest number; a signature is checked against the one it names.
import { sql } from 'kysely'
import type { RosteredSigner } from '#domain/agreements/decide-sign.ts'
import type { Rostered, RosterStanding } from '#domain/policy/facts.ts'
import { parseDocument } from '#domain/document.ts'
import type { Role } from '#domain/roles.ts'
import { person, type RosterReference } from '#domain/organisations/roster.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { AccountId, Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import type { Tx } from './database.ts'

/** A person in one named roster, with the certificate that it names; null: unknown, or its key was revoked. */
export async function loadRosteredSigner(
  tx: Tx,
  { account, roster }: { readonly account: AccountId; readonly roster: RosterReference },
): Promise<{ readonly signer: RosteredSigner; readonly certificate: Uint8Array } | null> {
  const row = await tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .innerJoin('current_certificate as certificate', (join) =>
      join
        .onRef('certificate.encryption_subkey', '=', 'roster_person.encryption_subkey')
        .on('certificate.revoked_at', 'is', null),
    )
    .select([
      'roster.organisation',
      'roster.sequence',
      'roster.hash',
      'roster.expires_at',
      'roster_person.roles',
      'roster_person.bytes',
      'certificate.bytes as certificate',
    ])
    .where('roster_person.roster', '=', roster.hash)
    .where('roster_person.account', '=', account)
    .executeTakeFirst()
  if (!row) return null
  const entry = parseDocument(person, row.bytes)
  if (!entry.ok) throw new Error(`a stored person entry cannot be read: ${entry.reason}`)
  const { organisation, sequence, hash, roles } = row
  return {
    signer: {
      organisation,
      certificate: entry.value.certificate,
      roles,
      roster: { sequence, hash },
      rosterExpires: row.expires_at,
    },
    certificate: row.certificate,
  }
}

/** Everyone at an organisation whom its current roster gives the role. */
export async function loadHolders(
  tx: Tx,
  { organisation, role }: { readonly organisation: OrganisationId; readonly role: Role },
): Promise<readonly Rostered[]> {
  return rosteredPeople(tx)
    .where('roster.organisation', '=', organisation)
    .where(sql<boolean>`${role} = any (roster_person.roles)`)
    .orderBy('roster_person.account')
    .execute()
}

/** A person as their organisation's current roster has them; null when it does not. */
export async function loadRostered(tx: Tx, account: AccountId): Promise<Rostered | null> {
  const row = await rosteredPeople(tx).where('roster_person.account', '=', account).executeTakeFirst()
  return row ?? null
}

/** The rostered people behind a recipient: the person, or the team's members. */
export async function loadRecipientMembers(tx: Tx, recipient: Recipient): Promise<readonly Rostered[]> {
  const people = rosteredPeople(tx)
    .where('roster.organisation', '=', recipient.organisation)
    .orderBy('roster_person.account')
  return recipient.kind === 'person'
    ? people.where('roster_person.account', '=', recipient.account).execute()
    : people.where(sql<boolean>`${recipient.team} = any (roster_person.teams)`).execute()
}

/** People of current rosters alone: the highest sequence of each organisation. */
function rosteredPeople(tx: Tx) {
  return tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .leftJoin('current_certificate', 'current_certificate.encryption_subkey', 'roster_person.encryption_subkey')
    .select([
      'roster_person.account',
      'roster.organisation',
      'roster_person.encryption_subkey as encryptionSubkey',
      'current_certificate.expires_at as keyExpiresAt',
      'current_certificate.revoked_at as keyRevokedAt',
      'roster_person.roles',
      'roster_person.teams',
    ])
    .where('roster.sequence', '=', (current) =>
      current
        .selectFrom('roster as newest')
        .select((found) => found.fn.max('newest.sequence').as('sequence'))
        .whereRef('newest.organisation', '=', 'roster.organisation'),
    )
}

export async function loadRosterStandings(
  tx: Tx,
  organisations: readonly OrganisationId[],
): Promise<readonly RosterStanding[]> {
  const rows = await loadCurrentRosters(tx, organisations)
  return organisations.map((organisation) => ({
    organisation,
    expires: rows.find((row) => row.organisation === organisation)?.expires ?? null,
  }))
}

export interface CurrentRoster {
  readonly organisation: OrganisationId
  readonly sequence: number
  readonly hash: Sha256Hex
  readonly expires: Instant
}

/** The current roster of each organisation that has one. */
export async function loadCurrentRosters(
  tx: Tx,
  organisations: readonly OrganisationId[],
): Promise<readonly CurrentRoster[]> {
  if (organisations.length === 0) return []
  return tx
    .selectFrom('roster')
    .distinctOn('organisation')
    .select(['organisation', 'sequence', 'hash', 'expires_at as expires'])
    .where('organisation', 'in', [...organisations])
    .orderBy('organisation')
    .orderBy('sequence', 'desc')
    .execute()
}
