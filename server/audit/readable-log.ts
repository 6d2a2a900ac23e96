// A log as somebody may read it: whose it is, and what its newest checkpoint says.
import { referenceOf } from '#domain/agreements/state.ts'
import type { ReadableLog, SignedHead } from '#domain/audit/decisions.ts'
import { type LogOrigin, logOriginOf } from '#domain/audit/entry.ts'
import { type AgreementId, type OrganisationId, type Origin, sha256Hex } from '#domain/values.ts'
import { findVersionInForce, loadAgreement } from '#store/agreements.ts'
import { loadCheckpoint } from '#store/audit.ts'
import type { Tx } from '#store/database.ts'
import { listWaitedFor } from '#store/transfers/lists.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'

export interface AskedLog {
  readonly kind: 'agreement' | 'organisation'
  readonly id: string
}

export async function loadReadableLog(tx: Tx, { kind, id }: AskedLog, installation: Origin): Promise<ReadableLog> {
  const reference = { kind, id }
  const origin = logOriginOf(installation, reference)
  if (kind === 'organisation') {
    return { reference, origin, agreement: null, owners: [id as OrganisationId], waitedFor: [] }
  }
  const stored = await loadInForce(tx, id as AgreementId)
  const owners = stored?.agreement.parties.map(({ organisation }) => organisation) ?? []
  const waitedFor = await listWaitedFor(tx, id as AgreementId)
  return { reference, origin, agreement: stored && referenceOf(stored), owners, waitedFor }
}

export async function loadInForce(tx: Tx, agreement: AgreementId) {
  const hash = await findVersionInForce(tx, agreement)
  return hash === null ? null : await loadAgreement(tx, hash)
}

export async function loadSignedHead(tx: Tx, log: LogOrigin): Promise<SignedHead | null> {
  const last = await loadCheckpoint(tx, log)
  if (!last) return null
  const signed = parseSignedCheckpoint(new TextEncoder().encode(last.note))
  if (!signed) throw new Error(`the last checkpoint of ${log} cannot be read`)
  const { size, root } = signed.checkpoint
  return { size, root: sha256Hex.parse(Buffer.from(root).toString('hex')), note: last.note }
}
