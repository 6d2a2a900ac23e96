// What decisions about transfers change (domain/transfers/changes.ts). Writers that compare (state, digest) fail the whole
// commit when another process was faster; the trigger in 0006-guards.sql holds the state table against a stolen process.
import { sql } from 'kysely'
import type { NewTransferFile, TransferChange, WrappedKey } from '#domain/transfers/changes.ts'
import type { Recipient } from '#domain/transfers/dispatch-note.ts'
import { type EndedAs, endings, transferStates } from '#domain/transfers/states.ts'
import { isReport } from '#domain/transfers/transfer.ts'
import type { AccountId, Instant, TeamId, TransferId } from '#domain/values.ts'
import type { Tx } from './database.ts'
import type { Writers } from './writers.ts'

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
        records: row.records,
        approval_for: row.approvalFor,
        profile: row.profile,
        sender: row.sender,
        sender_organisation: row.senderOrganisation,
        state: 'draft',
        created_at: row.createdAt,
        expires_at: row.expiresAt,
      })
      .execute()
    if (files.length > 0) await insertFiles(tx, { transfer: row.id, files })
    await tx
      .insertInto('delivery')
      .values(recipients.map((recipient) => ({ transfer: row.id, ...recipientColumns(recipient) })))
      .execute()
  },

  async 'transfers.declare-files'(tx, declared) {
    const { transfer, approvalFor } = declared
    await insertFiles(tx, declared)
    await tx.updateTable('transfer').set({ approval_for: approvalFor }).where('id', '=', transfer).execute()
  },

  async 'transfers.enter'(tx, { transfer, state, at, ...clock }) {
    const from = sourcesOf(state)
    const update = tx.updateTable('transfer').where('id', '=', transfer).where('state', 'in', from)
    const released = state === 'released' ? { released_at: at } : {}
    const end = clock.ended ?? (isEnding(state) ? { as: state, at } : null)
    const ended = end ? { ended_as: end.as, ended_at: end.at } : {}
    expectOne(await update.set({ state, ...released, ...ended }).executeTakeFirst(), `transfer ${transfer} to ${state}`)
  },

  async 'transfers.revoke-uploads'(tx, { transfer, at }) {
    await tx
      .updateTable('upload')
      .set({ token_revoked_at: at })
      .where('transfer', '=', transfer)
      .where('token_revoked_at', 'is', null)
      .execute()
  },

  async 'transfers.revoke-uploads-of-leavers'(tx, { organisation, stayed, at }) {
    await tx
      .updateTable('upload')
      .set({ token_revoked_at: at })
      .where('token_revoked_at', 'is', null)
      .where('token_expires_at', '>', at)
      .where('transfer', 'in', (query) =>
        query
          .selectFrom('transfer')
          .select('transfer.id')
          .where('sender_organisation', '=', organisation)
          .where('state', 'in', ['draft', 'uploading'])
          .where(({ not, eb, val }) => not(eb('sender', '=', sql<AccountId>`any(${val([...stayed])}::text[])`))),
      )
      .execute()
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
    await keepEarlierNote(tx, transfer)
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
    // Of an earlier dispatch whose scan key was lost: the new note names all that count.
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).execute()
    await tx.insertInto('pkesk').values(keyRows(transfer, keys)).execute()
  },

  async 'transfers.hold'(tx, { transfer, reason, at, by }) {
    const replaced = await liftHold(tx, { transfer, at, by: by?.account ?? null })
    const { account = null, organisation = null, words = null } = by ?? {}
    const report = replaced && isReport(replaced.reason) ? replaced.number : null
    await tx.insertInto('hold').values({ transfer, reason, words, account, organisation, at, report }).execute()
    await tx
      .updateTable('transfer')
      .set({ held_at: sql<Instant>`coalesce(held_at, ${at})`, held_reason: reason })
      .where('id', '=', transfer)
      .execute()
  },

  async 'transfers.resume'(tx, { transfer, expiresAt, at, by }) {
    await liftHold(tx, { transfer, at, by })
    const over = { held_at: null, held_reason: null, expires_at: expiresAt }
    await tx.updateTable('transfer').set(over).where('id', '=', transfer).execute()
  },

  async 'transfers.delay-release'(tx, { transfer, until }) {
    await tx.updateTable('transfer').set({ release_not_before: until }).where('id', '=', transfer).execute()
  },

  async 'transfers.approve'(tx, { transfer, approval: { what, by, note, signed, at } }) {
    await tx
      .insertInto('approval')
      .values({ transfer, note_hash: note, account: by, ...signed, at, what })
      .execute()
  },

  async 'transfers.add-recipient'(tx, { transfer, addendum, reader, recipient, keys, at }) {
    const { hash, note, signed } = addendum
    const { account, encryptionSubkey } = reader
    await tx
      .insertInto('addendum')
      .values({ hash, transfer, note_hash: note, account, encryption_subkey: encryptionSubkey, ...signed, at })
      .execute()
    if (recipient) {
      await tx
        .insertInto('delivery')
        .values({ transfer, ...recipientColumns(recipient) })
        .execute()
    }
    await tx.insertInto('pkesk').values(keyRows(transfer, keys)).execute()
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

  async 'transfers.destroy'(tx, { transfer, files, destruction: { hash, signed, housekeeper }, at }) {
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).execute()
    if (files.length > 0) {
      await tx
        .insertInto('body_destroyed')
        .values(files.map((file) => ({ transfer, file, at })))
        .execute()
    }
    const { fingerprint, certificate } = housekeeper
    await tx
      .insertInto('destruction_certificate')
      .values({ transfer, hash, ...signed, housekeeper: fingerprint, housekeeper_bytes: certificate, at })
      .execute()
  },

  async 'transfers.recall'(tx, { transfer, recall: { by, organisation, reason }, at }) {
    await tx.insertInto('recall').values({ transfer, account: by, organisation, reason, at }).execute()
  },

  async 'transfers.state-destruction'(tx, { transfer, statement: { hash, signed, account, team, outcome }, at }) {
    const row = { hash, transfer, account, team, outcome, ...signed, at }
    await tx.insertInto('destruction_statement').values(row).execute()
  },

  async 'transfers.remind'(tx, { transfer, stage, recipients, at }) {
    const rows = recipients.map(recipientColumns).map(({ account, team }) => ({ transfer, account, team, stage, at }))
    await tx.insertInto('reminder').values(rows).execute()
  },

  async 'transfers.notify'(tx, { notification, at }) {
    await tx
      .insertInto('notified')
      .values({ ...notification, at })
      .execute()
  },

  async 'transfers.deliver'(tx, { transfer, recipient, state, by, at }) {
    const update = tx
      .updateTable('delivery')
      .set({
        state,
        collected_by: sql`coalesce(collected_by, ${by})`,
        collected_at: sql`coalesce(collected_at, ${at})`,
      })
      .where('transfer', '=', transfer)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `delivery of ${transfer}`)
  },

  async 'transfers.take'(tx, { transfer, recipient, taken }) {
    const update = tx
      .updateTable('delivery')
      .set({ taken_by: taken?.by ?? null, taken_at: taken?.at ?? null })
      .where('transfer', '=', transfer)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `taking ${transfer}`)
  },

  async 'transfers.acknowledge'(tx, { transfer, recipient, by, at, receipt }) {
    const update = tx
      .updateTable('delivery')
      .set({
        state: 'acknowledged',
        acknowledged_by: by,
        acknowledged_at: at,
        receipt_bytes: receipt?.bytes ?? null,
        receipt_signature: receipt?.signature ?? null,
      })
      .where('transfer', '=', transfer)
      .where('acknowledged_at', 'is', null)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `acknowledgement of ${transfer}`)
  },
} satisfies Writers<TransferChange>

