// Jobs expire-transfer and destroy-transfer (ARCHITECTURE.md#destroy). An end is a commit of its own, and nothing leads
// back from it: so bodies may go one by one afterwards, and whoever is killed between two of them leaves the rest to
// the next. Only when none is left is it said, signed, in the commit that deletes the wrapped keys. The database holds
// the same by a trigger.
import type { JobPayload } from '#contract/jobs.ts'
import { encodeDocument } from '#domain/document.ts'
import { addDays } from '#domain/time.ts'
import { decideDestroy, decideExpire, mayDestroy, mayExpire } from '#domain/transfers/decisions/decide-end.ts'
import { destructionCertificate } from '#domain/transfers/documents/destruction-certificate.ts'
import type { Destruction } from '#domain/transfers/ending.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { signDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { countWrappedKeys } from '#store/transfers/wrapped-keys.ts'
import { findOpenUploads } from '#store/transfers/uploads.ts'
import { loadTransferFacts, requireTransferFacts } from '#store/transfers/facts.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<
  HousekeeperAdapters,
  'database' | 'withLock' | 'commit' | 'now' | 'objects' | 'origin' | 'ownKey' | 'backupDays'
>

export async function expireTransfer(
  { database, commit, now }: Adapters,
  { transfer, correlation }: JobPayload<'expire-transfer'>,
): Promise<void> {
  const found = await database.transaction().execute((tx) => loadTransferFacts(tx, transfer))
  // A job that came twice, or too early: nothing was asked for, so nothing is refused.
  if (!found || !mayExpire(found, now())) return
  await commit({
    caller: housekeeperCaller(correlation),
    load: (tx) => requireTransferFacts(tx, transfer),
    decide: decideExpire,
  })
}

export async function destroyTransfer(adapters: Adapters, payload: JobPayload<'destroy-transfer'>): Promise<void> {
  await adapters.withLock(`destroy ${payload.transfer}`, () => destroy(adapters, payload))
}

async function destroy(adapters: Adapters, { transfer, correlation }: JobPayload<'destroy-transfer'>): Promise<void> {
  const { database, commit, now } = adapters
  const found = await database.transaction().execute((tx) => loadTransferFacts(tx, transfer))
  if (!found || !mayDestroy(found)) return
  await deleteBodies(adapters, found)
  await commit({
    caller: housekeeperCaller(correlation),
    load: async (tx) => {
      const again = await requireTransferFacts(tx, transfer)
      const wrappedKeys = await countWrappedKeys(tx, transfer)
      return { found: again, destruction: await certify(adapters, { found: again, wrappedKeys, at: now() }) }
    },
    decide: decideDestroy,
  })
}

/** What an upload left in progress, then every object; each is looked for afterwards. May be repeated. */
async function deleteBodies({ database, objects }: Adapters, { transfer, files }: TransferFacts): Promise<void> {
  for (const upload of await findOpenUploads(database, transfer.id)) await objects.abort(upload)
  for (const { objectKey } of files) {
    await objects.delete(objectKey)
    if ((await objects.size(objectKey)) !== undefined) throw new Error(`a body of ${transfer.id} is still there`)
  }
}

interface ToCertify {
  readonly found: TransferFacts
  readonly wrappedKeys: number
  readonly at: Instant
}

async function certify(
  { origin, ownKey, backupDays }: Adapters,
  { found, wrappedKeys, at }: ToCertify,
): Promise<Destruction> {
  const { transfer, files, scanCertificates } = found
  if (transfer.ended === null) throw new Error(`${transfer.id} has not ended`)
  const backupsUntil = addDays(at, backupDays)
  const bytes = encodeDocument(destructionCertificate, {
    type: 'safehand.destruction-certificate/1',
    origin,
    transfer: transfer.id,
    agreement: transfer.agreement,
    note: transfer.note?.hash ?? null,
    ended: transfer.ended,
    files: files.map(({ id, length, bodyDigest }) => ({ id, length, bodyDigest })),
    wrappedKeys,
    scanKeys: scanCertificates.flatMap(({ fingerprint, destroyedAt }) =>
      destroyedAt === null ? [] : [{ fingerprint, destroyedAt }],
    ),
    at,
    backupsUntil,
    fingerprint: ownKey.fingerprint,
  })
  const signature = new Uint8Array(await signDetached({ bytes, key: ownKey.privateKey, at }))
  const { fingerprint, certificate } = ownKey
  return {
    hash: sha256Hex(bytes) as Sha256Hex,
    signed: { bytes, signature },
    wrappedKeys,
    backupsUntil,
    housekeeper: { fingerprint, certificate },
  }
}
