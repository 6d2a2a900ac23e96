// `safehand agreement show`: what an agreement says, and whether it holds, as this client verified it.
import { fetchAgreementDocuments, refuseAnother } from '#client/trust/fetch-agreement.ts'
import { verifyAsFarAsSigned } from '#client/trust/sign-agreement.ts'
import type { AgreementId } from '#domain/values.ts'
import { agreementWords } from '#words/en/agreements.ts'
import { type Context, signedInApi } from '../../context.ts'
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
  const standing = missing === null ? 'Signed by every party.' : `Not signed by every party yet: ${missing}.`
  output.result({
    value: { agreement, hash, signed: missing === null },
    text: `${summary({ agreement, hash })}\n\n${standing}`,
  })
}

export function summary(shown: Parameters<typeof agreementWords>[0]): string {
  const { id } = shown.agreement
  return `${agreementWords(shown)}\nThis is a summary; what is signed is the whole. Read it with: safehand agreement show ${id} --json`
}
