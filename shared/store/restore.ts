// The mark that a database was restored, and what closing and opening it change (migrations/0012-restore.sql).
import { sql } from 'kysely'
import type { ServiceChange } from '#domain/service/changes.ts'
import type { Database } from './database.ts'
import type { Writers } from './writers.ts'

export const serviceWriters: Writers<ServiceChange> = {
  async 'service.close'(tx) {
    await sql`insert into restore (at) values (clock_timestamp())`.execute(tx)
    await sql`delete from session`.execute(tx)
    await sql`update token set revoked_at = clock_timestamp() where revoked_at is null`.execute(tx)
    await sql`update upload set token_revoked_at = clock_timestamp() where token_revoked_at is null`.execute(tx)
    // A code that was used after the backup was made is not used again.
    await sql`update account set totp_step = greatest(totp_step, floor(extract(epoch from clock_timestamp()) / 30))`.execute(
      tx,
    )
  },

  async 'service.open'(tx, { replayed, expired }) {
    // The guard asks which process may lead where; here the log itself says where it led.
    await sql`alter table transfer disable trigger transfer_state`.execute(tx)
    for (const [transfer, { state, as, at }] of replayed.ended) {
      await sql`update transfer set state = ${state}, ended_as = ${as}, ended_at = ${at}
        where id = ${transfer} and ended_as is null`.execute(tx)
    }
    await sql`alter table transfer enable always trigger transfer_state`.execute(tx)
    await sql`insert into certificate_revocation (fingerprint, at)
      select fingerprint, clock_timestamp() from certificate where fingerprint = any(${[...replayed.revoked]})
      on conflict do nothing`.execute(tx)
    await sql`update roster set expires_at = clock_timestamp()
      where organisation = any(${[...expired]}) and expires_at > clock_timestamp()`.execute(tx)
    await sql`update restore set replayed_at = clock_timestamp() where replayed_at is null`.execute(tx)
  },
}

/** It was restored from a backup, and nobody knows yet what that has forgotten. */
export class DatabaseClosed extends Error {
  override readonly name = 'DatabaseClosed'
}

/** For a process that starts. Throws DatabaseClosed, saying what to do. */
export async function requireOpen(database: Database): Promise<void> {
  if (await isClosed(database))
    throw new DatabaseClosed('the database was restored from a backup: npm run replay first')
}

async function isClosed(database: Database): Promise<boolean> {
  const { rows } = await sql<{ closed: boolean }>`
    select exists (select from restore where replayed_at is null) as closed`.execute(database)
  return rows[0]?.closed ?? true
}

/** For the housekeeper, which has seen that the copy of the logs is ahead. */
export async function markClosed(database: Database): Promise<void> {
  if (!(await isClosed(database))) await sql`insert into restore (at) values (clock_timestamp())`.execute(database)
}
