// Transfers: what decisions about them change, and the facts that server, scanner and housekeeper decide upon.
// The transfer's row is the aggregate's lock. Writers that compare (state, digest) fail the whole commit when another
// process was faster; the trigger in 0005-transfers.sql holds the state table against a stolen process.
import type { AgreementReference, Marking, PurposeCode } from '#domain/agreements/agreement.ts'
import type { SignedBytes } from '#domain/document.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { Recipient } from '#domain/transfers/dispatch-note.ts'
import { transferStates } from '#domain/transfers/states.ts'
import type { Delivery, Reader, Transfer, TransferFacts } from '#domain/transfers/transfer.ts'
import type { AccountId, Fingerprint, Instant, OrganisationId, TeamId, TransferId } from '#domain/values.ts'
import type { Tx } from './database.ts'
import type { Tables } from './tables.ts'
import type { Writers } from './writers.ts'

type Bytes = Uint8Array<ArrayBuffer>

export const transferWriters = {
  async 'transfers.draft'(tx, { transfer }) {
    const { recipients, files, ...row } = transfer
    await tx
      .insertInto('transfer')
      .values({
        id: row.id,
        agreement: row.agreement,
        flow: row.flow,
        purpose: row.purpose,
        items: [...row.items],
        marking: row.marking,
        handling_instruction: row.handlingInstruction,
        case_reference: row.caseReference,
        sender: row.sender,
        sender_organisation: row.senderOrganisation,
        state: 'draft',
        created_at: row.createdAt,
        expires_at: row.expiresAt,
      })
      .execute()
    await tx
      .insertInto('transfer_file')
      .values(
        files.map(({ id, length, objectKey }, position) => ({
          transfer: row.id,
          file: id,
          position,
          length,
          object_key: objectKey,
        })),
      )
      .execute()
    await tx
      .insertInto('upload')
      .values(
        files.map(({ id, tokenHash, tokenExpiresAt }) => ({
          transfer: row.id,
          file: id,
          token_hash: tokenHash,
          token_expires_at: tokenExpiresAt,
        })),
      )
      .execute()
    await tx
      .insertInto('delivery')
      .values(recipients.map((recipient) => ({ transfer: row.id, ...recipientColumns(recipient) })))
      .execute()
  },

  async 'transfers.enter'(tx, { transfer, state, at }) {
    const from = sourcesOf(state)
    const update = tx.updateTable('transfer').where('id', '=', transfer).where('state', 'in', from)
    const released = state === 'released' ? { released_at: at } : {}
    expectOne(await update.set({ state, ...released }).executeTakeFirst(), `transfer ${transfer} to ${state}`)
  },

  async 'transfers.finish-upload'(tx, { transfer, file, bodyDigest, at }) {
    const digested = tx
      .updateTable('transfer_file')
      .set({ body_digest: bodyDigest })
      .where('transfer', '=', transfer)
      .where('file', '=', file)
      .where('body_digest', 'is', null)
    expectOne(await digested.executeTakeFirst(), `upload of ${file} finished once`)
    await tx
      .updateTable('upload')
      .set({ finished_at: at, lease_holder: null, lease_until: null })
      .where('transfer', '=', transfer)
      .where('file', '=', file)
      .execute()
  },

  async 'transfers.dispatch'(tx, { transfer, note, keys, at }) {
    const update = tx
      .updateTable('transfer')
      .set({
        state: 'dispatched',
        dispatched_at: at,
        note_hash: note.hash,
        note_bytes: note.signed.bytes,
        note_signature: note.signed.signature,
      })
      .where('id', '=', transfer)
      .where('state', 'in', sourcesOf('dispatched'))
    expectOne(await update.executeTakeFirst(), `dispatch of ${transfer}`)
    await tx.updateTable('upload').set({ token_revoked_at: at }).where('transfer', '=', transfer).execute()
    const rows = keys.map(({ keySet, account, encryptionSubkey, bytes }) => ({
      transfer,
      key_set: keySet,
      account,
      encryption_subkey: encryptionSubkey,
      bytes,
    }))
    // Of an earlier dispatch whose scan key was lost: the new note names all that count.
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).execute()
    await tx.insertInto('pkesk').values(rows).execute()
  },

  async 'transfers.add-scan-certificate'(tx, { certificate }) {
    await tx
      .insertInto('scan_certificate')
      .values({
        fingerprint: certificate.fingerprint,
        transfer: certificate.transfer,
        encryption_subkey: certificate.encryptionSubkey,
        certificate: certificate.certificate,
        bytes: certificate.signed.bytes,
        signature: certificate.signed.signature,
        authority: certificate.authority,
        authority_bytes: certificate.authorityBytes,
        expires_at: certificate.expiresAt,
      })
      .execute()
  },

  async 'transfers.lose-scan-key'(tx, { fingerprint, at }) {
    await tx.updateTable('scan_certificate').set({ lost_at: at }).where('fingerprint', '=', fingerprint).execute()
  },

  async 'transfers.judge'(tx, { transfer, verdicts, at }) {
    const rows = verdicts.map(({ file, verdict, finding, engine, bodyDigest, commitment }) => ({
      transfer,
      file,
      verdict,
      finding,
      engine,
      body_digest: bodyDigest,
      commitment,
      at,
    }))
    await tx.insertInto('verdict').values(rows).execute()
  },

  async 'transfers.destroy-scan-key'(tx, { transfer, fingerprint, at }) {
    await tx.insertInto('scan_key_destroyed').values({ transfer, fingerprint, at }).execute()
  },

  async 'transfers.drop-scan-pkesk'(tx, { transfer }) {
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).where('account', 'is', null).execute()
  },

  async 'transfers.notify'(tx, { notification, at }) {
    await tx
      .insertInto('notified')
      .values({ ...notification, at })
      .execute()
  },

  async 'transfers.deliver'(tx, { transfer, recipient, state }) {
    const update = tx.updateTable('delivery').set({ state }).where('transfer', '=', transfer)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `delivery of ${transfer}`)
  },

  async 'transfers.acknowledge'(tx, { transfer, recipient, by, at, receipt }) {
    const update = tx
      .updateTable('delivery')
      .set({
        state: 'acknowledged',
        acknowledged_by: by,
        acknowledged_at: at,
        receipt_bytes: receipt.bytes,
        receipt_signature: receipt.signature,
      })
      .where('transfer', '=', transfer)
      .where('acknowledged_at', 'is', null)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `acknowledgement of ${transfer}`)
  },
} satisfies Writers<TransferChange>

