// The logs over HTTP: each operation of the contract and the use case that answers it.
import { auditOperations } from '#contract/audit.ts'
import { type Route, route } from '../http/route.ts'
import type { AuditService } from './service.ts'

export function auditRoutes(service: AuditService): Route[] {
  return [
    route(auditOperations.export, ({ caller, idempotency, params }) =>
      service.export({ caller, idempotency, log: params }),
    ),
    route(auditOperations.entries, ({ caller, params, query }) =>
      service.entries({ caller, log: params, range: query }),
    ),
  ]
}
