// Agreements: the versions as they were signed, their parties and signatures, and what the policy asks of them.
// The server may add and never change; only the housekeeper may set activated_at (ARCHITECTURE.md#agreement).
import { sql } from 'kysely'
import { type Agreement, agreement as agreementModel } from '#domain/agreements/agreement.ts'
import type { AgreementChange } from '#domain/agreements/changes.ts'
import type { ResolvedRecipient, Rostered, RosterStanding, PolicyFacts } from '#domain/agreements/decide-transfer.ts'
import type { RosteredSigner } from '#domain/agreements/decide-sign.ts'
import type { AgreementState } from '#domain/agreements/state.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import { person, type RosterReference } from '#domain/organisations/roster.ts'
import type { Recipient } from '#domain/transfers/dispatch-note.ts'
import type { Role } from '#domain/organisations/roles.ts'
import type { AccountId, AgreementId, Fingerprint, Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import type { Tx } from './database.ts'
import type { Writers } from './writers.ts'

export const agreementWriters = {
  async 'agreements.import'(tx, { agreement, hash, bytes, by, at }) {
    const { id, version, parties } = agreement
    await tx
      .insertInto('agreement')
      .values({ id, version, hash, bytes, imported_by: by, imported_at: at, activated_at: null })
      .execute()
    await tx
      .insertInto('agreement_party')
      .values(parties.map(({ organisation }) => ({ agreement: hash, organisation })))
      .execute()
  },
  async 'agreements.sign'(tx, { hash, organisation, account, signed, at }) {
    const { bytes, signature } = signed
    await tx
      .insertInto('agreement_signature')
      .values({ agreement: hash, organisation, account, bytes, signature, signed_at: at })
      .execute()
  },
  async 'agreements.activate'(tx, { hash, at }) {
    await tx
      .updateTable('agreement')
      .set({ activated_at: at })
      .where('hash', '=', hash)
      .where('activated_at', 'is', null)
      .execute()
  },
} satisfies Writers<AgreementChange>

/** One version with everything that was signed about it. */
export interface StoredAgreement extends AgreementState {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly signatures: readonly StoredSignature[]
}

export interface StoredSignature {
  readonly organisation: OrganisationId
  readonly account: AccountId
  readonly signed: SignedBytes
}

/** One agreement is decided upon at a time. An advisory lock, because the server has no right to lock its rows. */
export async function lockAgreement(tx: Tx, id: AgreementId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`agreement ${id}`}, 0))`.execute(tx)
}

export async function loadAgreement(tx: Tx, hash: Sha256Hex): Promise<StoredAgreement | null> {
  const row = await tx.selectFrom('agreement').selectAll().where('hash', '=', hash).executeTakeFirst()
  if (!row) return null
  const rows = await tx
    .selectFrom('agreement_signature')
    .selectAll()
    .where('agreement', '=', hash)
    .orderBy('signed_at')
    .orderBy('organisation')
    .execute()
  const agreement = readAgreement(row.bytes)
  const signed = new Set(rows.map(({ organisation }) => organisation))
  return {
    agreement,
    hash,
    bytes: row.bytes,
    importedBy: row.imported_by,
    activatedAt: row.activated_at,
    signatures: rows.map(({ organisation, account, bytes, signature }) => ({
      organisation,
      account,
      signed: { bytes, signature },
    })),
    unsigned: agreement.parties.map(({ organisation }) => organisation).filter((party) => !signed.has(party)),
  }
}

/** What was checked at import and cannot be changed since; anything else is corruption. */
function readAgreement(bytes: Uint8Array): Agreement {
  const parsed = parseDocument(agreementModel, bytes)
  if (!parsed.ok) throw new Error(`a stored agreement cannot be read: ${parsed.reason}`)
  return parsed.value
}

/** The newest version of an agreement, in force or not. */
export async function findLatestVersion(tx: Tx, id: AgreementId): Promise<{ hash: Sha256Hex; version: number } | null> {
  const row = await tx
    .selectFrom('agreement')
    .select(['hash', 'version'])
    .where('id', '=', id)
    .orderBy('version', 'desc')
    .executeTakeFirst()
  return row ?? null
}

/** The version that applies: the newest in force, else the newest, so that the refusal can say what it lacks. */
export async function findVersionInForce(tx: Tx, id: AgreementId): Promise<Sha256Hex | null> {
  const row = await tx
    .selectFrom('agreement')
    .select('hash')
    .where('id', '=', id)
    .orderBy(sql`activated_at is null`)
    .orderBy('version', 'desc')
    .executeTakeFirst()
  return row?.hash ?? null
}

/** One numbered version, or the one that applies. */
export async function findVersion(
  tx: Tx,
  { id, version }: { readonly id: AgreementId; readonly version: number | undefined },
): Promise<Sha256Hex | null> {
  if (version === undefined) return findVersionInForce(tx, id)
  const row = await tx
    .selectFrom('agreement')
    .select('hash')
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return row?.hash ?? null
}

/** The newest version of every agreement that the organisation is a party to, oldest agreement first. */
export async function loadAgreementsOf(tx: Tx, organisation: OrganisationId): Promise<readonly StoredAgreement[]> {
  const rows = await tx
    .selectFrom('agreement')
    .innerJoin('agreement_party', 'agreement_party.agreement', 'agreement.hash')
    .distinctOn('agreement.id')
    .select('agreement.hash')
    .where('agreement_party.organisation', '=', organisation)
    .orderBy('agreement.id')
    .orderBy('agreement.version', 'desc')
    .execute()
  const found: StoredAgreement[] = []
  for (const { hash } of rows) {
    const stored = await loadAgreement(tx, hash)
    if (stored) found.push(stored)
  }
  return found
}

/** Agreements in force that the organisation is a party to. */
export async function loadAgreementsInForce(tx: Tx, organisation: OrganisationId): Promise<readonly AgreementId[]> {
  const rows = await tx
    .selectFrom('agreement')
    .innerJoin('agreement_party', 'agreement_party.agreement', 'agreement.hash')
    .select('agreement.id')
    .distinct()
    .where('agreement_party.organisation', '=', organisation)
    .where('agreement.activated_at', 'is not', null)
    .orderBy('agreement.id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Those of the named organisations that this service knows. */
export async function loadKnownOrganisations(
  tx: Tx,
  ids: readonly OrganisationId[],
): Promise<readonly { readonly id: OrganisationId; readonly root: Fingerprint | null }[]> {
  if (ids.length === 0) return []
  return tx
    .selectFrom('organisation')
    .select(['id', 'root'])
    .where('id', 'in', [...ids])
    .execute()
}

/** A person in one named roster, with the certificate that it names; null: unknown, or its key was revoked. */
export async function loadRosteredSigner(
  tx: Tx,
  { account, roster }: { readonly account: AccountId; readonly roster: RosterReference },
): Promise<{ readonly signer: RosteredSigner; readonly certificate: Uint8Array } | null> {
  const row = await tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .innerJoin('current_certificate as certificate', (join) =>
      join
        .onRef('certificate.encryption_subkey', '=', 'roster_person.encryption_subkey')
        .on('certificate.revoked_at', 'is', null),
    )
    .select([
      'roster.organisation',
      'roster.sequence',
      'roster.hash',
      'roster.expires_at',
      'roster_person.roles',
      'roster_person.bytes',
      'certificate.bytes as certificate',
    ])
    .where('roster_person.roster', '=', roster.hash)
    .where('roster_person.account', '=', account)
    .executeTakeFirst()
  if (!row) return null
  const entry = parseDocument(person, row.bytes)
  if (!entry.ok) throw new Error(`a stored person entry cannot be read: ${entry.reason}`)
  const { organisation, sequence, hash, roles } = row
  return {
    signer: {
      organisation,
      certificate: entry.value.certificate,
      roles,
      roster: { sequence, hash },
      rosterExpires: row.expires_at,
    },
    certificate: row.certificate,
  }
}

/** Everything `decideTransfer` asks, of one agreement version, one sender and the recipients named. */
export async function loadAgreementFacts(
  tx: Tx,
  asked: { readonly hash: Sha256Hex; readonly sender: AccountId; readonly recipients: readonly Recipient[] },
): Promise<PolicyFacts | null> {
  const stored = await loadAgreement(tx, asked.hash)
  if (!stored) return null
  const { agreement, hash, activatedAt, unsigned } = stored
  const parties = agreement.parties.map(({ organisation }) => organisation)
  const recipients: ResolvedRecipient[] = []
  for (const recipient of asked.recipients) {
    recipients.push({ recipient, members: await loadRecipientMembers(tx, recipient) })
  }
  return {
    agreement,
    hash,
    activatedAt,
    unsigned,
    sender: await loadRostered(tx, asked.sender),
    rosters: await loadRosterStandings(tx, parties),
    recipients,
  }
}

/** Everyone at an organisation whom its current roster gives the role. */
export async function loadHolders(
  tx: Tx,
  { organisation, role }: { readonly organisation: OrganisationId; readonly role: Role },
): Promise<readonly Rostered[]> {
  return rosteredPeople(tx)
    .where('roster.organisation', '=', organisation)
    .where(sql<boolean>`${role} = any (roster_person.roles)`)
    .orderBy('roster_person.account')
    .execute()
}

/** A person as their organisation's current roster has them; null when it does not. */
export async function loadRostered(tx: Tx, account: AccountId): Promise<Rostered | null> {
  const row = await rosteredPeople(tx).where('roster_person.account', '=', account).executeTakeFirst()
  return row ?? null
}

/** The rostered people behind a recipient: the person, or the team's members. */
async function loadRecipientMembers(tx: Tx, recipient: Recipient): Promise<readonly Rostered[]> {
  const people = rosteredPeople(tx)
    .where('roster.organisation', '=', recipient.organisation)
    .orderBy('roster_person.account')
  return recipient.kind === 'person'
    ? people.where('roster_person.account', '=', recipient.account).execute()
    : people.where(sql<boolean>`${recipient.team} = any (roster_person.teams)`).execute()
}

/** People of current rosters alone: the highest sequence of each organisation. */
function rosteredPeople(tx: Tx) {
  return tx
    .selectFrom('roster_person')
    .innerJoin('roster', 'roster.hash', 'roster_person.roster')
    .leftJoin('current_certificate', 'current_certificate.encryption_subkey', 'roster_person.encryption_subkey')
    .select([
      'roster_person.account',
      'roster.organisation',
      'roster_person.encryption_subkey as encryptionSubkey',
      'current_certificate.expires_at as keyExpiresAt',
      'current_certificate.revoked_at as keyRevokedAt',
      'roster_person.roles',
      'roster_person.teams',
    ])
    .where('roster.sequence', '=', (current) =>
      current
        .selectFrom('roster as newest')
        .select((found) => found.fn.max('newest.sequence').as('sequence'))
        .whereRef('newest.organisation', '=', 'roster.organisation'),
    )
}

async function loadRosterStandings(
  tx: Tx,
  organisations: readonly OrganisationId[],
): Promise<readonly RosterStanding[]> {
  const rows = await loadCurrentRosters(tx, organisations)
  return organisations.map((organisation) => ({
    organisation,
    expires: rows.find((row) => row.organisation === organisation)?.expires ?? null,
  }))
}

export interface CurrentRoster {
  readonly organisation: OrganisationId
  readonly sequence: number
  readonly hash: Sha256Hex
  readonly expires: Instant
}

/** The current roster of each organisation that has one. */
export async function loadCurrentRosters(
  tx: Tx,
  organisations: readonly OrganisationId[],
): Promise<readonly CurrentRoster[]> {
  if (organisations.length === 0) return []
  return tx
    .selectFrom('roster')
    .distinctOn('organisation')
    .select(['organisation', 'sequence', 'hash', 'expires_at as expires'])
    .where('organisation', 'in', [...organisations])
    .orderBy('organisation')
    .orderBy('sequence', 'desc')
    .execute()
}
