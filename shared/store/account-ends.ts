// What the end of an account needs to be decided (ARCHITECTURE.md#an-account-ends). Changes are written by access.ts.
import { sql } from 'kysely'
import type { DeactivateFacts } from '#domain/identity/decide-deactivate.ts'
import type { AccountId, Email, Instant, OrganisationId } from '#domain/values.ts'
import type { Tx } from './database.ts'
import { rolesIn, standing } from './identity.ts'

interface Wanted {
  readonly organisation: OrganisationId
  readonly email: Email
  readonly at: Instant
}

/** Locks the organisation: of two administrators who end one another's account only one is the first. */
export async function loadDeactivateFacts(
  tx: Tx,
  { organisation, email, at }: Wanted,
): Promise<Omit<DeactivateFacts, 'agreements'>> {
  await tx.selectFrom('organisation').select('id').where('id', '=', organisation).forUpdate().executeTakeFirst()
  const found = await tx
    .selectFrom('account')
    .select(['id', 'deactivated_at'])
    .where('organisation', '=', organisation)
    .where('email', '=', email)
    .orderBy(sql`deactivated_at desc nulls first`)
    .executeTakeFirst()
  if (!found) return { account: null, otherAdministrators: 0 }
  const { id } = found
  const row = await standing(tx, id)
  if (!row) return { account: { id, roles: [], encryptionSubkeys: [], hasEnded: true }, otherAdministrators: 0 }
  const keys = await tx
    .selectFrom('current_certificate')
    .select('encryption_subkey')
    .where('account', '=', id)
    .where('proven_at', 'is not', null)
    .where('revoked_at', 'is', null)
    .orderBy('encryption_subkey')
    .execute()
  const encryptionSubkeys = keys.map((key) => key.encryption_subkey)
  const administrators = await loadAdministrators(tx, organisation)
  return {
    account: { id, roles: rolesIn(row, at), encryptionSubkeys, hasEnded: false },
    otherAdministrators: administrators.filter((one) => one !== id).length,
  }
}

/** Whose accounts can still be used: by the newest roster; before there is one, the first administrator. */
export async function loadAdministrators(tx: Tx, organisation: OrganisationId): Promise<readonly AccountId[]> {
  const { rows } = await sql<{ id: AccountId }>`
    with newest as (
      select hash from roster where organisation = ${organisation} order by sequence desc limit 1)
    select a.id from account a left join newest on true
      left join roster_person p on p.roster = newest.hash and p.account = a.id
    where a.organisation = ${organisation} and a.deactivated_at is null
      and case when newest.hash is null then a.first_administrator
        else 'organisation-administrator' = any (p.roles) end
    order by a.id`.execute(tx)
  return rows.map(({ id }) => id)
}
