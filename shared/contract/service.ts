// What the installation says of itself: its origin and its keys. Compared by phone before an agreement lists them; no
// client believes them from here (ARCHITECTURE.md#service-keys).
import * as z from 'zod'
import { base64, fingerprint, origin } from '#domain/values.ts'
import { smallBytes } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

const openpgpKey = z.strictObject({ fingerprint, certificate: smallBytes })
/** Raw Ed25519 public key: 32 bytes. */
const ed25519Key = z.strictObject({ publicKey: base64.length(44) })

/** As scripts/service-keys.ts writes it to `public.json`. */
export const publicKeys = z.strictObject({
  origin,
  scanAuthority: openpgpKey,
  log: ed25519Key,
  promise: ed25519Key,
  housekeeper: openpgpKey,
})
export type PublicKeys = z.infer<typeof publicKeys>

export const serviceOperations = {
  keys: {
    name: 'service.keys',
    summary: 'Origin and public keys of this installation',
    method: 'GET',
    path: '/service',
    scope: null,
    params: nothing,
    query: nothing,
    body: nothing,
    reply: publicKeys,
    refusals: [],
  },
} as const satisfies Record<string, Operation>
