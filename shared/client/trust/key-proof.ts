// Proves to the service that this person holds a private key, and does nothing else with the key
// (ARCHITECTURE.md#key-proof): the client states what it asked for, opens the challenge, and answers only when every
// field is that. Trusts nothing in it.
import { certificateOperations, type Challenge } from '#contract/certificates.ts'
import type { AccountId, Fingerprint, Instant } from '#domain/values.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import type { Anchor } from './anchor.ts'
import type { Api } from '../api.ts'
import type { KeyHolder } from './key-holder.ts'
import { TrustRefused } from './trust-refused.ts'

export interface Prover {
  readonly api: Api
  readonly anchor: Pick<Anchor, 'origin'>
  readonly account: AccountId
  readonly key: KeyHolder
  readonly encryptionSubkey: Fingerprint
  readonly now: () => Instant
}

/** Registers the certificate and proves its key. Throws TrustRefused `TRUST_CHALLENGE`: nothing was answered. */
export async function registerAndProve(prover: Prover, certificate: PublicCertificate): Promise<void> {
  await proveRegistered(prover, await register(prover, certificate))
}

/** Registers a certificate, or its renewed state; gives the challenge to its key. Throws RefusedByServer. */
export async function register({ api }: Pick<Prover, 'api'>, certificate: PublicCertificate): Promise<Challenge> {
  const { challenge } = await api.call(certificateOperations.register, {
    body: { certificate: certificate.toBase64() },
  })
  return challenge
}

/** Answers the challenge of a registration. Throws TrustRefused `TRUST_CHALLENGE`: nothing was answered. */
export async function proveRegistered(prover: Prover, challenge: Challenge): Promise<void> {
  await answer(prover, { challenge, purpose: 'register' })
}

/** One proof for this session or token: the service then gives out what is wrapped for this subkey. */
export async function proveForCollecting(prover: Prover): Promise<void> {
  const { encryptionSubkey } = prover
  const challenge = await prover.api.call(certificateOperations.challenge, { body: { encryptionSubkey } })
  await answer(prover, { challenge, purpose: 'collect' })
}

interface Asked {
  readonly challenge: Challenge
  readonly purpose: 'register' | 'collect'
}

async function answer(prover: Prover, { challenge, purpose }: Asked): Promise<void> {
  const { api, anchor, account, key, encryptionSubkey, now } = prover
  const found = await key.answer({
    message: Uint8Array.fromBase64(challenge.message),
    expected: { origin: anchor.origin, purpose, account, subkey: encryptionSubkey, transfer: '-' },
    expires: challenge.expires,
    now: now(),
  })
  if (!found.ok) throw new TrustRefused({ code: 'TRUST_CHALLENGE', saw: found.saw })
  await api.call(certificateOperations.prove, { params: { id: challenge.id }, body: { answer: found.answer } })
}
