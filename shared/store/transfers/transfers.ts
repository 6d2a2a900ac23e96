// A transfer's own row and its files: drafted, filled, and led from state to state. A writer that expects a state fails the
// whole commit when another process was faster; the trigger in migrations/0006-guards.sql holds the table against a stolen
// process.
import type { AgreementReference, TransferId } from '#domain/values.ts'
import type { Marking, PurposeCode } from '#domain/agreements/agreement.ts'
import type { NewTransferFile, TransferChange } from '#domain/transfers/changes.ts'
import { type EndedAs, endings, transferStates } from '#domain/transfers/states.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import { expectOne, type Writers } from '../writers.ts'
import { recipientColumns } from './deliveries.ts'

export const transferRowWriters = {
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

  async 'transfers.delay-release'(tx, { transfer, until }) {
    await tx.updateTable('transfer').set({ release_not_before: until }).where('id', '=', transfer).execute()
  },
} satisfies Partial<Writers<TransferChange>>

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

/** The states that may lead to this one (domain/transfers/states.ts): another process may have been faster. */
export function sourcesOf(state: keyof typeof transferStates) {
  return (Object.keys(transferStates) as (keyof typeof transferStates)[]).filter((from) =>
    (transferStates[from].next as readonly string[]).includes(state),
  )
}

function isEnding(state: keyof typeof transferStates): state is EndedAs & typeof state {
  return (endings as readonly string[]).includes(state)
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

export type TransferRow = Tables['transfer']

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
