// Certificates and key proofs (ARCHITECTURE.md#key-proof): a key counts when its holder answered a challenge to it.
// Challenges arrive as facts, already made; of the right answer the decision knows only whether it was given.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { LogReference } from '../events.ts'
import type { Act, Refusal, Refused } from '../decision.ts'
import type { RefusalCode } from '../refusals.ts'
import type { AccountId, AgreementId, Bytes, Fingerprint, Instant } from '../values.ts'
import type { CertificateChange, ClaimedKey, Decision, KeyProofPurpose } from './changes.ts'

/** Wrong answers of one account within an hour before it gets no further challenge. */
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
  readonly answerHash: Bytes
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
  /** Of one registered before: with everything the earlier one said. */
  readonly bytes: Bytes
  readonly expires: Instant | null
  readonly challenge: PreparedChallenge
}

/** A certificate as the service has it today. */
export interface KnownCertificate {
  readonly fingerprint: Fingerprint
  readonly account: AccountId
  readonly encryptionSubkey: Fingerprint
  readonly bytes: Bytes
  readonly provenAt: Instant | null
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
}

/** Key changes are everybody's business: they go to the own log and to that of every agreement in force. */
export function keyLogs(caller: PersonCaller, agreements: readonly AgreementId[]): readonly LogReference[] {
  return [ownLog(caller), ...agreements.map((id) => ({ kind: 'agreement', id }) as const)]
}

export interface RegisterFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly certificate: UsableCertificate | { readonly code: RefusalCode }
  /** Which of the caller's own have this fingerprint or subkey already. What others have is nobody's to learn. */
  readonly known: readonly KnownCertificate[]
  /** In force, with the caller's organisation as a party. */
  readonly agreements: readonly AgreementId[]
  readonly failedProofs: number
}

interface Registered {
  readonly fingerprint: Fingerprint
  readonly challenge: GivenChallenge
}

/**
 * Registering again gives a new challenge: the first may have been lost. The same key with a new date is renewed. A key that
 * somebody else has proven is answered as any other: only who proves to hold it as well learns that it is taken.
 */
export function decideRegister(facts: RegisterFacts, at: Instant): Decision<Registered> {
  const { caller, certificate, known } = facts
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'key.registered', logs: [ownLog(caller)] },
  })
  if ('code' in certificate) return refused({ code: certificate.code })
  const { fingerprint } = certificate
  const before = known.find((one) => one.fingerprint === fingerprint)
  if (known.some((one) => one !== before)) return refused({ code: 'KEY_TAKEN' })
  if (before?.revokedAt) return refused({ code: 'KEY_REVOKED' })
  if (facts.failedProofs >= maxFailedProofs) return refused(tooMany)
  return before ? registerAgain({ facts, certificate, before, at }) : registerNew({ facts, certificate, at })
}

interface Registering {
  readonly facts: RegisterFacts
  readonly certificate: UsableCertificate
  readonly at: Instant
}

function registerNew({ facts, certificate, at }: Registering): Act<Registered, CertificateChange> {
  const { caller, agreements } = facts
  const { fingerprint, encryptionSubkey, algorithm, bytes, expires } = certificate
  const { account } = caller.actor
  return {
    next: registered(certificate),
    changes: [
      { kind: 'certificates.claim', account, key: { fingerprint, encryptionSubkey, bytes, expires }, at },
      challengeOf({ facts, certificate }),
    ],
    event: {
      event: 'key.registered',
      logs: keyLogs(caller, agreements),
      detail: { fingerprint, encryptionSubkey, algorithm },
    },
    jobs: [],
  }
}

function registerAgain(
  registering: Registering & { readonly before: KnownCertificate },
): Act<Registered, CertificateChange> {
  const { facts, certificate, before, at } = registering
  const { caller, agreements } = facts
  const { fingerprint, encryptionSubkey, bytes, expires } = certificate
  const asked = challengeOf({ facts, certificate })
  const next = registered(certificate)
  if (sameBytes(bytes, before.bytes)) {
    const detail = { purpose: 'register', encryptionSubkey }
    return { next, changes: [asked], event: { event: 'key.challenged', logs: [ownLog(caller)], detail }, jobs: [] }
  }
  return {
    next,
    changes: [{ kind: 'certificates.renew', fingerprint, bytes, expires, at }, asked],
    event: {
      event: 'key.renewed',
      logs: keyLogs(caller, agreements),
      detail: { fingerprint, encryptionSubkey, expires },
    },
    jobs: [],
  }
}

function registered({ fingerprint, encryptionSubkey, challenge }: UsableCertificate): Registered {
  return { fingerprint, challenge: given(challenge, encryptionSubkey) }
}

function challengeOf({ facts, certificate }: Pick<Registering, 'facts' | 'certificate'>) {
  const { caller, session } = facts
  const { encryptionSubkey, challenge } = certificate
  return challengeChange({ purpose: 'register', account: caller.actor.account, session, encryptionSubkey, challenge })
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index])
}

export interface ChallengeFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly encryptionSubkey: Fingerprint
  /** Null: this person has proven no such subkey. */
  readonly challenge: PreparedChallenge | null
  readonly revoked: boolean
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
  if (facts.revoked) return { refusal: { code: 'KEY_REVOKED' }, event }
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

export interface ProveFacts {
  readonly caller: PersonCaller
  readonly session: string
  readonly proof: StoredProof | null
  readonly right: boolean
  /** The caller's claim that this is about; null: the key is proven already, or the proof is for collecting. */
  readonly claim: ClaimedKey | null
  /** Somebody has proven a key with this fingerprint or subkey. */
  readonly taken: boolean
  /** The certificate that the person proved last and has not revoked, if it is another than the one proven now. */
  readonly replaces: Fingerprint | null
  /** In force, with the caller's organisation as a party. */
  readonly agreements: readonly AgreementId[]
}

interface Proven {
  readonly purpose: KeyProofPurpose
  readonly encryptionSubkey: Fingerprint
}

/** One error for every failure; one try for each challenge. */
export function decideProve(facts: ProveFacts, at: Instant): Decision<Proven> {
  const { caller, session, proof, right, replaces } = facts
  const logs = [ownLog(caller)]
  const isTheirs = proof !== null && proof.account === caller.actor.account && proof.session === session
  const isOpen = isTheirs && proof.triedAt === null && at < proof.expiresAt
  if (!isOpen || !right) {
    const changes = isOpen ? [{ kind: 'certificates.tried', id: proof.id, at } as const] : []
    return { refusal: { code: 'KEY_PROOF_FAILED' }, event: { event: 'key.proven', logs }, changes }
  }
  const { id, purpose, encryptionSubkey } = proof
  const { claim, taken } = facts
  if (claim && taken) {
    const changes = [{ kind: 'certificates.tried', id: proof.id, at } as const]
    return { refusal: { code: 'KEY_TAKEN' }, event: { event: 'key.proven', logs }, changes }
  }
  const { account } = caller.actor
  return {
    next: { purpose, encryptionSubkey },
    changes: [
      ...(claim ? [{ kind: 'certificates.register', account, ...claim, at } as const] : []),
      { kind: 'certificates.proven', id, purpose, encryptionSubkey, at },
    ],
    event:
      purpose === 'register' && replaces !== null
        ? { event: 'key.replaced', logs: keyLogs(caller, facts.agreements), detail: { encryptionSubkey, replaces } }
        : { event: 'key.proven', logs, detail: { purpose, encryptionSubkey } },
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
