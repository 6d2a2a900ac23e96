// Resets of lost passwords and authenticators (ARCHITECTURE.md#reset), and what somebody was told of their account by mail.
// Changes: domain/identity/changes.ts.
import { sql } from 'kysely'
import type { Caller } from '#domain/caller.ts'
import type { AccountNotification, IdentityChange } from '#domain/identity/changes.ts'
import type { OpenReset } from '#domain/identity/decide-list-resets.ts'
import type { Holder, OpenResetFacts, StoredReset } from '#domain/identity/decide-reset.ts'
import type { AccountId, Bytes, Email, Instant, OrganisationId } from '#domain/values.ts'
import { loadAdministrators } from './account-ends.ts'
import type { Database, Tx } from './database.ts'
import { findNamed, rolesIn, standing } from './identity.ts'
import type { Writers } from './writers.ts'

export const resetWriters = {
  'identity.open-reset': async (tx, { reset, at }) => {
    // One at a time: the code that was said last is the one that counts.
    await openOnes(tx, reset.account).set({ withdrawn_at: at }).execute()
    await tx
      .insertInto('account_reset')
      .values({
        id: reset.id,
        account: reset.account,
        code_hash: reset.codeHash,
        opened_by: reset.openedBy,
        opened_at: at,
        expires_at: reset.expiresAt,
        needs_second: reset.needsSecond,
      })
      .execute()
  },

  'identity.confirm-reset': async (tx, { reset, by, at }) => {
    await tx.updateTable('account_reset').set({ confirmed_by: by, confirmed_at: at }).where('id', '=', reset).execute()
  },

  'identity.withdraw-reset': async (tx, { reset, at }) => {
    await tx.updateTable('account_reset').set({ withdrawn_at: at }).where('id', '=', reset).execute()
  },

  'identity.complete-reset': async (tx, { reset, at }) => {
    await tx.updateTable('account_reset').set({ completed_at: at }).where('id', '=', reset).execute()
  },

  'identity.set-password': async (tx, { account, passwordHash }) => {
    await tx.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', account).execute()
  },

  'identity.set-credentials': async (tx, { credentials, at }) => {
    const { id: account, passwordHash, totpSecret, oneTimeCodeHashes } = credentials
    await tx
      .updateTable('account')
      .set({ password_hash: passwordHash, totp_secret: totpSecret, totp_step: 0 })
      .where('id', '=', account)
      .execute()
    await tx
      .updateTable('one_time_code')
      .set({ used_at: at })
      .where('account', '=', account)
      .where('used_at', 'is', null)
      .execute()
    await tx
      .insertInto('one_time_code')
      .values(oneTimeCodeHashes.map((code_hash) => ({ account, code_hash, used_at: null })))
      .execute()
  },

  'identity.notify': async (tx, { notification: { account, template, correlation }, at }) => {
    await tx.insertInto('account_notified').values({ account, template, correlation, at }).execute()
  },
} satisfies Partial<Writers<IdentityChange>>

const openOnes = (tx: Tx, account: AccountId) =>
  tx
    .updateTable('account_reset')
    .where('account', '=', account)
    .where('completed_at', 'is', null)
    .where('withdrawn_at', 'is', null)

