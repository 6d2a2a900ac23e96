// `safehand key revoke`: for ever, at once.
import { readable } from '#words/en/fingerprints.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { type Context, readCertificate, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'

export interface RevokeOptions {
  readonly certificateFile?: string
  readonly yes?: true
}

export async function revokeKey(context: Context, { certificateFile, yes }: RevokeOptions): Promise<void> {
  const { io, home, output } = context
  const { fingerprint } = await home.readKey('key')
  const question = `Revoke ${readable(fingerprint)} for ever? Nothing that was sent to it can be collected any more.`
  if (!yes && !(await io.confirm(question))) throw usage('Nothing was revoked.')
  const published = certificateFile === undefined ? null : (await readCertificate(certificateFile)).toBase64()
  const api = await signedInApi(context)
  const revoked = await api.call(certificateOperations.revoke, {
    params: { fingerprint },
    body: { certificate: published },
  })
  output.result({
    value: revoked,
    text: `Revoked: ${readable(fingerprint)}\nNext: safehand key replace, and ask your administrator for a new roster.`,
  })
}
