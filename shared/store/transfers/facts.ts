// The facts that decisions about one transfer need, read together. The transfer's row is locked until the commit, and that
// lock is the whole aggregate's.
import { type RawBuilder, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { AgreementFacts } from '#domain/policy/facts.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { loadAgreementFacts } from '../agreements.ts'
import type { Tx } from '../database.ts'
import { toDelivery } from './deliveries.ts'
import { toApproved } from './dispatch.ts'
import { toTransfer, type TransferRow } from './transfers.ts'

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
    signedVerdict: found.judged_hash && found.judged_note ? { hash: found.judged_hash, note: found.judged_note } : null,
    approval: toApproved(found),
    readers: found.readers,
  }
}

/** What belongs to a transfer, in one question. JSON has no times: they are written as everywhere. */
function selectRelated(tx: Tx, { id, agreement, flow }: TransferRow) {
  return tx
    .selectFrom('agreement')
    .leftJoin('approval', (join) => join.on('approval.transfer', '=', id))
    .leftJoin('verdict_document as judged', (join) => join.on('judged.transfer', '=', id))
    .where('agreement.hash', '=', agreement)
    .select(['agreement.id', 'agreement.version', 'agreement.hash', daysAfterAcknowledgement(flow).as('days')])
    .select(['approval.what', 'approval.account', 'approval.note_hash', 'approval.bytes', 'approval.signature'])
    .select(['approval.at', 'judged.hash as judged_hash', 'judged.note_hash as judged_note'])
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
          .select([
            'file',
            'verdict',
            'finding',
            'type_seen as typeSeen',
            'file_types as fileTypes',
            'body_digest as bodyDigest',
            'commitment',
          ])
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
export async function loadAgreementFactsOf(tx: Tx, { transfer, deliveries }: TransferFacts): Promise<AgreementFacts> {
  const recipients = deliveries.map(({ recipient }) => recipient)
  const { agreement, sender } = transfer
  const agreementFacts = await loadAgreementFacts(tx, { hash: agreement.hash, sender, recipients })
  if (!agreementFacts) throw new Error(`transfer ${transfer.id} has no agreement`)
  return agreementFacts
}
