// One look at a transfer: what the service says of it, asked once, and what people signed about it, each verified once, when
// it is first needed. The service's word is shown; what was signed is believed.
import { type TransferView, viewOperations } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import type { Api } from '../api.ts'
import type { AgreementWanted } from '../trust/fetch-agreement.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import { type VerifiedApproval, verifyApproval } from './approval.ts'
import { type VerifiedDestruction, verifyDestructionStatement } from './destruction.ts'
import { type VerifiedAddendum, verifyAddenda } from './verify-addenda.ts'
import { type VerifiedNote, verifyNote } from './verify-note.ts'

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
  approval(): Promise<VerifiedApproval | null>
  destructions(): Promise<readonly VerifiedDestruction[]>
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
    if (document === null) throw new NotHandedOver('This transfer has not been handed over yet.')
    return verifyNote({ agreement: await agreement(), transfer, document, now: now() })
  })
  const claim = async () => ({ agreement: await agreement(), note: await note(), now: now() })
  const { addenda: documents, approval, destructionStatements } = view
  return {
    view,
    agreement,
    note,
    addenda: once(async () => (documents.length === 0 ? [] : verifyAddenda({ ...(await claim()), documents }))),
    approval: once(async () => approval && verifyApproval({ ...(await claim()), document: approval })),
    destructions: once(() =>
      Promise.all(
        destructionStatements.map(async (document) => verifyDestructionStatement({ ...(await claim()), document })),
      ),
    ),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
