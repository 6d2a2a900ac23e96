// Agreements over HTTP: each operation of the contract and the use case that answers it.
import { agreementOperations } from '#contract/agreements.ts'
import { decodeSigned } from '#contract/documents.ts'
import { type Route, route } from '../http/route.ts'
import type { AgreementService } from './service.ts'

export function agreementRoutes(service: AgreementService): Route[] {
  return [
    route(agreementOperations.import, ({ caller, idempotency, body }) =>
      service.import({ caller, idempotency, bytes: Uint8Array.fromBase64(body.bytes) }),
    ),
    route(agreementOperations.sign, ({ caller, idempotency, params, body }) =>
      service.sign({ caller, idempotency, id: params.agreement, signed: decodeSigned(body) }),
    ),
    route(agreementOperations.show, ({ caller, params, query }) =>
      service.show({ caller, id: params.agreement, version: query.version }),
    ),
    route(agreementOperations.list, ({ caller }) => service.list({ caller })),
  ]
}
