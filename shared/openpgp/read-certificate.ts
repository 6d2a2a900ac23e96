// A cache of parsed certificates, by their exact bytes: openpgp.js then checks their self-signatures once as well,
// since it keeps what it verified with what it parsed. Time is judged at each use, as ever. What holds a revocation is
// parsed anew each time: openpgp.js keeps `revoked` too, and that depends on when one asks.
import { type Key, readKey } from 'openpgp'
import { PINNED } from './pinned.ts'

/** A team of the largest size, its senders and the service's keys. */
const mostKept = 300
const largestKept = 8 * 1024
/** By the bytes themselves, the longest unused first. */
const kept = new Map<string, Key>()

/** Throws Error for what is no certificate. Nobody changes the key that is given. */
export async function readCertificate(binary: Uint8Array): Promise<Key> {
  if (binary.length > largestKept) return readKey({ binaryKey: binary, config: PINNED })
  const bytes = binary.toBase64()
  const key = kept.get(bytes) ?? (await readKey({ binaryKey: binary, config: PINNED }))
  if (isRevoked(key)) return key
  kept.delete(bytes)
  kept.set(bytes, key)
  for (const longest of kept.keys()) {
    if (kept.size <= mostKept) break
    kept.delete(longest)
  }
  return key
}

/** Whole or in part, at whatever time. */
function isRevoked({ revocationSignatures, users, subkeys }: Key): boolean {
  return [{ revocationSignatures }, ...users, ...subkeys].some((part) => part.revocationSignatures.length > 0)
}
