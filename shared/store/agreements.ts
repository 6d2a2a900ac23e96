// Agreements: the versions as they were signed, their parties and signatures, and what the policy asks of them.
// The server may add and never change; only the housekeeper may set activated_at (ARCHITECTURE.md#agreement).
import { sql } from 'kysely'
import { type Agreement, agreement as agreementModel } from '#domain/agreements/agreement.ts'
import type { AgreementChange } from '#domain/agreements/changes.ts'
import type { AgreementFacts, ResolvedRecipient } from '#domain/policy/facts.ts'
import type { AgreementState } from '#domain/agreements/state.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { AccountId, AgreementId, Bytes, Fingerprint, OrganisationId, Sha256Hex } from '#domain/values.ts'
import type { Tx } from './database.ts'
import { loadRecipientMembers, loadRostered, loadRosterStandings } from './rosters.ts'
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
  readonly bytes: Bytes
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

/** Everything `decideTransfer` asks, of one agreement version, one sender and the recipients named. */
export async function loadAgreementFacts(
  tx: Tx,
  asked: { readonly hash: Sha256Hex; readonly sender: AccountId; readonly recipients: readonly Recipient[] },
): Promise<AgreementFacts | null> {
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
