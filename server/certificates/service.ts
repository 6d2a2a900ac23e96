// Use cases of certificates: inspect, challenge, check the answer. The service learns nothing from an answer but that
// it was right, and keeps only the hash of it; it never sees a private key (DESIGN 6).
import { randomBytes } from 'node:crypto'
import type { PersonCaller } from '#domain/caller.ts'
import type { KeyProofPurpose } from '#domain/certificates/changes.ts'
import {
  challengeLifeSeconds,
  decideAnswer,
  decideChallenge,
  decideRegister,
  failedProofSeconds,
  type GivenChallenge,
  type PreparedChallenge,
  type UsableCertificate,
} from '#domain/certificates/decisions.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import { addSeconds } from '#domain/time.ts'
import { type AccountId, type Fingerprint, fingerprint, type Instant, type Origin } from '#domain/values.ts'
import { type Certificate, inspectCertificate } from '#openpgp/certificates.ts'
import { keyProofLine, makeChallenge, rightAnswer } from '#openpgp/key-proof.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { equalSecrets, randomId, sha256 } from '#platform/crypto.ts'
import { countFailedProofs, findProvenCertificate, loadOwners, loadProof } from '#store/certificates.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Tx } from '#store/database.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface CertificateServiceOptions {
  readonly commit: Commit
  readonly origin: Origin
  readonly now: () => Instant
}

interface Acting {
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
}

interface Registered {
  readonly fingerprint: Fingerprint
  readonly challenge: GivenChallenge
}

interface Proven {
  readonly purpose: KeyProofPurpose
  readonly encryptionSubkey: Fingerprint
}

export interface CertificateService {
  register(act: Acting & { readonly certificate: Bytes }): Promise<Outcome<Registered>>
  challenge(act: Acting & { readonly encryptionSubkey: Fingerprint }): Promise<Outcome<GivenChallenge>>
  prove(act: Acting & { readonly id: string; readonly answer: string }): Promise<Outcome<Proven>>
}

export function createCertificateService({ commit, origin, now }: CertificateServiceOptions): CertificateService {
  const prepare = (wanted: Omit<Challenging, 'origin' | 'at'>) => prepareChallenge({ ...wanted, origin, at: now() })
  const failedProofs = (tx: Tx, account: AccountId) =>
    countFailedProofs(tx, { account, since: addSeconds(now(), -failedProofSeconds) })

  return {
    async register({ caller, idempotency, certificate: bytes }) {
      const { account } = caller.actor
      const found = await inspectCertificate(bytes, now())
      const certificate = found.ok ? await describe(found.certificate, { account, prepare }) : { code: found.code }
      return commit({
        caller,
        idempotency,
        load: async (tx) => ({
          caller,
          session: sessionOf(caller),
          certificate,
          owners: 'code' in certificate ? [] : await loadOwners(tx, certificate),
          failedProofs: await failedProofs(tx, account),
        }),
        decide: decideRegister,
      })
    },

    challenge({ caller, idempotency, encryptionSubkey }) {
      const { account } = caller.actor
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const certificate = await findProvenCertificate(tx, { account, encryptionSubkey })
          const challenge =
            certificate && (await prepare({ purpose: 'collect', account, encryptionSubkey, certificate }))
          const session = sessionOf(caller)
          return { caller, session, encryptionSubkey, challenge, failedProofs: await failedProofs(tx, account) }
        },
        decide: decideChallenge,
      })
    },

    prove({ caller, idempotency, id, answer }) {
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const proof = await loadProof(tx, id)
          const right = proof !== null && equalSecrets(hashOf(answer), proof.answerHash)
          return { caller, session: sessionOf(caller), proof, right }
        },
        decide: decideAnswer,
      })
    },
  }
}

/** A proof belongs to one session or token; a person always has one. */
function sessionOf({ session }: PersonCaller): string {
  if (session === null) throw new TypeError('a person acts in a session or with a token')
  return session
}

interface Describing {
  readonly account: AccountId
  readonly prepare: (wanted: Omit<Challenging, 'origin' | 'at'>) => Promise<PreparedChallenge>
}

async function describe(
  certificate: Certificate,
  { account, prepare }: Describing,
): Promise<UsableCertificate | { readonly code: RefusalCode }> {
  // An inspected certificate has at least one; the newest counts.
  const [subkey] = certificate.encryptionSubkeys
  if (!subkey) return { code: 'KEY_NO_ENCRYPTION_SUBKEY' }
  if (!certificate.supportsV2Gcm) return { code: 'KEY_PROFILE_UNSUPPORTED' }
  const encryptionSubkey = fingerprint.parse(subkey.fingerprint)
  const bytes = new Uint8Array(certificate.bytes)
  const challenge = await prepare({ purpose: 'register', account, encryptionSubkey, certificate: bytes })
  const { algorithm } = subkey
  return { fingerprint: fingerprint.parse(certificate.fingerprint), encryptionSubkey, algorithm, bytes, challenge }
}

interface Challenging {
  readonly origin: Origin
  readonly purpose: KeyProofPurpose
  readonly account: AccountId
  readonly encryptionSubkey: Fingerprint
  readonly certificate: Bytes
  readonly at: Instant
}

async function prepareChallenge(wanted: Challenging): Promise<PreparedChallenge> {
  const { origin, purpose, account, encryptionSubkey, certificate, at } = wanted
  const expires = addSeconds(at, challengeLifeSeconds)
  const nonce = randomBytes(32).toString('hex')
  const line = keyProofLine({ origin, purpose, account, subkey: encryptionSubkey, transfer: '-', nonce, expires })
  const message = await makeChallenge({
    line,
    certificate,
    encryptionSubkey,
    sessionKey: asSessionKey(randomBytes(32)),
    salt: randomBytes(32),
    at,
  })
  return { id: randomId(), message: message.toBase64(), answerHash: hashOf(await rightAnswer(line)), expires }
}

function hashOf(answer: string): Bytes {
  return new Uint8Array(sha256(new TextEncoder().encode(answer)))
}
