// What people sign to hand a transfer over: the dispatch note, its approval, and the addenda that let others read it too.
import { type Selectable, sql } from 'kysely'
import type { SignedBytes } from '#domain/document.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { Approved, Transfer } from '#domain/transfers/transfer.ts'
import type { TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import { expectOne, type Writers } from '../writers.ts'
import { sourcesOf } from './transfers.ts'
import { recipientColumns } from './deliveries.ts'
import { keyRows } from './wrapped-keys.ts'

export const dispatchWriters = {
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
} satisfies Partial<Writers<TransferChange>>

/** Of a dispatch whose scan key was lost: its note is replaced, and kept. */
async function keepEarlierNote(tx: Tx, transfer: TransferId): Promise<void> {
  await sql`insert into earlier_note (hash, transfer, bytes, signature, dispatched_at)
    select note_hash, id, note_bytes, note_signature, dispatched_at from transfer
    where id = ${transfer} and note_hash is not null`.execute(tx)
}

/** Addenda to the note of today, oldest first. */
export async function loadAddenda(
  tx: Tx,
  { id, note }: Pick<Transfer, 'id' | 'note'>,
): Promise<readonly SignedBytes[]> {
  if (note === null) return []
  return tx
    .selectFrom('addendum')
    .select(['bytes', 'signature'])
    .where('transfer', '=', id)
    .where('note_hash', '=', note.hash)
    .orderBy('at')
    .orderBy('hash')
    .execute()
}

/** Null columns: nobody approved. */
export function toApproved(row: { readonly [K in keyof Approval]: Approval[K] | null }): Approved | null {
  const { what, account, note_hash, bytes, signature, at } = row
  if (what === null || account === null || note_hash === null || bytes === null || signature === null || at === null)
    return null
  return { what, by: account, note: note_hash, signed: { bytes, signature }, at }
}

type Approval = Pick<Selectable<Tables['approval']>, 'what' | 'account' | 'note_hash' | 'bytes' | 'signature' | 'at'>
