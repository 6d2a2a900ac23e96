// Use cases of key proof: a challenge for a key that is known, and its answer. Rules are in domain/certificates/decisions.ts.
import { certificateOperations } from '#contract/certificates.ts'
import { decideProve, decideChallenge } from '#domain/certificates/decisions.ts'
import { equalSecrets } from '#platform/crypto.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import {
  findClaim,
  findLatestProven,
  findProvenCertificate,
  loadKnownCertificates,
  loadProof,
} from '#store/certificates.ts'
import { asDecided, useCase } from '../use-case.ts'
import { failedProofs, hashOf, prepareChallenge, sessionOf } from './challenge.ts'

export const askForChallenge = useCase(certificateOperations.challenge, {
  load: async (tx, { caller, encryptionSubkey }, adapters) => {
    const { account } = caller.actor
    const certificate = await findProvenCertificate(tx, { account, encryptionSubkey })
    const revoked = certificate !== null && certificate.revokedAt !== null
    const wanted = certificate && !revoked && { certificate: certificate.bytes, expires: certificate.expiresAt }
    const challenge = wanted
      ? await prepareChallenge({ purpose: 'collect', account, encryptionSubkey, ...wanted }, adapters)
      : null
    const failed = await failedProofs(tx, caller, adapters)
    return { caller, session: sessionOf(caller), encryptionSubkey, challenge, revoked, failedProofs: failed }
  },
  decide: (facts) => decideChallenge(facts),
  present: asDecided,
})

export const proveKey = useCase(certificateOperations.prove, {
  load: async (tx, { caller, id, answer }) => {
    const proof = await loadProof(tx, id)
    const right = proof !== null && equalSecrets(hashOf(answer), proof.answerHash)
    const latest = await findLatestProven(tx, caller.actor.account)
    const replaces = latest && latest.encryptionSubkey !== proof?.encryptionSubkey ? latest.fingerprint : null
    const agreements = await loadAgreementsInForce(tx, caller.actor.organisation)
    const { account } = caller.actor
    const claim =
      proof?.purpose === 'register' ? await findClaim(tx, { account, encryptionSubkey: proof.encryptionSubkey }) : null
    const taken = claim !== null && (await loadKnownCertificates(tx, claim)).length > 0
    return { caller, session: sessionOf(caller), proof, right, claim, taken, replaces, agreements }
  },
  decide: (facts, _asked, at) => decideProve(facts, at),
  present: asDecided,
})
