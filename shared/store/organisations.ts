// Organisations with their statements and rosters: what the server stores it has checked, and still no client believes
// it. Rows are only added; the root is the latest statement's. Changes: domain/organisations/changes.ts.
import { sql } from 'kysely'
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { AwaitingPerson } from '#contract/organisations.ts'
import { parseDocument } from '#domain/document.ts'
import type { OrganisationChange, OrganisationKey } from '#domain/organisations/changes.ts'
import type { Known, ProvenAccount } from '#domain/organisations/decide-roster.ts'
import type { OrganisationHead } from '#domain/organisations/submission.ts'
import type { Role } from '#domain/roles.ts'
import { statement as statementModel } from '#domain/organisations/statement.ts'
import type { AccountId, Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import type { Tx } from './database.ts'
import type { Writers } from './writers.ts'

export const organisationWriters = {
  'organisations.add': async (tx, { id, name, at }) => {
    await tx.insertInto('organisation').values({ id, name, root: null, created_at: at }).execute()
  },

  'organisations.register-domains': async (tx, { organisation, domains, at }) => {
    await tx
      .insertInto('organisation_domain')
      .values(domains.map((domain) => ({ domain, organisation, registered_at: at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  },

  'organisations.register-statement': async (tx, { statement, hash, signed, keys }) => {
    const { organisation, sequence, root } = statement
    await tx
      .insertInto('statement')
      .values({ organisation, sequence, hash, ...signed })
      .execute()
    await tx
      .insertInto('organisation_key')
      .values(keys.map((key) => ({ ...key, organisation })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tx.updateTable('organisation').set({ root }).where('id', '=', organisation).execute()
  },

  'organisations.register-roster': async (tx, { roster, hash, signed, signedBy, people }) => {
    const { organisation, sequence, expires } = roster
    await tx
      .insertInto('roster')
      .values({ organisation, sequence, hash, ...signed, signed_by: signedBy, expires_at: expires })
      .execute()
    if (people.length === 0) return
    const rows = people.map(({ digest, bytes, person }) => ({
      roster: hash,
      digest,
      bytes,
      account: person.account,
      encryption_subkey: person.encryptionSubkey,
      roles: person.roles,
      teams: person.teams,
    }))
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      await tx
        .insertInto('roster_person')
        .values(rows.slice(from, from + rowsAtOnce))
        .execute()
    }
  },
  'organisations.end-webhooks': async (tx, { organisation, administrators, at }) => {
    await tx
      .updateTable('webhook')
      .set({ removed_at: at })
      .where('organisation', '=', organisation)
      .where('removed_at', 'is', null)
      .where(({ not, eb }) => not(eb('created_by', '=', sql<AccountId>`any(${[...administrators]}::text[])`)))
      .execute()
  },
} satisfies Writers<OrganisationChange>

/** A statement takes at most 65,535 parameters. */
const rowsAtOnce = 5000

/** Locks the organisation: statements and rosters follow one another. Throws when there is no such organisation. */
export async function loadOrganisationHead(tx: Tx, id: OrganisationId): Promise<OrganisationHead> {
  const { name, root } = await tx
    .selectFrom('organisation')
    .select(['name', 'root'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const statement = await tx
    .selectFrom('statement')
    .select(['sequence', 'hash', 'bytes'])
    .where('organisation', '=', id)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  const roster = await tx
    .selectFrom('roster')
    .select(['sequence', 'hash'])
    .where('organisation', '=', id)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { id, name, root, statement: statement ? headOf(statement) : null, roster: roster ?? null }
}

function headOf({ sequence, hash, bytes }: { sequence: number; hash: Sha256Hex; bytes: Uint8Array }) {
  const parsed = parseDocument(statementModel, bytes)
  if (!parsed.ok) throw new Error(`a stored statement is damaged: ${parsed.reason}`)
  const { rosterKeys, successorRoot } = parsed.value
  return { sequence, hash, rosterKeys, successorRoot }
}

export async function loadOrganisationKeys(tx: Tx, organisation: OrganisationId): Promise<readonly OrganisationKey[]> {
  return tx
    .selectFrom('organisation_key')
    .select(['fingerprint', 'bytes'])
    .where('organisation', '=', organisation)
    .orderBy('fingerprint')
    .execute()
}

/** Every account of the organisation with each key it has proven and that may stand in a roster today. */
export async function loadProvenAccounts(
  tx: Tx,
  { organisation, at }: { readonly organisation: OrganisationId; readonly at: Instant },
): Promise<readonly ProvenAccount[]> {
  return tx
    .selectFrom('account')
    .innerJoin('current_certificate as certificate', 'certificate.account', 'account.id')
    .select([
      'account.id as account',
      'account.email',
      'certificate.fingerprint as certificate',
      'certificate.encryption_subkey as encryptionSubkey',
    ])
    .where('account.organisation', '=', organisation)
    .where('certificate.proven_at', 'is not', null)
    .where('certificate.revoked_at', 'is', null)
    .where((where) => where.or([where('certificate.expires_at', 'is', null), where('certificate.expires_at', '>', at)]))
    .execute()
}

/** Every live account in the latest roster, and whether its key has ended. */
export async function loadKnownAccounts(
  tx: Tx,
  { organisation, at }: { readonly organisation: OrganisationId; readonly at: Instant },
): Promise<readonly Known[]> {
  const rows = await tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .innerJoin('account', 'account.id', 'roster_person.account')
    .leftJoin('current_certificate as certificate', 'certificate.encryption_subkey', 'roster_person.encryption_subkey')
    .select(['account.id as account', 'certificate.revoked_at', 'certificate.expires_at'])
    .where('roster.organisation', '=', organisation)
    .where('roster.sequence', '=', latestSequence(tx, organisation))
    .where('account.deactivated_at', 'is', null)
    .execute()
  return rows.map(({ account, revoked_at: revoked, expires_at: expires }) => {
    const ended = revoked ?? expires
    return { account, keyEnded: ended !== null && ended <= at }
  })
}

/** Whose newest proven certificate is not the one in the latest roster. Once it is revoked, no older one comes back. */
export async function loadAwaiting(tx: Tx, organisation: OrganisationId): Promise<readonly AwaitingPerson[]> {
  const rows = await tx
    .selectFrom('account')
    .innerJoin('current_certificate as certificate', 'certificate.account', 'account.id')
    .select([
      'account.id as account',
      'account.name',
      'account.email',
      'account.proposed_roles as proposedRoles',
      'account.proposed_teams as proposedTeams',
      'certificate.fingerprint as certificate',
      'certificate.encryption_subkey as encryptionSubkey',
      'certificate.bytes',
      'certificate.revoked_at as revokedAt',
    ])
    .distinctOn('account.id')
    .where('account.organisation', '=', organisation)
    .where('certificate.proven_at', 'is not', null)
    .orderBy('account.id')
    .orderBy('certificate.proven_at', 'desc')
    .execute()
  const listed = await tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .select('roster_person.encryption_subkey')
    .where('roster.organisation', '=', organisation)
    .where('roster.sequence', '=', latestSequence(tx, organisation))
    .execute()
  const known = new Set(listed.map((row) => row.encryption_subkey))
  return rows
    .filter((row) => row.revokedAt === null && !known.has(row.encryptionSubkey))
    .map(({ bytes, revokedAt: _, ...row }) => ({ ...row, certificateBytes: toBase64(bytes) }))
}

/** Who stands in the latest roster with a key that was revoked or has expired: the next one cannot list it. */
export async function loadWithdrawn(
  tx: Tx,
  { organisation, at }: { readonly organisation: OrganisationId; readonly at: Instant },
): Promise<readonly AccountId[]> {
  const rows = await tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .innerJoin('current_certificate as certificate', 'certificate.encryption_subkey', 'roster_person.encryption_subkey')
    .select('roster_person.account')
    .where('roster.organisation', '=', organisation)
    .where('roster.sequence', '=', latestSequence(tx, organisation))
    .where((where) =>
      where.or([where('certificate.revoked_at', 'is not', null), where('certificate.expires_at', '<=', at)]),
    )
    .orderBy('roster_person.account')
    .execute()
  return rows.map(({ account }) => account)
}

function latestSequence(tx: Tx, organisation: OrganisationId) {
  return tx
    .selectFrom('roster')
    .select(({ fn }) => fn.max('sequence').as('sequence'))
    .where('organisation', '=', organisation)
}

/** Whom a partner may see: who can be sent to, who answers for transfers, and who signed agreements. */
export const rolesForPartners: readonly Role[] = ['caseworker', 'approver', 'siro']

/**
 * Everything a client needs to verify one organisation, as the `reader` organisation may see it: its own people all,
 * a partner's only the entries that agreements need. Past rosters are included: signatures name the one they stood in.
 */
export async function loadOrganisationDocuments(
  tx: Tx,
  { organisation, reader }: { readonly organisation: OrganisationId; readonly reader: OrganisationId },
): Promise<OrganisationDocuments> {
  const keys = await loadOrganisationKeys(tx, organisation)
  const statements = await tx
    .selectFrom('statement')
    .select(['bytes', 'signature'])
    .where('organisation', '=', organisation)
    .orderBy('sequence')
    .execute()
  const rosters = await tx
    .selectFrom('roster')
    .select(['bytes', 'signature'])
    .where('organisation', '=', organisation)
    .orderBy('sequence')
    .execute()
  const people = await loadEntries(tx, { organisation, partner: organisation !== reader })
  const subkeys = people.map((entry) => entry.encryption_subkey)
  const certificates = await tx
    .selectFrom('current_certificate')
    .select(['account', 'bytes'])
    .where('encryption_subkey', '=', sql<(typeof subkeys)[number]>`any(${subkeys}::text[])`)
    .orderBy('fingerprint')
    .execute()
  return {
    organisation,
    keys: keys.map(({ fingerprint, bytes }) => ({ fingerprint, bytes: toBase64(bytes) })),
    statements: statements.map(signedToWire),
    rosters: rosters.map(signedToWire),
    people: people.map(({ bytes }) => ({ bytes: toBase64(bytes) })),
    certificates: certificates.map(({ account, bytes }) => ({ account, bytes: toBase64(bytes) })),
  }
}

/** Distinct: an entry that did not change stands in many rosters. */
function loadEntries(tx: Tx, { organisation, partner }: { organisation: OrganisationId; partner: boolean }) {
  return tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .select(['roster_person.digest', 'roster_person.bytes', 'roster_person.encryption_subkey'])
    .distinctOn('roster_person.digest')
    .where('roster.organisation', '=', organisation)
    .$if(partner, (query) => query.where(sql<boolean>`roster_person.roles && ${rolesForPartners}::text[]`))
    .orderBy('roster_person.digest')
    .execute()
}

function signedToWire({ bytes, signature }: { bytes: Uint8Array; signature: Uint8Array }) {
  return { bytes: toBase64(bytes), signature: toBase64(signature) }
}

function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64()
}
