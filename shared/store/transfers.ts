// Transfers: the facts that server, scanner and housekeeper decide upon. The transfer's row is the aggregate's lock. What
// decisions change is written by transfer-writers.ts; lists are in transfer-lists.ts.
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { PolicyFacts } from '#domain/agreements/decide-transfer.ts'
import type { AgreementReference, Marking, PurposeCode } from '#domain/agreements/agreement.ts'
import type { Recipient } from '#domain/transfers/dispatch-note.ts'
import type { Approved, Delivery, Transfer, TransferFacts } from '#domain/transfers/transfer.ts'
import type { AccountId, Instant, OrganisationId, TeamId, TransferId } from '#domain/values.ts'
import { loadAgreementFacts } from './agreements.ts'
import type { Tx } from './database.ts'
import type { Tables } from './tables.ts'

/**
 * Everything decisions ask about one transfer, with its row locked until the commit; undefined when there is none. The lock
 * comes first and alone: what belongs to the transfer is read as it is once nobody else can change it.
 */
export async function loadTransferFacts(tx: Tx, id: TransferId): Promise<TransferFacts | undefined> {
  const row = await tx.selectFrom('transfer').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) return undefined
  const { days, deliveries, ...found } = await selectRelated(tx, row).executeTakeFirstOrThrow()
  return {
    transfer: toTransfer(row, { id: found.id, version: found.version, hash: found.hash }),
    daysAfterAcknowledgement: days,
    files: found.files,
    deliveries: deliveries.map(toDelivery),
    pauses: found.pauses,
    scanCertificates: found.scanCertificates,
    verdicts: found.verdicts,
    approval: toApproved(found),
    readers: found.readers,
  }
}

/** What belongs to a transfer, in one question. JSON has no times: they are written as everywhere. */
function selectRelated(tx: Tx, { id, agreement, flow }: TransferRow) {
  return tx
    .selectFrom('agreement')
    .leftJoin('approval', (join) => join.on('approval.transfer', '=', id))
    .where('agreement.hash', '=', agreement)
    .select(['agreement.id', 'agreement.version', 'agreement.hash', daysAfterAcknowledgement(flow).as('days')])
    .select(['approval.what', 'approval.account', 'approval.note_hash', 'approval.bytes', 'approval.signature'])
    .select('approval.at')
    .select((db) => [
      jsonArrayFrom(
        db
          .selectFrom('transfer_file')
          .select(['file as id', 'length', 'size', 'object_key as objectKey', 'body_digest as bodyDigest'])
          .where('transfer', '=', id)
          .orderBy('position'),
      ).as('files'),
      jsonArrayFrom(
        db
          .selectFrom('delivery')
          .select(['organisation', 'account', 'team', 'state', 'collected_by', 'taken_by', 'acknowledged_by'])
          .select([
            instantIn('collected_at').as('collected_at'),
            instantIn('taken_at').as('taken_at'),
            instantIn('acknowledged_at').as('acknowledged_at'),
          ])
          .where('transfer', '=', id)
          .orderBy('organisation')
          .orderBy('team')
          .orderBy('account'),
      ).as('deliveries'),
      // One hold follows another without a gap, so that each is a pause of its own.
      jsonArrayFrom(
        db
          .selectFrom('hold')
          .select([instantIn<Instant>('at').as('from'), instantIn('lifted_at').as('until')])
          .where('transfer', '=', id)
          .orderBy('number'),
      ).as('pauses'),
      jsonArrayFrom(
        db
          .selectFrom('scan_certificate as certificate')
          .leftJoin('scan_key_destroyed as destroyed', 'destroyed.fingerprint', 'certificate.fingerprint')
          .select(['certificate.fingerprint', 'certificate.encryption_subkey as encryptionSubkey'])
          .select([
            instantIn<Instant>('certificate.expires_at').as('expiresAt'),
            instantIn('certificate.lost_at').as('lostAt'),
            instantIn('destroyed.at').as('destroyedAt'),
          ])
          .where('certificate.transfer', '=', id)
          .orderBy('certificate.expires_at'),
      ).as('scanCertificates'),
      jsonArrayFrom(
        db
          .selectFrom('verdict')
          .select(['file', 'verdict', 'finding', 'body_digest as bodyDigest', 'commitment'])
          .where('transfer', '=', id),
      ).as('verdicts'),
      jsonArrayFrom(
        db
          .selectFrom('pkesk')
          .select((own) => [own.ref('account').$notNull().as('account'), 'encryption_subkey as encryptionSubkey'])
          .distinct()
          .where('transfer', '=', id)
          .where('account', 'is not', null),
      ).as('readers'),
    ])
}

