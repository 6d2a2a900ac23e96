// The client's own refusal: what the service gave does not hold. Nothing is sent, opened or answered after it.
import type { TrustRefusalCode } from '#domain/trust.ts'
import { trustWords } from '#words/en/trust.ts'

export class TrustRefused extends Error {
  override readonly name = 'TrustRefused'
  readonly code: TrustRefusalCode
  /** What was found, for the person who looks into it. Never secret. */
  readonly saw: string

  constructor({ code, saw }: { readonly code: TrustRefusalCode; readonly saw: string }) {
    super(`${trustWords[code]} (saw: ${saw})`)
    this.code = code
    this.saw = saw
  }
}