/** Locks the account: of two resets at once only the last one counts. */
export async function loadOpenResetFacts(
  tx: Tx,
  { caller, email, at }: { readonly caller: Caller; readonly email: Email; readonly at: Instant },
): Promise<OpenResetFacts> {
  if (caller.actor.kind !== 'person') throw new TypeError('a person opens a reset')
  const { account, organisation } = caller.actor
  const found = await tx
    .selectFrom('account')
    .select(['id as account', 'name', 'email'])
    .where('organisation', '=', organisation)
    .where('email', '=', email)
    .where('deactivated_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  const row = found && (await standing(tx, found.account))
  return {
    holder: found && row ? { ...found, roles: rolesIn(row, at) } : null,
    opener: await requireNamed(tx, account),
    seconds: await loadSeconds(tx, organisation),
  }
}

/** Who may confirm the reset of an administrator there: its administrators. */
export async function loadSeconds(tx: Tx, organisation: OrganisationId): Promise<readonly Holder[]> {
  const own = await loadAdministrators(tx, organisation)
  return Promise.all(own.map((account) => requireNamed(tx, account)))
}

export async function requireNamed(tx: Tx, account: AccountId): Promise<Holder> {
  const named = await findNamed(tx, account)
  if (!named) throw new Error('an account is gone')
  return { ...named, account }
}

/** Locks the reset: it is confirmed, completed or withdrawn once. */
export async function loadReset(tx: Tx, id: string): Promise<StoredReset | null> {
  return toReset(await resets(tx).where('account_reset.id', '=', id).executeTakeFirst())
}

export async function findResetByCode(
  tx: Tx,
  { account, codeHash }: { readonly account: AccountId; readonly codeHash: Bytes },
): Promise<StoredReset | null> {
  const found = resets(tx).where('account_reset.account', '=', account).where('code_hash', '=', codeHash)
  return toReset(await found.executeTakeFirst())
}

function resets(tx: Tx) {
  return tx
    .selectFrom('account_reset')
    .innerJoin('account as holder', 'holder.id', 'account_reset.account')
    .innerJoin('account as opener', 'opener.id', 'account_reset.opened_by')
    .select([
      'account_reset.id',
      'account_reset.expires_at',
      'account_reset.needs_second',
      'account_reset.confirmed_at',
      'account_reset.completed_at',
      'account_reset.withdrawn_at',
      'holder.organisation',
      'holder.id as holder_id',
      'holder.name as holder_name',
      'holder.email as holder_email',
      'holder.deactivated_at',
      'opener.id as opener_id',
      'opener.name as opener_name',
      'opener.email as opener_email',
    ])
    .forUpdate('account_reset')
}

function toReset(row: Awaited<ReturnType<ReturnType<typeof resets>['executeTakeFirst']>>): StoredReset | null {
  if (!row) return null
  return {
    id: row.id,
    organisation: row.organisation,
    holder: { account: row.holder_id, name: row.holder_name, email: row.holder_email },
    opener: { account: row.opener_id, name: row.opener_name, email: row.opener_email },
    expiresAt: row.expires_at,
    needsSecond: row.needs_second,
    confirmed: row.confirmed_at !== null,
    completed: row.completed_at !== null,
    withdrawn: row.withdrawn_at !== null || row.deactivated_at !== null,
  }
}

export interface WhoseResets {
  readonly account: AccountId
  /** Of which the caller is administrator, or whose second they are. */
  readonly organisations: readonly OrganisationId[]
  readonly at: Instant
}

/** Open ones, the oldest first. */
export async function loadOpenResets(
  tx: Tx,
  { account, organisations, at }: WhoseResets,
): Promise<readonly OpenReset[]> {
  const rows = await tx
    .selectFrom('account_reset')
    .innerJoin('account as holder', 'holder.id', 'account_reset.account')
    .innerJoin('account as opener', 'opener.id', 'account_reset.opened_by')
    .innerJoin('organisation', 'organisation.id', 'holder.organisation')
    .select([
      'account_reset.id',
      'holder.email',
      'holder.name',
      'organisation.name as organisation',
      'opener.name as openedBy',
      'account_reset.opened_at as opened',
      'account_reset.expires_at as expires',
      'account_reset.needs_second as needsSecond',
      'account_reset.confirmed_at',
    ])
    .where('account_reset.completed_at', 'is', null)
    .where('account_reset.withdrawn_at', 'is', null)
    .where('holder.deactivated_at', 'is', null)
    .where('account_reset.expires_at', '>', at)
    .where(({ or, eb }) =>
      or([
        eb('holder.id', '=', account),
        eb('holder.organisation', '=', sql<OrganisationId>`any(${[...organisations]}::text[])`),
      ]),
    )
    .orderBy('opened')
    .orderBy('account_reset.id')
    .execute()
  return rows.map(({ confirmed_at, ...row }) => ({ ...row, confirmed: confirmed_at !== null }))
}

export interface AccountNotificationFacts {
  readonly organisation: OrganisationId
  readonly email: Email
  /** A decision asked for this very mail: whoever can write to the queue alone makes nobody get mail. */
  readonly asked: boolean
  readonly told: boolean
}

export async function loadAccountNotification(
  database: Database,
  { account, template, correlation }: AccountNotification,
): Promise<AccountNotificationFacts | undefined> {
  const row = await database
    .selectFrom('account')
    .leftJoin('account_notified as notified', (join) =>
      join
        .onRef('notified.account', '=', 'account.id')
        .on('notified.template', '=', template)
        .on('notified.correlation', '=', correlation),
    )
    .select(['account.organisation', 'account.email', 'notified.at'])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('outbox')
          .where('job', '=', 'send-account-mail')
          .where(sql<boolean>`data = ${JSON.stringify({ account, template, correlation })}::jsonb`),
      ).as('asked'),
    )
    .where('account.id', '=', account)
    .executeTakeFirst()
  return row && { organisation: row.organisation, email: row.email, asked: Boolean(row.asked), told: row.at !== null }
}
