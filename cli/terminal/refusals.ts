// The command for what a refusal's words ask of a person: words name the act alone.
import type { RefusalCode } from '#domain/refusals.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'

export const refusalCommands = {
  SIGN_IN_REQUIRED: ['sign-in --url URL --email ADDRESS'],
  KEY_WEAK: ['key create'],
  KEY_NO_ENCRYPTION_SUBKEY: ['key create'],
  KEY_EXPIRED: ['key renew', 'key replace'],
  KEY_REVOKED: ['key replace'],
  KEY_TAKEN: ['key create'],
  KEY_PROOF_FAILED: ['key prove'],
  KEY_PROOF_REQUIRED: ['key prove'],
  RECORDS_REQUIRED: ['send FILE --records NUMBER'],
  NOT_ENCRYPTED_TO_RECIPIENTS: ['send FILE', 'recipients --export FILE'],
  ENVELOPE_MALFORMED: ['send FILE'],
  TAKEN: ['take TRANSFER --over'],
  TRUST_ROOT_DIFFERS: ['organisation pin --root FINGERPRINT'],
  TRANSFER_RECALLED: ['state-destruction TRANSFER --how "..."'],
} as const satisfies Partial<Record<RefusalCode | TrustRefusalCode, readonly [string, ...string[]]>>

const known = new Map<string, readonly string[]>(Object.entries(refusalCommands))

/** Nothing where no command helps, or the code is newer than this program. */
export function commandFor(code: string): { readonly command?: string } {
  const commands = known.get(code)
  return commands ? { command: commands.map((command) => `safehand ${command}`).join(', or: ') } : {}
}