async function insertFiles(
  tx: Tx,
  { transfer, files }: { readonly transfer: TransferId; readonly files: readonly NewTransferFile[] },
): Promise<void> {
  const rows = files.map(({ id, length, size, objectKey }, position) => ({
    transfer,
    file: id,
    position,
    length,
    size,
    object_key: objectKey,
  }))
  await tx.insertInto('transfer_file').values(rows).execute()
  const uploads = files.map(({ id, tokenHash, tokenExpiresAt }) => ({
    transfer,
    file: id,
    token_hash: tokenHash,
    token_expires_at: tokenExpiresAt,
  }))
  await tx.insertInto('upload').values(uploads).execute()
}

/** Of a dispatch whose scan key was lost: its note is replaced, and kept. */
async function keepEarlierNote(tx: Tx, transfer: TransferId): Promise<void> {
  await sql`insert into earlier_note (hash, transfer, bytes, signature, dispatched_at)
    select note_hash, id, note_bytes, note_signature, dispatched_at from transfer
    where id = ${transfer} and note_hash is not null`.execute(tx)
}

function keyRows(transfer: TransferId, keys: readonly WrappedKey[]) {
  return keys.map(({ keySet, account, encryptionSubkey, bytes }) => ({
    transfer,
    key_set: keySet,
    account,
    encryption_subkey: encryptionSubkey,
    bytes,
  }))
}

function recipientColumns(recipient: Recipient) {
  return recipient.kind === 'person'
    ? { organisation: recipient.organisation, account: recipient.account, team: null }
    : { organisation: recipient.organisation, account: null, team: recipient.team }
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

function isEnding(state: keyof typeof transferStates): state is EndedAs & typeof state {
  return (endings as readonly string[]).includes(state)
}

async function liftHold(
  tx: Tx,
  { transfer, at, by }: { readonly transfer: TransferId; readonly at: Instant; readonly by: AccountId | null },
) {
  const update = tx.updateTable('hold').set({ lifted_at: at, lifted_by: by }).where('transfer', '=', transfer)
  return update.where('lifted_at', 'is', null).returning(['number', 'reason']).executeTakeFirst()
}

function expectOne(result: { readonly numUpdatedRows: bigint }, what: string): void {
  if (result.numUpdatedRows !== 1n) throw new Error(`not as decided: ${what}`)
}
