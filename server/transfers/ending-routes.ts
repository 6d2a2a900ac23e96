// The end of a transfer over HTTP: each operation of the contract and the use case that answers it.
import { endingOperations as operations } from '#contract/transfers/endings.ts'
import { type Route, route } from '../http/route.ts'
import type { EndingService } from './recall.ts'

export function endingRoutes(service: EndingService): Route[] {
  return [
    route(operations.recall, ({ caller, idempotency, params, body }) =>
      service.recall({ caller, idempotency, ...params, reason: body.reason }),
    ),
    route(operations.destructionCertificate, ({ caller, params }) => service.certificate({ caller, ...params })),
    route(operations.hold, ({ caller, idempotency, params, body }) =>
      service.hold({ caller, idempotency, ...params, ...body }),
    ),
    route(operations.liftHold, ({ caller, idempotency, params, body }) =>
      service.liftHold({ caller, idempotency, ...params, ...body }),
    ),
    route(operations.report, ({ caller, idempotency, params, body }) =>
      service.report({ caller, idempotency, ...params, ...body }),
    ),
    route(operations.stateDestruction, ({ caller, idempotency, params, body }) =>
      service.stateDestruction({ caller, idempotency, ...params, statement: body.statement }),
    ),
  ]
}
