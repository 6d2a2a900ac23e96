// `safehand agreement show`: what an agreement says, and whether it holds, as this client verified it.
import { fetchAgreementDocuments, refuseAnother } from '#client/trust/fetch-agreement.ts'
import { verifyAsFarAsSigned } from '#client/trust/sign-agreement.ts'
import type { AgreementId } from '#domain/values.ts'
import { presentAgreement } from '#present/agreement.ts'
import { type Context, signedInApi } from '../../context.ts'
import { agreementLines, standingLines } from '../../terminal/agreement.ts'
import { keepAnchor } from '../../trust/own-organisation.ts'

export async function showAgreement(
  context: Context,
  asked: { readonly id: AgreementId; readonly version: number | undefined },
): Promise<void> {
  const { io, output, home } = context
  const documents = await fetchAgreementDocuments({ api: await signedInApi(context), ...asked })
  const anchor = await home.readAnchor()
  const shown = await verifyAsFarAsSigned({ anchor, documents, now: io.now() })
  refuseAnother(shown.agreement, asked)
  await keepAnchor(context, { before: anchor, now: shown.anchor })
  const { agreement, hash, missing } = shown
  const { activatedAt, permitted } = documents
  const picture = presentAgreement({ ...shown, activatedAt, permitted, now: io.now() })
  output.result({
    value: { agreement, hash, signed: missing === null },
    text: [...agreementLines(picture, agreement.id), '', ...standingLines(picture, agreement.id)].join('\n'),
  })
}
