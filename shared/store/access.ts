// What lets somebody act as an account: tokens, and the sessions of browsers. Changes: domain/identity/changes.ts.
import { sql } from 'kysely'
import type { IdentityChange } from '#domain/identity/changes.ts'
import type { AccessView, TokenFacts } from '#domain/identity/decide-access.ts'
import type { CallerToken } from '#domain/identity/decide-tokens.ts'
import type { AccountId, Instant } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'
import type { Writers } from './writers.ts'

export const accessWriters = {
  'identity.issue-token': async (tx, { token }) => {
    await tx
      .insertInto('token')
      .values({
        id: token.id,
        account: token.account,
        secret_hash: token.secretHash,
        scopes: [...token.scopes],
        ancestors: [...token.ancestors],
        expires_at: token.expiresAt,
        revoked_at: null,
        created_at: token.createdAt,
      })
      .execute()
  },

  'identity.revoke-token': async (tx, { token, at }) => {
    await tx
      .updateTable('token')
      .set({ revoked_at: at })
      .where(sql<boolean>`(id = ${token} or ancestors @> array[${token}]::text[])`)
      .where('revoked_at', 'is', null)
      .execute()
  },

  'identity.end-session': async (tx, { account, session }) => {
    await sessionsOf(tx, account).where(sessionName, '=', session).execute()
  },

  'identity.end-others': async (tx, { account, except, at }) => {
    await sessionsOf(tx, account).where(sql<boolean>`${sessionName} is distinct from ${except}`).execute()
    await revokeTokens(tx, { account, at }).where(sql<boolean>`id is distinct from ${except}`).execute()
  },

  'identity.deactivate': async (tx, { account, at }) => {
    const ended = await tx
      .updateTable('account')
      .set({ deactivated_at: at })
      .where('id', '=', account)
      .where('deactivated_at', 'is', null)
      .returning(['organisation', 'email'])
      .executeTakeFirst()
    if (!ended) return
    await revokeTokens(tx, { account, at }).execute()
    await sessionsOf(tx, account).execute()
    await tx
      .updateTable('upload')
      .set({ token_revoked_at: at })
      .where('token_revoked_at', 'is', null)
      .where('transfer', 'in', (query) =>
        query.selectFrom('transfer').select('transfer.id').where('sender', '=', account),
      )
      .execute()
    await tx
      .updateTable('invitation')
      .set({ withdrawn_at: at })
      .where('organisation', '=', ended.organisation)
      .where('email', '=', ended.email)
      .where('accepted_at', 'is', null)
      .where('withdrawn_at', 'is', null)
      .execute()
    // What was wrapped for them opens nothing any more, and their programs are told nothing.
    await tx.deleteFrom('pkesk').where('account', '=', account).execute()
    const theirs = tx.updateTable('webhook').set({ removed_at: at }).where('created_by', '=', account)
    await theirs.where('removed_at', 'is', null).execute()
  },
} satisfies Partial<Writers<IdentityChange>>

/** What entries and key proofs know a session by (server/http/session.ts). */
const sessionName = sql<string>`left(encode(sha256(convert_to('safehand session ' || sid, 'UTF8')), 'hex'), 32)`

const isOf = (account: AccountId) => sql<boolean>`sess -> 'passport' ->> 'user' = ${account}`

const sessionsOf = (tx: Tx, account: AccountId) => tx.deleteFrom('session').where(isOf(account))

function revokeTokens(tx: Tx, { account, at }: { readonly account: AccountId; readonly at: Instant }) {
  return tx.updateTable('token').set({ revoked_at: at }).where('account', '=', account).where('revoked_at', 'is', null)
}

/** Whether a token that this one was made with was revoked. */
const madeByRevoked = sql<boolean>`exists (
  select from token as earlier where earlier.id = any (token.ancestors) and earlier.revoked_at is not null)`

/** A token that may still be used at that instant. */
export function findToken(database: Database, { id, at }: { readonly id: string; readonly at: Instant }) {
  return database
    .selectFrom('token')
    .select(['account', 'secret_hash', 'scopes'])
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .where(sql<boolean>`not ${madeByRevoked}`)
    .executeTakeFirst()
}

/** Locks the token that was used just now: what is made with it and its revocation come one after the other. */
export async function loadCallerToken(tx: Tx, id: string): Promise<CallerToken> {
  const row = await tx
    .selectFrom('token')
    .select(['expires_at', 'revoked_at', 'ancestors', madeByRevoked.as('made_by_revoked')])
    .where('id', '=', id)
    .forShare()
    .executeTakeFirstOrThrow()
  const isRevoked = row.revoked_at !== null || row.made_by_revoked
  return { id, ends: row.expires_at, isRevoked, ancestors: row.ancestors }
}

export async function loadToken(tx: Tx, id: string): Promise<TokenFacts['token']> {
  const row = await tx
    .selectFrom('token')
    .select(['account', 'scopes'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row ? { owner: row.account, scopes: row.scopes } : null
}

/** An idle session is over after so many seconds, an old one after so many (server/http/session.ts). */
export const sessionSeconds = { idle: 15 * 60, old: 8 * 3600 }

/** What can be used now, newest first. */
export async function loadAccess(
  tx: Tx,
  { account, at }: { readonly account: AccountId; readonly at: Instant },
): Promise<AccessView> {
  const sessions = await tx
    .selectFrom('session')
    .select([
      sessionName.as('id'),
      sql<Instant>`to_timestamp((sess ->> 'startedAt')::bigint / 1000)`.as('started'),
      sql<Instant>`expire::timestamptz - make_interval(secs => ${sessionSeconds.idle})`.as('lastUsed'),
    ])
    .where(isOf(account))
    .where(sql<boolean>`expire > clock_timestamp()`)
    .where(
      sql<boolean>`(sess ->> 'startedAt')::bigint / 1000 > extract(epoch from ${at}::timestamptz) - ${sessionSeconds.old}`,
    )
    .orderBy('started', 'desc')
    .orderBy('id')
    .execute()
  const tokens = await tx
    .selectFrom('token')
    .select(['id', 'scopes', 'created_at as issued', 'expires_at as expires', 'ancestors'])
    .where('account', '=', account)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .where(sql<boolean>`not ${madeByRevoked}`)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return {
    sessions,
    tokens: tokens.map(({ ancestors, ...token }) => ({ ...token, madeBy: ancestors.at(-1) ?? null })),
  }
}
