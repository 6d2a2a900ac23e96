// Organisations with their statements and rosters: what the server stores it has checked, and still no client believes
// it. Rows are only added; the root is set once. Changes: domain/organisations/changes.ts.
import { sql } from 'kysely'
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { OrganisationChange } from '#domain/organisations/changes.ts'
import type { Role } from '#domain/organisations/roles.ts'
import type { OrganisationId } from '#domain/values.ts'
import type { Writers } from './writers.ts'
import type { Tx } from './database.ts'

export const organisationWriters = {
  'organisations.add': async (tx, { id, name, at }) => {
    await tx.insertInto('organisation').values({ id, name, root: null, created_at: at }).execute()
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
    await tx
      .updateTable('organisation')
      .set({ root })
      .where('id', '=', organisation)
      .where('root', 'is', null)
      .execute()
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
    await tx.insertInto('roster_person').values(rows).execute()
  },
} satisfies Writers<OrganisationChange>

/** Whom a partner may see: who can be sent to, and who signed agreements. */
const rolesForPartners: readonly Role[] = ['caseworker', 'siro']

/**
 * Everything a client needs to verify one organisation, as the `reader` organisation may see it: its own people all,
 * a partner's only the entries that agreements need. Past rosters are included: signatures name the one they stood in.
 */
export async function loadOrganisationDocuments(
  tx: Tx,
  { organisation, reader }: { readonly organisation: OrganisationId; readonly reader: OrganisationId },
): Promise<OrganisationDocuments> {
  const keys = await tx
    .selectFrom('organisation_key')
    .select(['fingerprint', 'bytes'])
    .where('organisation', '=', organisation)
    .orderBy('fingerprint')
    .execute()
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
    .selectFrom('certificate')
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
