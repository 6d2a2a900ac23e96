// What lets somebody act as an account: tokens, and the sessions of browsers. Changes: domain/identity/changes.ts.
import { sql } from 'kysely'
import type { IdentityChange } from '#domain/identity/changes.ts'
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
      .where('id', '=', token)
      .where('revoked_at', 'is', null)
      .execute()
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
    await tx
      .updateTable('token')
      .set({ revoked_at: at })
      .where('account', '=', account)
      .where('revoked_at', 'is', null)
      .execute()
    await endSessions(tx, account)
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
  },
} satisfies Partial<Writers<IdentityChange>>

async function endSessions(tx: Tx, account: AccountId): Promise<void> {
  await tx.deleteFrom('session').where(sql<boolean>`sess -> 'passport' ->> 'user' = ${account}`).execute()
}

/** A token that may still be used at that instant. */
export function findToken(database: Database, { id, at }: { readonly id: string; readonly at: Instant }) {
  return database
    .selectFrom('token')
    .select(['account', 'secret_hash', 'scopes'])
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst()
}

/** When a token ends that was used just now. */
export async function loadTokenEnd(tx: Tx, id: string): Promise<Instant> {
  const row = await tx.selectFrom('token').select('expires_at').where('id', '=', id).executeTakeFirstOrThrow()
  return row.expires_at
}

export async function loadTokenOwner(tx: Tx, id: string): Promise<{ owner: AccountId | null }> {
  const row = await tx.selectFrom('token').select('account').where('id', '=', id).forUpdate().executeTakeFirst()
  return { owner: row?.account ?? null }
}
