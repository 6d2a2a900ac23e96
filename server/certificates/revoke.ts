// Use case: somebody's key is revoked for ever, with or without its signed revocation. Rules are in
// domain/certificates/decide-revoke.ts.
import { certificateOperations } from '#contract/certificates.ts'
import { decideRevoke } from '#domain/certificates/decide-revoke.ts'
import { readRevocation } from '#openpgp/certificates.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import { findCertificate } from '#store/certificates.ts'
import { asDecided, useCase } from '../use-case.ts'

export const revokeCertificate = useCase(certificateOperations.revoke, {
  load: async (tx, { caller, fingerprint, certificate: base64 }, { now }) => {
    const bytes = base64 === null ? null : Uint8Array.fromBase64(base64)
    return {
      caller,
      certificate: await findCertificate(tx, fingerprint),
      published: bytes && (await readRevocation({ bytes, fingerprint, at: now() })),
      agreements: await loadAgreementsInForce(tx, caller.actor.organisation),
    }
  },
  decide: (facts, _asked, at) => decideRevoke(facts, at),
  present: asDecided,
})
