// Transfers over HTTP: each operation of the contract and the use case that answers it. Lists stand before `:transfer`.
import { transferOperations as operations } from '#contract/transfers.ts'
import { type Route, route } from '../http/route.ts'
import type { TransferService } from './service.ts'

export function transferRoutes(service: TransferService): Route[] {
  return [
    route(operations.draft, ({ caller, idempotency, body }) => service.draft({ caller, idempotency, body })),
    route(operations.sent, ({ caller }) => service.list({ caller, list: 'sent' })),
    route(operations.inbox, ({ caller }) => service.list({ caller, list: 'inbox' })),
    route(operations.approvals, ({ caller }) => service.list({ caller, list: 'approvals' })),
    route(operations.view, ({ caller, params }) => service.view({ caller, ...params })),
    route(operations.declareFiles, ({ caller, idempotency, params, body }) =>
      service.declareFiles({ caller, idempotency, ...params, body }),
    ),
    route(operations.requestScanCertificate, ({ caller, idempotency, params }) =>
      service.requestScanCertificate({ caller, idempotency, ...params }),
    ),
    route(operations.dispatch, ({ caller, idempotency, params, body }) =>
      service.dispatch({ caller, idempotency, ...params, body }),
    ),
    route(operations.abandon, ({ caller, idempotency, params }) => service.abandon({ caller, idempotency, ...params })),
    route(operations.approve, ({ caller, idempotency, params, body }) =>
      service.approve({ caller, idempotency, ...params, approval: body.approval }),
    ),
    route(operations.addRecipient, ({ caller, idempotency, params, body }) =>
      service.addRecipient({ caller, idempotency, ...params, body }),
    ),
    route(operations.fetch, ({ caller, params, headers }) => service.fetch({ caller, ...params, headers })),
    route(operations.bundle, ({ caller, params }) => service.bundle({ caller, ...params })),
    route(operations.opened, ({ caller, idempotency, params }) => service.opened({ caller, idempotency, ...params })),
    route(operations.acknowledge, ({ caller, idempotency, params, body }) =>
      service.acknowledge({ caller, idempotency, ...params, receipt: body.receipt }),
    ),
  ]
}
