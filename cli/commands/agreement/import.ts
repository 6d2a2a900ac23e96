// `safehand agreement import`: gives the service an agreement, so that its parties can sign it.
import { agreementOperations } from '#contract/agreements.ts'
import { agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { encodeDocument } from '#domain/document.ts'
import type { Bytes } from '#domain/values.ts'
import { type Context, readText, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'

/** People write agreements with spaces and in any order; what is imported and signed is the canonical form. */
export async function importAgreement(context: Context, file: string): Promise<void> {
  const bytes = canonicalBytes(await readText(file))
  const api = await signedInApi(context)
  const imported = await api.call(agreementOperations.import, { body: { bytes: bytes.toBase64() } })
  const { id, version, hash } = imported
  context.output.result({
    value: imported,
    text: `Imported agreement ${id} version ${version}.\nSHA-256 ${hash}\nNext, each party's SIRO: safehand agreement sign ${id}`,
  })
}

function canonicalBytes(text: string): Bytes {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw usage('The file is not JSON.')
  }
  const parsed = agreementModel.safeParse(json)
  if (parsed.success) return encodeDocument(agreementModel, parsed.data)
  const issue = parsed.error.issues[0]
  throw usage(`The file is no agreement: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}