/** Everything decisions ask about one transfer, with its row locked until the commit; undefined when there is none. */
export async function loadTransferFacts(tx: Tx, id: TransferId): Promise<TransferFacts | undefined> {
  const row = await tx.selectFrom('transfer').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) return undefined
  const agreement = await tx
    .selectFrom('agreement')
    .select(['id', 'version', 'hash'])
    .where('hash', '=', row.agreement)
    .executeTakeFirstOrThrow()
  return {
    transfer: toTransfer(row, agreement),
    files: await loadFiles(tx, id),
    deliveries: await loadDeliveries(tx, id),
    scanCertificates: await loadScanCertificates(tx, id),
    verdicts: await loadVerdicts(tx, id),
    readers: await loadReaders(tx, id),
  }
}

async function loadFiles(tx: Tx, id: TransferId) {
  const rows = await tx.selectFrom('transfer_file').selectAll().where('transfer', '=', id).orderBy('position').execute()
  return rows.map(({ file, length, object_key, body_digest }) => ({
    id: file,
    length,
    objectKey: object_key,
    bodyDigest: body_digest,
  }))
}

async function loadDeliveries(tx: Tx, id: TransferId): Promise<Delivery[]> {
  const rows = await tx
    .selectFrom('delivery')
    .select(['organisation', 'account', 'team', 'state', 'acknowledged_by', 'acknowledged_at'])
    .where('transfer', '=', id)
    .orderBy('organisation')
    .execute()
  return rows.map((row) => ({
    recipient: toRecipient(row),
    state: row.state,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at,
  }))
}

async function loadScanCertificates(tx: Tx, id: TransferId) {
  const rows = await tx
    .selectFrom('scan_certificate as certificate')
    .leftJoin('scan_key_destroyed as destroyed', 'destroyed.fingerprint', 'certificate.fingerprint')
    .select([
      'certificate.fingerprint',
      'certificate.encryption_subkey',
      'certificate.expires_at',
      'certificate.lost_at',
      'destroyed.at',
    ])
    .where('certificate.transfer', '=', id)
    .orderBy('certificate.expires_at')
    .execute()
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    encryptionSubkey: row.encryption_subkey,
    expiresAt: row.expires_at,
    lostAt: row.lost_at,
    destroyedAt: row.at,
  }))
}

async function loadVerdicts(tx: Tx, id: TransferId) {
  const rows = await tx.selectFrom('verdict').selectAll().where('transfer', '=', id).execute()
  return rows.map(({ file, verdict, finding, body_digest, commitment }) => ({
    file,
    verdict,
    finding,
    bodyDigest: body_digest,
    commitment,
  }))
}

async function loadReaders(tx: Tx, id: TransferId): Promise<Reader[]> {
  const rows = await tx
    .selectFrom('pkesk')
    .select(['account', 'encryption_subkey'])
    .distinct()
    .where('transfer', '=', id)
    .where('account', 'is not', null)
    .execute()
  return rows.flatMap(({ account, encryption_subkey }) =>
    account === null ? [] : [{ account, encryptionSubkey: encryption_subkey }],
  )
}

/** Wrapped session keys of one transfer for one subkey, by key set: a reader's, or a scan certificate's. */
export async function loadWrappedKeys(
  tx: Tx,
  { transfer, encryptionSubkey }: { readonly transfer: TransferId; readonly encryptionSubkey: Fingerprint },
): Promise<readonly { readonly keySet: number; readonly bytes: Bytes }[]> {
  const rows = await tx
    .selectFrom('pkesk')
    .select(['key_set', 'bytes'])
    .where('transfer', '=', transfer)
    .where('encryption_subkey', '=', encryptionSubkey)
    .orderBy('key_set')
    .execute()
  return rows.map(({ key_set, bytes }) => ({ keySet: key_set, bytes }))
}

