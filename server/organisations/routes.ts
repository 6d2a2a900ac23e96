// Organisations over HTTP: each operation of the contract and the use case that answers it.
import { decodeSigned } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { type Route, route } from '../http/route.ts'
import type { OrganisationService } from './service.ts'

export function organisationRoutes(service: OrganisationService): Route[] {
  return [
    route(organisationOperations.documents, ({ caller }) => service.documents({ caller })),
    route(organisationOperations.awaiting, ({ caller }) => service.awaiting({ caller })),
    route(organisationOperations.registerStatement, ({ caller, idempotency, body }) => {
      const keys = body.keys.map((bytes) => Uint8Array.fromBase64(bytes))
      return service.registerStatement({ caller, idempotency, signed: decodeSigned(body.document), keys })
    }),
    route(organisationOperations.registerRoster, ({ caller, idempotency, body }) => {
      const people = body.people.map(({ bytes }) => Uint8Array.fromBase64(bytes))
      return service.registerRoster({ caller, idempotency, signed: decodeSigned(body.document), people })
    }),
  ]
}
