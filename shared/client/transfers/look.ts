// One look at a transfer: what the service says of it, asked once, and what people signed about it, each verified once, when
// it is first needed. What was signed is believed; where the service says otherwise than it, nothing is shown.
import { type TransferView, viewOperations } from '#contract/transfers/view.ts'
import type { DestructionCertificate } from '#domain/transfers/documents/destruction-certificate.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { type Api, RefusedByServer } from '../api.ts'
import type { AgreementWanted } from '../trust/fetch-agreement.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import {
  isHandedOver,
  requireAsAdded,
  requireAsDestroyed,
  requireAsNoted,
  requireAsReceived,
  requireAsStated,
} from './as-signed.ts'
import { type VerifiedApproval, verifyApproval } from './approval.ts'
import { fetchDestructionCertificate } from './destruction-certificate.ts'
import { type VerifiedDestruction, verifyDestructionStatement } from './destruction.ts'
import { type VerifiedAddendum, verifyAddenda } from './verify-addenda.ts'
import { type VerifiedNote, verifyNote } from './verify-note.ts'
import { type VerifiedReceipt, verifyReceipt } from './verify-receipt.ts'
import { type Released, requireReleasable, requireVerdict } from './require-released.ts'
import { type VerifiedVerdict, verifyVerdict } from './verify-verdict.ts'

/** Nothing was signed yet: its sender has not handed it over. */
export class NotHandedOver extends Error {
  override readonly name = 'NotHandedOver'
}

export interface Look {
  readonly view: TransferView
  /** As it was when it was sent: nobody is sent to by it. Each of these throws TrustRefused for what does not hold. */
  agreement(): Promise<VerifiedAgreement>
  /** Throws NotHandedOver. */
  note(): Promise<VerifiedNote>
  addenda(): Promise<readonly VerifiedAddendum[]>
  /** Null: not scanned yet, says the service. */
  verdict(): Promise<VerifiedVerdict | null>
  approval(): Promise<VerifiedApproval | null>
  /** By which it may be collected, or it may not: throws TrustRefused TRUST_VERDICT and TRUST_APPROVAL for what is missing. */
  released(): Promise<Released>
  receipts(): Promise<readonly VerifiedReceipt[]>
  destructions(): Promise<readonly VerifiedDestruction[]>
  /** Null: not destroyed, says the service. */
  destroyed(): Promise<DestructionCertificate | null>
}

export interface Looking {
  readonly api: Api
  readonly transfer: TransferId
  readonly trust: (wanted: AgreementWanted) => Promise<VerifiedAgreement>
  readonly now: () => Instant
}

/** Throws RefusedByServer, ServerUnreachable. */
export async function lookAtTransfer({ api, transfer, trust, now }: Looking): Promise<Look> {
  const view = await api.call(viewOperations.view, { params: { transfer } })
  const { id, version } = view.agreement
  const agreement = once(() => trust({ api, id, version, toRead: true }))
  const note = once(async () => {
    const { note: document } = view
    if (!isHandedOver(view) || document === null) throw new NotHandedOver('This transfer has not been handed over yet.')
    const noted = await verifyNote({ agreement: await agreement(), transfer, document, now: now() })
    await requireAsNoted(view, noted.note)
    return noted
  })
  const claim = async () => ({ agreement: await agreement(), note: await note(), now: now() })
  const verdict = once(async () => view.signedVerdict && verifyVerdict({ ...(await claim()), ...view.signedVerdict }))
  const judged = async () => requireVerdict(await verdict())
  const approval = once(async () => {
    const { approval: document } = view
    return document && verifyApproval({ ...(await claim()), verdict: await judged(), document })
  })
  return {
    view,
    agreement,
    note,
    verdict,
    approval,
    released: once(async () => requireReleasable(await judged(), await approval())),
    addenda: once(async () => {
      if (view.note === null) return []
      const noted = await claim()
      const addenda = await verifyAddenda({ ...noted, documents: view.addenda })
      requireAsAdded(view, { note: noted.note.note, addenda })
      return addenda
    }),
    receipts: once(async () => {
      if (view.receipts.length === 0) return []
      const signed = { ...(await claim()), verdict: await judged() }
      const receipts = await all(view.receipts, (document) => verifyReceipt({ ...signed, document }))
      requireAsReceived(view, receipts)
      return receipts
    }),
    destructions: once(async () => {
      const documents = view.destructionStatements
      const statements = await all(documents, async (document) =>
        verifyDestructionStatement({ ...(await claim()), document }),
      )
      requireAsStated(view, statements)
      return statements
    }),
    destroyed: once(async () => {
      if (view.destroyed === null && view.state !== 'destroyed') return null
      const about = { api, agreement: await agreement(), transfer, note: view.note, now: now() }
      const fetched = await fetchDestructionCertificate(about).catch((error: unknown) => {
        const denied = error instanceof RefusedByServer && error.code === 'TRANSFER_STATE'
        throw denied ? new TrustRefused({ code: 'TRUST_DESTRUCTION', saw: 'no certificate' }) : error
      })
      await requireAsDestroyed(view, fetched)
      return fetched.certificate
    }),
  }
}

function all<T, R>(given: readonly T[], make: (one: T) => Promise<R>): Promise<readonly R[]> {
  return Promise.all(given.map(make))
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
