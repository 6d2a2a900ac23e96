// Everything that people signed about a transfer, verified, and what the service tells of it in the words of what was signed.
import type { TransferView } from '#contract/transfers/view.ts'
import type { VerifiedApproval } from './approval.ts'
import { isHandedOver } from './as-signed.ts'
import type { VerifiedDestruction } from './destruction.ts'
import type { Look } from './look.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedReceipt } from './verify-receipt.ts'
import type { VerifiedVerdict } from './verify-verdict.ts'

export interface Signed {
  readonly verdict: VerifiedVerdict | null
  readonly approval: VerifiedApproval | null
  readonly addenda: readonly VerifiedAddendum[]
  readonly receipts: readonly VerifiedReceipt[]
  readonly destructions: readonly VerifiedDestruction[]
}

export const nothingSigned: Signed = { verdict: null, approval: null, addenda: [], receipts: [], destructions: [] }

/** What of it does not hold, or is not there and has to be, throws TrustRefused. */
export async function readSigned(look: Look): Promise<Signed> {
  const { view } = look
  const destroyed = () => look.destroyed()
  if (!isHandedOver(view)) {
    await destroyed()
    return nothingSigned
  }
  await look.note()
  if (view.state === 'released' || view.releasedAt !== null) await look.released()
  const signed = {
    verdict: await look.verdict(),
    approval: await look.approval(),
    addenda: await look.addenda(),
    receipts: await look.receipts(),
    destructions: await look.destructions(),
  }
  await destroyed()
  return signed
}

/** For programs: what the scan authority signed in the place of what the service says of it; null where nothing is signed. */
export function viewAsSigned(view: TransferView, { verdict }: Pick<Signed, 'verdict'>) {
  const judged = new Map(verdict?.document.files.map((file) => [file.id, file.typeSeen]))
  return {
    ...view,
    verdict: verdict?.verdict ?? null,
    finding: verdict?.finding ?? null,
    approvalFor: verdict?.needs.needs === 'approval' ? verdict.needs.over : null,
    files: view.files.map(({ id, length, bodyDigest }) => ({
      ...{ id, length, bodyDigest },
      typeSeen: judged.get(id) ?? null,
    })),
    fileTypes: verdict?.document.fileTypes ?? [],
  }
}
