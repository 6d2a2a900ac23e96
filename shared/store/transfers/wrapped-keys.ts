// Session keys of a transfer, wrapped for its readers and for the scanner.
import type { TransferChange, WrappedKey } from '#domain/transfers/changes.ts'
import type { AccountId, Bytes, Fingerprint, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Writers } from '../writers.ts'

export const wrappedKeyWriters = {
  async 'transfers.drop-scan-pkesk'(tx, { transfer }) {
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).where('account', 'is', null).execute()
  },
} satisfies Partial<Writers<TransferChange>>

/** Wrapped session keys of one transfer for one subkey, by key set: a reader's, or a scan certificate's. */
export async function loadWrappedKeys(
  tx: Tx,
  { transfer, encryptionSubkey }: { readonly transfer: TransferId; readonly encryptionSubkey: Fingerprint },
): Promise<readonly KeyOfSet[]> {
  const rows = await wrappedKeys(tx, transfer).where('encryption_subkey', '=', encryptionSubkey).execute()
  return rows.map(toKeyOfSet)
}

/** What was wrapped for one person's keys, by key set. */
export async function loadOwnKeys(
  tx: Tx,
  { transfer, account }: { readonly transfer: TransferId; readonly account: AccountId },
): Promise<readonly KeyOfSet[]> {
  const rows = await wrappedKeys(tx, transfer).where('account', '=', account).execute()
  return rows.map(toKeyOfSet)
}

interface KeyOfSet {
  readonly keySet: number
  readonly bytes: Bytes
}

function wrappedKeys(tx: Tx, transfer: TransferId) {
  return tx.selectFrom('pkesk').select(['key_set', 'bytes']).where('transfer', '=', transfer).orderBy('key_set')
}

function toKeyOfSet({ key_set, bytes }: { readonly key_set: number; readonly bytes: Bytes }): KeyOfSet {
  return { keySet: key_set, bytes }
}

export async function countWrappedKeys(tx: Tx, transfer: TransferId): Promise<number> {
  const { keys } = await tx
    .selectFrom('pkesk')
    .select(({ fn }) => fn.countAll<number>().as('keys'))
    .where('transfer', '=', transfer)
    .executeTakeFirstOrThrow()
  return keys
}

export function keyRows(transfer: TransferId, keys: readonly WrappedKey[]) {
  return keys.map(({ keySet, account, encryptionSubkey, bytes }) => ({
    transfer,
    key_set: keySet,
    account,
    encryption_subkey: encryptionSubkey,
    bytes,
  }))
}