export interface ScanCertificateDocuments {
  readonly certificate: Bytes
  readonly statement: SignedBytes
  readonly authority: Fingerprint
  readonly authorityBytes: Bytes
}

/** What a client needs to verify a transfer's newest scan certificate that is neither lost nor destroyed. */
export async function findScanCertificate(
  tx: Tx,
  { transfer, at }: { readonly transfer: TransferId; readonly at: Instant },
): Promise<ScanCertificateDocuments | undefined> {
  const row = await tx
    .selectFrom('scan_certificate')
    .selectAll()
    .where('transfer', '=', transfer)
    .where('lost_at', 'is', null)
    .where('expires_at', '>', at)
    .where('fingerprint', 'not in', (query) =>
      query.selectFrom('scan_key_destroyed').select('fingerprint').where('transfer', '=', transfer),
    )
    .orderBy('expires_at', 'desc')
    .executeTakeFirst()
  if (!row) return undefined
  return {
    certificate: row.certificate,
    statement: { bytes: row.bytes, signature: row.signature },
    authority: row.authority,
    authorityBytes: row.authority_bytes,
  }
}

/** Transfers somebody sent, newest first. */
export async function listSent(tx: Tx, sender: AccountId): Promise<readonly Transfer[]> {
  const rows = await selectTransfers(tx).where('transfer.sender', '=', sender).execute()
  return rows.map((row) => toTransfer(row, agreementOf(row)))
}

/** Transfers handed over to a person or one of their teams, newest first; drafts are nobody's business yet. */
export async function listInbox(
  tx: Tx,
  { account, teams }: { readonly account: AccountId; readonly teams: readonly TeamId[] },
): Promise<readonly Transfer[]> {
  const rows = await selectTransfers(tx)
    .where('transfer.dispatched_at', 'is not', null)
    .where('transfer.id', 'in', (query) =>
      query
        .selectFrom('delivery')
        .select('delivery.transfer')
        .where((where) =>
          where.or([
            where('delivery.account', '=', account),
            ...(teams.length > 0 ? [where('delivery.team', 'in', [...teams])] : []),
          ]),
        ),
    )
    .execute()
  return rows.map((row) => toTransfer(row, agreementOf(row)))
}

/** No list is longer: pages of lists come with the pages. */
const listLimit = 200

function selectTransfers(tx: Tx) {
  return tx
    .selectFrom('transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .selectAll('transfer')
    .select(['agreement.id as agreement_id', 'agreement.version as agreement_version'])
    .orderBy('transfer.created_at', 'desc')
    .orderBy('transfer.id')
    .limit(listLimit)
}

function agreementOf(row: {
  agreement: AgreementReference['hash']
  agreement_id: AgreementReference['id']
  agreement_version: number
}): AgreementReference {
  return { id: row.agreement_id, version: row.agreement_version, hash: row.agreement }
}

function toTransfer(row: TransferRow, agreement: AgreementReference): Transfer {
  return {
    id: row.id,
    agreement,
    flow: row.flow,
    purpose: row.purpose as PurposeCode,
    items: row.items,
    marking: row.marking as Marking,
    handlingInstruction: row.handling_instruction,
    caseReference: row.case_reference,
    sender: row.sender,
    senderOrganisation: row.sender_organisation,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    dispatchedAt: row.dispatched_at,
    releasedAt: row.released_at,
    note: toNote(row),
  }
}

type TransferRow = Tables['transfer']

function toNote({ note_hash, note_bytes, note_signature }: TransferRow): Transfer['note'] {
  if (note_hash === null || note_bytes === null || note_signature === null) return null
  return { hash: note_hash, signed: { bytes: note_bytes, signature: note_signature } }
}

function recipientColumns(recipient: Recipient) {
  return recipient.kind === 'person'
    ? { organisation: recipient.organisation, account: recipient.account, team: null }
    : { organisation: recipient.organisation, account: null, team: recipient.team }
}

function toRecipient(row: { organisation: OrganisationId; account: AccountId | null; team: TeamId | null }): Recipient {
  if (row.account !== null) return { kind: 'person', organisation: row.organisation, account: row.account }
  if (row.team !== null) return { kind: 'team', organisation: row.organisation, team: row.team }
  throw new TypeError('a delivery is a person or a team')
}

function whereRecipient<Q extends { where(column: 'account' | 'team', is: '=', value: AccountId | TeamId): Q }>(
  query: Q,
  recipient: Recipient,
): Q {
  return recipient.kind === 'person'
    ? query.where('account', '=', recipient.account)
    : query.where('team', '=', recipient.team)
}

/** The states that may lead to this one (domain/transfers/states.ts): another process may have been faster. */
function sourcesOf(state: keyof typeof transferStates) {
  return (Object.keys(transferStates) as (keyof typeof transferStates)[]).filter((from) =>
    (transferStates[from].next as readonly string[]).includes(state),
  )
}

function expectOne(result: { readonly numUpdatedRows: bigint }, what: string): void {
  if (result.numUpdatedRows !== 1n) throw new Error(`not as decided: ${what}`)
}
