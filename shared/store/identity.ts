// Accounts, how they sign in, tokens, invitations; and the one query that says who a caller is
// (ARCHITECTURE.md#sign-in). Changes: domain/identity/changes.ts. Secrets come here hashed or sealed.
import { sql } from 'kysely'
import type { AccountView } from '#contract/identity.ts'
import type { Person } from '#domain/caller.ts'
import type { IdentityChange } from '#domain/identity/changes.ts'
import { currentRoles } from '#domain/identity/current-roles.ts'
import type { AcceptFacts, InviteFacts } from '#domain/identity/decide-invitations.ts'
import type { Factor, SignInFacts } from '#domain/identity/decide-sign-in.ts'
import type { Named } from '#domain/identity/same-person.ts'
import type { AccountId, Bytes, Email, Instant, OrganisationId } from '#domain/values.ts'
import { accessWriters } from './access.ts'
import { findNewestKey } from './certificates.ts'
import type { Database, Tx } from './database.ts'
import { loadDomains } from './domains.ts'
import type { Writers } from './writers.ts'

export const identityWriters = {
  'identity.invite': async (tx, { invitation }) => {
    const { tokenHash, firstAdministrator, expiresAt, roles, teams, ...row } = invitation
    await tx
      .updateTable('invitation')
      .set({ withdrawn_at: sql<Instant>`clock_timestamp()` })
      .where('organisation', '=', row.organisation)
      .where(({ or, eb, val }) =>
        or([
          eb('email', '=', row.email),
          eb('first_administrator', '=', val(firstAdministrator)).and(val(firstAdministrator)),
        ]),
      )
      .where('accepted_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .execute()
    await tx
      .insertInto('invitation')
      .values({
        ...row,
        token_hash: tokenHash,
        roles: [...roles],
        teams: [...teams],
        first_administrator: firstAdministrator,
        expires_at: expiresAt,
        accepted_at: null,
      })
      .execute()
  },

  'identity.accept-invitation': async (tx, { invitation, at }) => {
    await tx.updateTable('invitation').set({ accepted_at: at }).where('id', '=', invitation).execute()
  },

  'identity.add-account': async (tx, { account }) => {
    await tx
      .insertInto('account')
      .values({
        id: account.id,
        organisation: account.organisation,
        email: account.email,
        name: account.name,
        password_hash: account.passwordHash,
        totp_secret: account.totpSecret,
        proposed_roles: [...account.proposedRoles],
        proposed_teams: [...account.proposedTeams],
        first_administrator: account.firstAdministrator,
        created_at: account.createdAt,
      })
      .execute()
    await tx
      .insertInto('one_time_code')
      .values(account.oneTimeCodeHashes.map((code_hash) => ({ account: account.id, code_hash, used_at: null })))
      .execute()
  },

  'identity.use-totp-step': async (tx, { account, step }) => {
    await tx.updateTable('account').set({ totp_step: step }).where('id', '=', account).execute()
  },

  'identity.use-one-time-code': async (tx, { account, codeHash, at }) => {
    await tx
      .updateTable('one_time_code')
      .set({ used_at: at })
      .where('account', '=', account)
      .where('code_hash', '=', codeHash)
      .execute()
  },

  ...accessWriters,
} satisfies Partial<Writers<IdentityChange>>

/** The account as it stands in its organisation's newest roster. */
export function standing(tx: Database | Tx, account: AccountId) {
  return tx
    .selectFrom('account')
    .innerJoin('organisation', 'organisation.id', 'account.organisation')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('roster')
          .select(['hash', 'sequence', 'expires_at'])
          .whereRef('roster.organisation', '=', 'account.organisation')
          .orderBy('sequence', 'desc')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .leftJoin('roster_person', (join) =>
      join.onRef('roster_person.roster', '=', 'newest.hash').onRef('roster_person.account', '=', 'account.id'),
    )
    .select([
      'account.id',
      'account.organisation',
      'account.email',
      'account.name',
      'account.first_administrator',
      'account.proposed_roles',
      'organisation.name as organisation_name',
      'newest.hash',
      'newest.sequence',
      'newest.expires_at',
      'roster_person.roles',
      'roster_person.teams',
      'roster_person.encryption_subkey',
    ])
    .select(({ exists, selectFrom }) =>
      exists(selectFrom('roster_person as earlier').whereRef('earlier.account', '=', 'account.id')).as('ever_stood'),
    )
    .select(({ selectFrom }) =>
      selectFrom('current_certificate as key')
        .select(({ fn }) => fn.min(fn.coalesce('key.revoked_at', 'key.expires_at')).as('ended'))
        .whereRef('key.account', '=', 'account.id')
        .as('key_ended_at'),
    )
    .where('account.id', '=', account)
    .where('account.deactivated_at', 'is', null)
    .executeTakeFirst()
}

type StandingRow = NonNullable<Awaited<ReturnType<typeof standing>>>

export function rolesIn(row: StandingRow, at: Instant) {
  const roster = row.expires_at === null ? null : { expires: row.expires_at, roles: row.roles }
  return currentRoles({ firstAdministrator: row.first_administrator, roster }, at)
}

/** Who fell out of the roster because their key ended may come and prove another one; they have no role until then. */
function hasLeft({ ever_stood, roles, key_ended_at }: StandingRow, at: Instant): boolean {
  const withoutKey = key_ended_at !== null && key_ended_at <= at
  return Boolean(ever_stood) && roles === null && !withoutKey
}

/** Asked anew for every request: who stood in a roster and is not in the newest has left, and is nobody from then on. */
export async function findPerson(
  tx: Database | Tx,
  { account, at }: { readonly account: AccountId; readonly at: Instant },
): Promise<Person | undefined> {
  const row = await standing(tx, account)
  if (!row || hasLeft(row, at)) return undefined
  return { kind: 'person', account: row.id, organisation: row.organisation, roles: rolesIn(row, at) }
}

/** As their account has them, whatever became of them since. */
export async function findNamed(tx: Tx, account: AccountId): Promise<Named | undefined> {
  return tx
    .selectFrom('account')
    .select(['id as account', 'name', 'email'])
    .where('id', '=', account)
    .executeTakeFirst()
}

/** What the first line of a page says of who reads it. */
export async function findShown(
  database: Database,
  account: AccountId,
): Promise<{ readonly name: string; readonly organisation: string }> {
  return database
    .selectFrom('account')
    .innerJoin('organisation', 'organisation.id', 'account.organisation')
    .select(['account.name', 'organisation.name as organisation'])
    .where('account.id', '=', account)
    .executeTakeFirstOrThrow()
}

export async function loadAccountView(
  tx: Tx,
  { account, at }: { readonly account: AccountId; readonly at: Instant },
): Promise<AccountView> {
  const row = await standing(tx, account)
  if (!row) throw new Error('a signed-in account is gone')
  const key = await findNewestKey(tx, account)
  const { hash, sequence, expires_at: expires } = row
  const stands = row.roles !== null && hash !== null && sequence !== null && expires !== null
  return {
    account: row.id,
    email: row.email,
    name: row.name,
    organisation: { id: row.organisation, name: row.organisation_name },
    roles: [...rolesIn(row, at)],
    teams: row.teams ?? [],
    proposedRoles: row.proposed_roles,
    roster: stands ? { sequence, hash, expires } : null,
    key,
  }
}

export function findCredentials(database: Database | Tx, email: Email) {
  return database
    .selectFrom('account')
    .select(['id', 'password_hash', 'totp_secret', 'totp_step'])
    .where('email', '=', email)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst()
}

/** Locks the account: two sign-ins with one code cannot both find it unused. */
export async function loadSignInFacts(
  tx: Tx,
  { person, factor }: { readonly person: Person; readonly factor: Factor },
): Promise<SignInFacts> {
  const { totp_step: totpStep } = await tx
    .selectFrom('account')
    .select('totp_step')
    .where('id', '=', person.account)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { account, organisation, roles } = person
  const codeUnused = factor.kind === 'one-time-code' && (await isUnused(tx, account, factor.codeHash))
  return { account, organisation, roles, factor, totpStep, codeUnused }
}

export async function isUnused(tx: Database | Tx, account: AccountId, codeHash: Bytes): Promise<boolean> {
  const row = await tx
    .selectFrom('one_time_code')
    .select('used_at')
    .where('account', '=', account)
    .where('code_hash', '=', codeHash)
    .executeTakeFirst()
  return row !== undefined && row.used_at === null
}

export async function loadInviteFacts(
  tx: Tx,
  { email, organisation }: { readonly email: Email; readonly organisation: OrganisationId },
): Promise<InviteFacts> {
  const holder = await findHolder(tx, email)
  return {
    accountExists: holder?.organisation === organisation,
    domains: await loadDomains(tx, organisation),
  }
}

async function findHolder(tx: Tx, email: Email): Promise<AcceptFacts['holder']> {
  const row = await tx
    .selectFrom('account')
    .select(['id as account', 'organisation'])
    .where('email', '=', email)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** Locks the invitation: it makes one account. */
export async function loadAcceptFacts(tx: Tx, tokenHash: Bytes): Promise<AcceptFacts> {
  const row = await tx
    .selectFrom('invitation')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return { invitation: null, holder: null, domains: [] }
  const { id, organisation, email, name, roles, teams } = row
  return {
    invitation: {
      ...{ id, organisation, email, name, roles, teams },
      firstAdministrator: row.first_administrator,
      expiresAt: row.expires_at,
      acceptedAt: row.accepted_at,
    },
    holder: await findHolder(tx, email),
    domains: await loadDomains(tx, organisation),
  }
}
