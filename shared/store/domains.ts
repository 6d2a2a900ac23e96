// The domains within which an organisation invites (ARCHITECTURE.md#domains). The operator's script alone writes them.
import type { InviteAgain } from '#domain/organisations/decide-register.ts'
import type { OrganisationId } from '#domain/values.ts'
import type { Tx } from './database.ts'

export async function loadDomains(tx: Tx, organisation: OrganisationId): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('organisation_domain')
    .select('domain')
    .where('organisation', '=', organisation)
    .orderBy('domain')
    .execute()
  return rows.map((row) => row.domain)
}

/** Which of them are another organisation's; of none yet, of any. */
export async function findTakenDomains(
  tx: Tx,
  { domains, organisation }: { readonly domains: readonly string[]; readonly organisation: OrganisationId | null },
): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('organisation_domain')
    .select(['domain', 'organisation'])
    .where('domain', 'in', [...domains, ''])
    .execute()
  return rows.filter((row) => row.organisation !== organisation).map((row) => row.domain)
}

export async function isRegistered(tx: Tx, organisation: OrganisationId): Promise<boolean> {
  return (
    (await tx.selectFrom('organisation').select('id').where('id', '=', organisation).executeTakeFirst()) !== undefined
  )
}

/** Locks the organisation: its first roster and a new invitation come one after the other. */
export async function loadFirstAdministration(
  tx: Tx,
  id: OrganisationId,
): Promise<Pick<InviteAgain, 'organisation' | 'domains' | 'earlier'>> {
  const found = await tx.selectFrom('organisation').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
  const roster = await tx.selectFrom('roster').select('hash').where('organisation', '=', id).executeTakeFirst()
  const earlier = await tx
    .selectFrom('account')
    .select('id')
    .where('organisation', '=', id)
    .where('first_administrator', '=', true)
    .where('deactivated_at', 'is', null)
    .execute()
  return {
    organisation: found && !roster ? id : null,
    domains: await loadDomains(tx, id),
    earlier: earlier.map((account) => account.id),
  }
}
