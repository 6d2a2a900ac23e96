// Certificates and key proofs (DESIGN 6): a key counts when its holder answered a challenge to it. Challenges arrive
// as facts, already made; of the right answer the decision knows only whether it was given.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision, Refusal, Refused } from '../decision.ts'
import type { RefusalCode } from '../refusals.ts'
import type { AccountId, Fingerprint, Instant } from '../values.ts'
import type { KeyProofPurpose } from './changes.ts'

/** Wrong answers of one account within an hour before it gets no further challenge (RISKS A1). */
const maxFailedProofs = 5
/** The hour in which they count (in seconds). */
export const failedProofSeconds = 3600
/** A challenge can be answered for ten minutes (in seconds). */
export const challengeLifeSeconds = 600

const tooMany: Refusal = { code: 'TOO_MANY_ATTEMPTS', detail: { retryAfter: failedProofSeconds } }

/** A challenge ready to be given out; the message is encrypted to the subkey. */
export interface PreparedChallenge {
  readonly id: string
  /** Base64. */
  readonly message: string
  readonly answerHash: Uint8Array<ArrayBuffer>
  readonly expires: Instant
}

export interface GivenChallenge {
  readonly id: string
  readonly message: string
  readonly encryptionSubkey: Fingerprint
  readonly expires: Instant
}

export interface UsableCertificate {
  readonly fingerprint: Fingerprint
  readonly encryptionSubkey: Fingerprint
  readonly algorithm: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly challenge: PreparedChallenge
}

export interface RegisterFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly certificate: UsableCertificate | { readonly code: RefusalCode }
  /** Whose certificate has this fingerprint or subkey already. */
  readonly owners: readonly AccountId[]
  readonly failedProofs: number
}

interface Registered {
  readonly fingerprint: Fingerprint
  readonly challenge: GivenChallenge
}

/** Registering again gives a new challenge: the first may have been lost. */
export function decideRegister(facts: RegisterFacts, at: Instant): Decision<Registered> {
  const { caller, certificate, owners, session } = facts
  const { account } = caller.actor
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'key.registered', logs: [ownLog(caller)] },
  })
  if ('code' in certificate) return refused({ code: certificate.code })
  if (owners.some((owner) => owner !== account)) return refused({ code: 'KEY_TAKEN' })
  if (facts.failedProofs >= maxFailedProofs) return refused(tooMany)
  const { fingerprint, encryptionSubkey, algorithm, bytes, challenge } = certificate
  const asked = challengeChange({ purpose: 'register', account, session, encryptionSubkey, challenge })
  const next = { fingerprint, challenge: given(challenge, encryptionSubkey) }
  const logs = [ownLog(caller)]
  if (owners.length > 0) {
    const detail = { purpose: 'register', encryptionSubkey }
    return { next, changes: [asked], event: { event: 'key.challenged', logs, detail }, jobs: [] }
  }
  return {
    next,
    changes: [{ kind: 'certificates.register', fingerprint, account, encryptionSubkey, bytes, at }, asked],
    event: { event: 'key.registered', logs, detail: { fingerprint, encryptionSubkey, algorithm } },
    jobs: [],
  }
}

export interface ChallengeFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly encryptionSubkey: Fingerprint
  /** Null: this person has proven no such subkey. */
  readonly challenge: PreparedChallenge | null
  readonly failedProofs: number
}

/** A challenge for collecting in this session. */
export function decideChallenge(facts: ChallengeFacts): Decision<GivenChallenge> {
  const { caller, session, encryptionSubkey, challenge } = facts
  const event = {
    event: 'key.challenged',
    logs: [ownLog(caller)],
    detail: { purpose: 'collect', encryptionSubkey },
  } as const
  if (challenge === null) return { refusal: { code: 'NOT_FOUND' }, event }
  if (facts.failedProofs >= maxFailedProofs) return { refusal: tooMany, event }
  const { account } = caller.actor
  return {
    next: given(challenge, encryptionSubkey),
    changes: [challengeChange({ purpose: 'collect', account, session, encryptionSubkey, challenge })],
    event,
    jobs: [],
  }
}

export interface StoredProof {
  readonly id: string
  readonly account: AccountId
  readonly purpose: KeyProofPurpose
  readonly encryptionSubkey: Fingerprint
  readonly session: string
  readonly expiresAt: Instant
  readonly triedAt: Instant | null
}

export interface AnswerFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly proof: StoredProof | null
  readonly right: boolean
}

interface Proven {
  readonly purpose: KeyProofPurpose
  readonly encryptionSubkey: Fingerprint
}

/** One error for every failure; one try for each challenge. */
export function decideAnswer({ caller, session, proof, right }: AnswerFacts, at: Instant): Decision<Proven> {
  const logs = [ownLog(caller)]
  const isTheirs = proof !== null && proof.account === caller.actor.account && proof.session === session
  const isOpen = isTheirs && proof.triedAt === null && at < proof.expiresAt
  if (!isOpen || !right) {
    const changes = isOpen ? [{ kind: 'certificates.tried', id: proof.id, at } as const] : []
    return { refusal: { code: 'KEY_PROOF_FAILED' }, event: { event: 'key.proven', logs }, changes }
  }
  const { id, purpose, encryptionSubkey } = proof
  return {
    next: { purpose, encryptionSubkey },
    changes: [{ kind: 'certificates.proven', id, purpose, encryptionSubkey, at }],
    event: { event: 'key.proven', logs, detail: { purpose, encryptionSubkey } },
    jobs: [],
  }
}

interface Asked {
  readonly purpose: KeyProofPurpose
  readonly account: AccountId
  readonly session: string
  readonly encryptionSubkey: Fingerprint
  readonly challenge: PreparedChallenge
}

function challengeChange({ challenge, ...asked }: Asked) {
  const { id, answerHash, expires } = challenge
  return { kind: 'certificates.challenge', id, ...asked, answerHash, expiresAt: expires } as const
}

function given({ id, message, expires }: PreparedChallenge, encryptionSubkey: Fingerprint): GivenChallenge {
  return { id, message, encryptionSubkey, expires }
}
