// A challenge that only the holder of a key can answer (ARCHITECTURE.md#key-proof). The service learns nothing from an answer
// but that it was right, and keeps only the hash of it; it never sees a private key.
import { randomBytes } from 'node:crypto'
import type { PersonCaller } from '#domain/caller.ts'
import type { KeyProofPurpose } from '#domain/certificates/changes.ts'
import { challengeLifeSeconds, failedProofSeconds, type PreparedChallenge } from '#domain/certificates/decisions.ts'
import { addSeconds } from '#domain/time.ts'
import type { AccountId, Bytes, Fingerprint, Instant } from '#domain/values.ts'
import { keyProofLine, makeChallenge, rightAnswer } from '#openpgp/key-proof.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { randomId, sha256 } from '#platform/crypto.ts'
import { countFailedProofs } from '#store/certificates.ts'
import type { Tx } from '#store/database.ts'
import type { Adapters } from '../use-case.ts'

interface Challenging {
  readonly purpose: KeyProofPurpose
  readonly account: AccountId
  readonly encryptionSubkey: Fingerprint
  readonly certificate: Bytes
  /** When the key ends. An expired one still opens what was sent to it: its challenge is made as of its last second. */
  readonly expires: Instant | null
}

export async function prepareChallenge(
  wanted: Challenging,
  { installation, now }: Adapters,
): Promise<PreparedChallenge> {
  const { purpose, account, encryptionSubkey, certificate } = wanted
  const at = now()
  const expires = addSeconds(at, challengeLifeSeconds)
  const nonce = randomBytes(32).toString('hex')
  const about = { origin: installation, purpose, account, subkey: encryptionSubkey, transfer: '-' as const }
  const line = keyProofLine({ ...about, nonce, expires })
  const message = await makeChallenge({
    line,
    certificate,
    encryptionSubkey,
    sessionKey: asSessionKey(randomBytes(32)),
    salt: randomBytes(32),
    at: wanted.expires !== null && wanted.expires <= at ? addSeconds(wanted.expires, -1) : at,
  })
  return { id: randomId(), message: message.toBase64(), answerHash: hashOf(await rightAnswer(line)), expires }
}

export function hashOf(answer: string): Bytes {
  return new Uint8Array(sha256(new TextEncoder().encode(answer)))
}

export function failedProofs(tx: Tx, { actor }: PersonCaller, { now }: Adapters): Promise<number> {
  return countFailedProofs(tx, { account: actor.account, since: addSeconds(now(), -failedProofSeconds) })
}

/** A proof belongs to one session or token; a person always has one. */
export function sessionOf({ session }: PersonCaller): string {
  if (session === null) throw new TypeError('a person acts in a session or with a token')
  return session
}
