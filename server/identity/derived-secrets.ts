// Secrets that are shown once: bearer tokens, invitation tokens, authenticator secrets, one-time codes. Each is derived
// from a random id under a key that is not in PostgreSQL, so that a repeated request can be answered as before while
// nothing stored - rows, idempotent replies, backups - holds one (ARCHITECTURE.md#derived-secrets).
import { createHmac } from 'node:crypto'
import { sha256 } from '#platform/crypto.ts'
import type { Bytes } from '#domain/values.ts'

export interface DerivedSecrets {
  /** `shf_ID_SECRET`. */
  token(id: string): string
  invitation(id: string): string
  /** 20 octets (RFC 4226, section 4). */
  totpSecret(invitation: string): Bytes
  /** Ten codes of 60 bits, `XXXX-XXXX-XXXX`. */
  codes(invitation: string): string[]
  /** One such code, said over to who resets a lost password. */
  resetCode(reset: string): string
  /** Bound to its account: the same code of another account has another hash. */
  codeHash(account: string, code: string): Bytes
}

// RFC 4648 base32 letters but I and O, which read as digits: 32 with 2 to 9.
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export function createDerivedSecrets(key: Uint8Array): DerivedSecrets {
  const derive = (what: string, id: string) => createHmac('sha256', key).update(`safehand ${what} 1 ${id}`).digest()
  return {
    token: (id) => `shf_${id}_${derive('token', id).toString('base64url')}`,
    invitation: (id) => `shi_${id}_${derive('invitation', id).toString('base64url')}`,
    totpSecret: (id) => new Uint8Array(derive('totp', id).subarray(0, 20)),
    codes: (id) => Array.from({ length: 10 }, (_, index) => codeFrom(derive(`code ${index}`, id))),
    resetCode: (id) => codeFrom(derive('reset code', id)),
    codeHash: (account, code) => new Uint8Array(derive(`code hash ${account}`, normalised(code))),
  }
}

/** What is stored of a token or an invitation: 256 random bits need no slow hash. */
export function hashOf(token: string): Bytes {
  return sha256(new TextEncoder().encode(token))
}

/** The id inside a token; undefined when it is none of ours. */
export function idOf(token: string): string | undefined {
  return token.match(/^sh[fi]_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/)?.[1]
}

function codeFrom(octets: Uint8Array): string {
  const code = Array.from(octets.subarray(0, 12), (octet) => letters[octet % 32]).join('')
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}

function normalised(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}
