// Whoever can use a person's private key, and does with it only what a client needs: sign, unwrap one session key,
// answer one challenge. The key itself stays behind it: unlocked in memory here, in gpg, its agent or a smartcard elsewhere.
import type { Bytes, Instant } from '#domain/values.ts'
import { answerChallenge, type ChallengeAnswer, type KeyProofClaim } from '#openpgp/key-proof.ts'
import type { PrivateKeyBytes } from '#openpgp/keys.ts'
import { type SessionKey, unwrapSessionKey } from '#openpgp/session-key.ts'
import { signDetached } from '#openpgp/signatures.ts'

export interface KeyHolder {
  /** Detached binary signature, dated `at` where the holder lets that be chosen. */
  sign(document: { readonly bytes: Uint8Array; readonly at: Instant }): Promise<Bytes>
  /** Opens one PKESK packet, of the version that belongs to the body's. Throws EnvelopeError. */
  unwrap(pkesk: Uint8Array, bodyVersion: 1 | 2): Promise<SessionKey>
  /** Answers a key proof, or says what it saw instead of the one it was told to expect. */
  answer(challenge: ChallengeToAnswer): Promise<ChallengeAnswer>
}

export interface ChallengeToAnswer {
  readonly message: Uint8Array
  readonly expected: KeyProofClaim
  /** As the service says it beside the challenge; the line itself has it too. */
  readonly expires: Instant
  readonly now: Instant
}

/** A private key unlocked in this process's memory. */
export function unlockedKey(key: PrivateKeyBytes): KeyHolder {
  return {
    sign: async ({ bytes, at }) => Uint8Array.from(await signDetached({ bytes, key, at })),
    unwrap: (pkesk, bodyVersion) => unwrapSessionKey({ pkesk, key, bodyVersion }),
    answer: (challenge) => answerChallenge({ ...challenge, key }),
  }
}

/** Asks the holder once for each packet: 300 files under one wrapped key are one touch of a smartcard, not 300. */
export function askingOnce(holder: KeyHolder): KeyHolder {
  const known = new Map<string, Promise<SessionKey>>()
  return {
    ...holder,
    unwrap(pkesk, bodyVersion) {
      const packet = `${bodyVersion} ${pkesk.toHex()}`
      const sessionKey = known.get(packet) ?? holder.unwrap(pkesk, bodyVersion)
      known.set(packet, sessionKey)
      return sessionKey
    },
  }
}
