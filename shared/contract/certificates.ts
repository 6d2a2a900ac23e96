// Registering a certificate and proving that one holds its private key (ARCHITECTURE.md#key-proof). A challenge is an
// OpenPGP message of at most 2 KiB; the answer is a MAC of its one line, never decrypted bytes.
import * as z from 'zod'
import { base64, fingerprint, instant } from '#domain/values.ts'
import { smallBytes } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

const proofId = z.string().regex(/^[0-9a-f]{32}$/)

export const challenge = z.strictObject({
  id: proofId,
  message: base64.max(2732),
  encryptionSubkey: fingerprint,
  expires: instant,
})
export type Challenge = z.infer<typeof challenge>

export const certificateOperations = {
  register: {
    name: 'certificate.register',
    summary: 'Register your certificate; it counts once its key is proven and a roster lists it',
    method: 'POST',
    path: '/certificates',
    scope: 'keys',
    params: nothing,
    query: nothing,
    body: z.strictObject({ certificate: smallBytes }),
    reply: z.strictObject({ fingerprint, challenge }),
    refusals: [
      'KEY_MALFORMED',
      'KEY_SECRET',
      'KEY_WEAK',
      'KEY_NO_ENCRYPTION_SUBKEY',
      'KEY_NOT_YET_VALID',
      'KEY_EXPIRED',
      'KEY_REVOKED',
      'KEY_TAKEN',
      'TOO_MANY_ATTEMPTS',
    ],
  },
  revoke: {
    name: 'certificate.revoke',
    summary: 'Revoke your key: nothing more is sent to it or collected with it, at once and for ever',
    method: 'POST',
    path: '/certificates/:fingerprint/revocation',
    scope: 'keys',
    params: z.strictObject({ fingerprint }),
    query: nothing,
    /** The revoked certificate, to be published; null: your signed-in word is enough. */
    body: z.strictObject({ certificate: smallBytes.nullable() }),
    reply: z.strictObject({ fingerprint, revokedAt: instant }),
    refusals: ['KEY_REVOKED', 'KEY_SECRET', 'KEY_MALFORMED'],
  },
  challenge: {
    name: 'key.challenge',
    summary: 'Ask for a challenge to a subkey of yours, to collect with it in this session',
    method: 'POST',
    path: '/key-proofs',
    scope: 'collect',
    params: nothing,
    query: nothing,
    body: z.strictObject({ encryptionSubkey: fingerprint }),
    reply: challenge,
    refusals: ['NOT_FOUND', 'KEY_REVOKED', 'TOO_MANY_ATTEMPTS'],
  },
  prove: {
    name: 'key.prove',
    summary: 'Answer a challenge; every way to fail looks the same',
    method: 'POST',
    path: '/key-proofs/:id/answer',
    scope: 'account',
    params: z.strictObject({ id: proofId }),
    query: nothing,
    body: z.strictObject({ answer: z.string().regex(/^[0-9a-f]{64}$/) }),
    reply: z.strictObject({ purpose: z.enum(['register', 'collect']), encryptionSubkey: fingerprint }),
    refusals: ['KEY_TAKEN', 'KEY_PROOF_FAILED'],
  },
} as const satisfies Record<string, Operation>
