// The mark that a database was restored, and what closing and opening it change (migrations/0012-restore.sql).
import { sql } from 'kysely'
import type { Fetched } from '#domain/service/replay.ts'
import type { ServiceChange } from '#domain/service/changes.ts'
import type { Database, Tx } from './database.ts'
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
    for (const one of replayed.fetched) await fetchAgain(tx, one)
    await sql`insert into certificate_revocation (fingerprint, at)
      select fingerprint, clock_timestamp() from certificate where fingerprint = any(${[...replayed.revoked]})
      on conflict do nothing`.execute(tx)
    await sql`update roster set expires_at = clock_timestamp()
      where organisation = any(${[...expired]}) and expires_at > clock_timestamp()`.execute(tx)
    await sql`update restore set replayed_at = clock_timestamp() where replayed_at is null`.execute(tx)
  },
}

/**
 * Of whoever's key it is, by name and for their teams; where nobody here is known by it, or the entry names none, of their whole
 * organisation: rather one who is asked for nothing than a copy that nobody is asked for.
 */
async function fetchAgain(tx: Tx, { transfer, organisation, encryptionSubkey, at }: Fetched): Promise<void> {
  await sql`
    with named as (
      select d.account, d.team, c.account as reader from certificate c join delivery d on d.transfer = ${transfer}
        and (d.account = c.account
          or exists (select from roster_person p where p.account = c.account and d.team = any (p.teams)))
      where c.encryption_subkey = ${encryptionSubkey}),
    reader as (select distinct reader from named)
    update delivery d set state = 'fetched',
      collected_by = coalesce(d.collected_by, (select reader from reader)),
      collected_at = coalesce(d.collected_at, (select ${at}::timestamptz from reader))
    where d.transfer = ${transfer} and d.state = 'waiting' and case
      when exists (select from named) then
        exists (select from named n where (n.account, n.team) is not distinct from (d.account, d.team))
      else d.organisation = coalesce(${organisation}, d.organisation) and (${encryptionSubkey}::text is not null
        or not exists (select from delivery o where o.transfer = d.transfer and o.organisation = d.organisation
          and o.state <> 'waiting'))
      end`.execute(tx)
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
