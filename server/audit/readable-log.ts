// A log as somebody may read it: whose it is.
import { referenceOf } from '#domain/agreements/state.ts'
import type { ReadableLog } from '#domain/audit/decisions.ts'
import { logOriginOf } from '#domain/audit/entry.ts'
import type { AgreementId, OrganisationId, Origin } from '#domain/values.ts'
import { findVersionInForce, loadAgreement } from '#store/agreements.ts'
import type { Tx } from '#store/database.ts'
import { listWaitedFor } from '#store/transfers/lists.ts'

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