/** To the second, in UTC, as the types of database.ts give a column. */
function instantIn<T extends Instant | null = Instant | null>(column: string): RawBuilder<T> {
  return sql<T>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

/** The agreement was checked when it was imported: every transfer's flow is in it. */
export function daysAfterAcknowledgement(flow: string | RawBuilder<string>): RawBuilder<number> {
  return numberOfFlow('daysAfterAcknowledgement', flow)
}

/** Null where the flow says nothing of it. */
export function numberOfFlow(
  name: 'daysAfterAcknowledgement' | 'remindAfterWorkingDays',
  flow: string | RawBuilder<string>,
): RawBuilder<number> {
  return sql<number>`(select (one ->> ${name}::text)::integer
    from jsonb_array_elements(convert_from(agreement.bytes, 'UTF8')::jsonb -> 'flows') one where one ->> 'code' = ${flow})`
}

/** For the transfer that a job or an earlier decision named. Throws when it is not there. */
export async function requireTransferFacts(tx: Tx, id: TransferId): Promise<TransferFacts> {
  const found = await loadTransferFacts(tx, id)
  if (!found) throw new Error(`there is no transfer ${id}`)
  return found
}

/** What the transfer's own agreement says of its sender and recipients today. Throws when the agreement is not there. */
export async function loadPolicyOf(tx: Tx, { transfer, deliveries }: TransferFacts): Promise<PolicyFacts> {
  const recipients = deliveries.map(({ recipient }) => recipient)
  const { agreement, sender } = transfer
  const policy = await loadAgreementFacts(tx, { hash: agreement.hash, sender, recipients })
  if (!policy) throw new Error(`transfer ${transfer.id} has no agreement`)
  return policy
}

export async function loadDeliveriesOf(
  tx: Tx,
  transfers: readonly TransferId[],
): Promise<ReadonlyMap<TransferId, readonly Delivery[]>> {
  if (transfers.length === 0) return new Map()
  const rows = await tx
    .selectFrom('delivery')
    .select(['transfer', 'organisation', 'account', 'team', 'state'])
    .select(['collected_by', 'collected_at', 'taken_by', 'taken_at', 'acknowledged_by', 'acknowledged_at'])
    .where('transfer', 'in', [...transfers])
    .orderBy('organisation')
    .orderBy('team')
    .orderBy('account')
    .execute()
  const deliveries = new Map<TransferId, Delivery[]>()
  for (const row of rows) {
    const sofar = deliveries.get(row.transfer) ?? []
    deliveries.set(row.transfer, sofar)
    sofar.push(toDelivery(row))
  }
  return deliveries
}

/** Recipients to whom nothing was ever released under this agreement. */
export async function loadNewcomers(tx: Tx, { transfer }: TransferFacts): Promise<readonly Recipient[]> {
  const { rows } = await sql<Parameters<typeof toRecipient>[0]>`
    select d.organisation, d.account, d.team from delivery d
    where d.transfer = ${transfer.id} and not exists (
      select from delivery e join transfer t on t.id = e.transfer join agreement a on a.hash = t.agreement
      where a.id = ${transfer.agreement.id} and t.id <> ${transfer.id} and t.released_at is not null
        and e.organisation = d.organisation
        and e.account is not distinct from d.account and e.team is not distinct from d.team)`.execute(tx)
  return rows.map(toRecipient)
}

/** As a row says it; its agreement stands elsewhere. */
export function toTransfer(row: TransferRow, agreement: AgreementReference): Transfer {
  return {
    id: row.id,
    agreement,
    flow: row.flow,
    purpose: row.purpose as PurposeCode,
    items: row.items,
    marking: row.marking as Marking,
    handlingInstruction: row.handling_instruction,
    caseReference: row.case_reference,
    records: row.records,
    approvalFor: row.approval_for,
    profile: row.profile,
    sender: row.sender,
    senderOrganisation: row.sender_organisation,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    dispatchedAt: row.dispatched_at,
    releasedAt: row.released_at,
    releaseNotBefore: row.release_not_before,
    ended: toEnded(row),
    held: toHeld(row),
    note: toNote(row),
  }
}

type TransferRow = Tables['transfer']

function toEnded({ ended_as, ended_at }: TransferRow): Transfer['ended'] {
  return ended_as === null || ended_at === null ? null : { as: ended_as, at: ended_at }
}

function toHeld({ held_at, held_reason }: TransferRow): Transfer['held'] {
  return held_at === null || held_reason === null ? null : { reason: held_reason, at: held_at }
}

function toNote({ note_hash, note_bytes, note_signature }: TransferRow): Transfer['note'] {
  if (note_hash === null || note_bytes === null || note_signature === null) return null
  return { hash: note_hash, signed: { bytes: note_bytes, signature: note_signature } }
}

type DeliveryRow = Pick<
  Selectable<Tables['delivery']>,
  `${'collected' | 'taken' | 'acknowledged'}_${'by' | 'at'}` | 'organisation' | 'account' | 'team' | 'state'
>

function toDelivery(row: DeliveryRow): Delivery {
  return {
    recipient: toRecipient(row),
    state: row.state,
    collectedBy: row.collected_by,
    collectedAt: row.collected_at,
    takenBy: row.taken_by,
    takenAt: row.taken_at,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at,
  }
}

/** Null columns: nobody approved. */
function toApproved(row: { readonly [K in keyof Approval]: Approval[K] | null }): Approved | null {
  const { what, account, note_hash, bytes, signature, at } = row
  if (what === null || account === null || note_hash === null || bytes === null || signature === null || at === null)
    return null
  return { what, by: account, note: note_hash, signed: { bytes, signature }, at }
}

type Approval = Pick<Selectable<Tables['approval']>, 'what' | 'account' | 'note_hash' | 'bytes' | 'signature' | 'at'>

function toRecipient(row: { organisation: OrganisationId; account: AccountId | null; team: TeamId | null }): Recipient {
  if (row.account !== null) return { kind: 'person', organisation: row.organisation, account: row.account }
  if (row.team !== null) return { kind: 'team', organisation: row.organisation, team: row.team }
  throw new TypeError('a delivery is a person or a team')
}
