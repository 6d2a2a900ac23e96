// Certificates and key proofs over HTTP: each operation of the contract and the use case that answers it.
import { certificateOperations } from '#contract/certificates.ts'
import { type Route, route } from '../http/route.ts'
import type { CertificateService } from './service.ts'

export function certificateRoutes(service: CertificateService): Route[] {
  return [
    route(certificateOperations.register, ({ caller, idempotency, body }) =>
      service.register({ caller, idempotency, certificate: Uint8Array.fromBase64(body.certificate) }),
    ),
    route(certificateOperations.revoke, ({ caller, idempotency, params, body }) =>
      service.revoke({
        caller,
        idempotency,
        fingerprint: params.fingerprint,
        certificate: body.certificate === null ? null : Uint8Array.fromBase64(body.certificate),
      }),
    ),
    route(certificateOperations.challenge, ({ caller, idempotency, body }) =>
      service.challenge({ caller, idempotency, encryptionSubkey: body.encryptionSubkey }),
    ),
    route(certificateOperations.prove, ({ caller, idempotency, params, body }) =>
      service.prove({ caller, idempotency, id: params.id, answer: body.answer }),
    ),
  ]
}
