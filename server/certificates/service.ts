// Use cases of certificates: inspect, challenge, check the answer. The service learns nothing from an answer but that
// it was right, and keeps only the hash of it; it never sees a private key (ARCHITECTURE.md#key-proof).
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
  type KnownCertificate,
  type PreparedChallenge,
  type UsableCertificate,
} from '#domain/certificates/decisions.ts'
import { decideRevoke } from '#domain/certificates/decide-revoke.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import { addSeconds } from '#domain/time.ts'
import { type AccountId, type Fingerprint, fingerprint, instant, type Instant, type Origin } from '#domain/values.ts'
import { type Certificate, inspectCertificate, mergeCertificates, readRevocation } from '#openpgp/certificates.ts'
import { keyProofLine, makeChallenge, rightAnswer } from '#openpgp/key-proof.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { equalSecrets, randomId, sha256 } from '#platform/crypto.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import {
  countFailedProofs,
  findCertificate,
  findLatestProven,
  findProvenCertificate,
  loadKnownCertificates,
  loadProof,
} from '#store/certificates.ts'
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

interface Revoked {
  readonly fingerprint: Fingerprint
  readonly revokedAt: Instant
}

interface Proven {
  readonly purpose: KeyProofPurpose
  readonly encryptionSubkey: Fingerprint
}

export interface CertificateService {
  register(act: Acting & { readonly certificate: Bytes }): Promise<Outcome<Registered>>
  /** `certificate`: the revoked one, to be published. */
  revoke(
    act: Acting & { readonly fingerprint: Fingerprint; readonly certificate: Bytes | null },
  ): Promise<Outcome<Revoked>>
  challenge(act: Acting & { readonly encryptionSubkey: Fingerprint }): Promise<Outcome<GivenChallenge>>
  prove(act: Acting & { readonly id: string; readonly answer: string }): Promise<Outcome<Proven>>
}

export function createCertificateService({ commit, origin, now }: CertificateServiceOptions): CertificateService {
  const prepare: Prepare = (wanted) => prepareChallenge({ ...wanted, origin, at: now() })
  const failedProofs = (tx: Tx, account: AccountId) =>
    countFailedProofs(tx, { account, since: addSeconds(now(), -failedProofSeconds) })

  return {
    async register({ caller, idempotency, certificate: bytes }) {
      const { account, organisation } = caller.actor
      const found = await inspectCertificate(bytes, now())
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const before = found.ok ? await findCertificate(tx, fingerprint.parse(found.certificate.fingerprint)) : null
          const certificate = found.ok
            ? await describe({ certificate: found.certificate, before, account, prepare, at: now() })
            : { code: found.code }
          return {
            caller,
            session: sessionOf(caller),
            certificate,
            known: 'code' in certificate ? [] : await loadKnownCertificates(tx, certificate),
            agreements: await loadAgreementsInForce(tx, organisation),
            failedProofs: await failedProofs(tx, account),
          }
        },
        decide: decideRegister,
      })
    },

    revoke({ caller, idempotency, fingerprint, certificate: bytes }) {
      return commit({
        caller,
        idempotency,
        load: async (tx) => ({
          caller,
          certificate: await findCertificate(tx, fingerprint),
          published: bytes && (await readRevocation({ bytes, fingerprint, at: now() })),
          agreements: await loadAgreementsInForce(tx, caller.actor.organisation),
        }),
        decide: decideRevoke,
      })
    },

    challenge({ caller, idempotency, encryptionSubkey }) {
      const { account } = caller.actor
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const certificate = await findProvenCertificate(tx, { account, encryptionSubkey })
          const revoked = certificate !== null && certificate.revokedAt !== null
          const challenge =
            certificate && !revoked
              ? await prepare({
                  purpose: 'collect',
                  account,
                  encryptionSubkey,
                  certificate: certificate.bytes,
                  expires: certificate.expiresAt,
                })
              : null
          const session = sessionOf(caller)
          return {
            caller,
            session,
            encryptionSubkey,
            challenge,
            revoked,
            failedProofs: await failedProofs(tx, account),
          }
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
          const latest = await findLatestProven(tx, caller.actor.account)
          const replaces = latest && latest.encryptionSubkey !== proof?.encryptionSubkey ? latest.fingerprint : null
          const agreements = await loadAgreementsInForce(tx, caller.actor.organisation)
          return { caller, session: sessionOf(caller), proof, right, replaces, agreements }
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

type Prepare = (wanted: Omit<Challenging, 'origin' | 'at'>) => Promise<PreparedChallenge>

interface Describing {
  readonly certificate: Certificate
  /** The same key as the service has it already. */
  readonly before: KnownCertificate | null
  readonly account: AccountId
  readonly prepare: Prepare
  readonly at: Instant
}

async function describe(describing: Describing): Promise<UsableCertificate | { readonly code: RefusalCode }> {
  const { before, account, prepare } = describing
  const certificate = await withEarlier(describing)
  if ('code' in certificate) return certificate
  // The newest subkey counts; of a key that is known already, the one that rosters and wrapped keys name.
  const subkey = before
    ? certificate.encryptionSubkeys.find((one) => one.fingerprint === before.encryptionSubkey)
    : certificate.encryptionSubkeys[0]
  if (!subkey) return { code: 'KEY_NO_ENCRYPTION_SUBKEY' }
  const encryptionSubkey = fingerprint.parse(subkey.fingerprint)
  const { bytes } = certificate
  const expires = earlier(certificate.expires, subkey.expires)
  const challenge = await prepare({ purpose: 'register', account, encryptionSubkey, certificate: bytes, expires: null })
  return {
    fingerprint: fingerprint.parse(certificate.fingerprint),
    encryptionSubkey,
    algorithm: subkey.algorithm,
    bytes,
    expires,
    challenge,
  }
}

/** With everything that an earlier state of the same certificate said, and inspected again. */
async function withEarlier({
  certificate,
  before,
  at,
}: Describing): Promise<Certificate | { readonly code: RefusalCode }> {
  if (!before) return certificate
  const merged = await inspectCertificate(
    await mergeCertificates({ older: before.bytes, newer: certificate.bytes, at }),
    at,
  )
  return merged.ok ? merged.certificate : { code: merged.code }
}

function earlier(one: string | null, other: string | null): Instant | null {
  const [first] = [one, other].filter((given) => given !== null).toSorted()
  return first === undefined ? null : instant.parse(first)
}

interface Challenging {
  readonly origin: Origin
  readonly purpose: KeyProofPurpose
  readonly account: AccountId
  readonly encryptionSubkey: Fingerprint
  readonly certificate: Bytes
  /** When the key ends. An expired one still opens what was sent to it: its challenge is made as of its last second. */
  readonly expires: Instant | null
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
    at: wanted.expires !== null && wanted.expires <= at ? addSeconds(wanted.expires, -1) : at,
  })
  return { id: randomId(), message: message.toBase64(), answerHash: hashOf(await rightAnswer(line)), expires }
}

function hashOf(answer: string): Bytes {
  return new Uint8Array(sha256(new TextEncoder().encode(answer)))
}
