// Who was added to a transfer after it was released, by whom and why: by their signed addenda, never by the service's word.
import type { Api } from '#client/api.ts'
import { verifyAddenda } from '#client/transfers/verify-addenda.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { trustedAgreement } from './trust/agreements.ts'
import type { Context } from './context.ts'
import { namesIn } from './names.ts'
import { readNote } from './collecting/open-transfer.ts'

/** A line for each. Throws TrustRefused when one of them does not hold. */
export async function describeAddenda(
  context: Context,
  { api, view }: { readonly api: Api; readonly view: TransferView },
): Promise<readonly string[]> {
  if (view.addenda.length === 0) return []
  const now = context.io.now()
  const { id, version } = view.agreement
  const agreement = await trustedAgreement(context, { api, id, version, toRead: true })
  const note = await readNote({ agreement, transfer: view.transfer, view, now })
  const addenda = await verifyAddenda({ agreement, note, documents: view.addenda, now })
  return addenda.map(({ addendum: { reader, recipient, reason }, signer }) => {
    const { organisation } = recipient
    const who = namesIn(agreement, reader.account).person({ account: reader.account, organisation }) ?? reader.account
    return `  ${who} was added by ${signer.name}: ${reason}`
  })
}
