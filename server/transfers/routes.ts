// Transfers over HTTP: each operation of the contract and the use case that answers it. Lists stand before `:transfer`.
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { type Route, route } from '../http/route.ts'
import type { TransferService } from './service.ts'

export function transferRoutes(service: TransferService): Route[] {
  return [
    route(sendOperations.draft, ({ caller, idempotency, body }) => service.draft({ caller, idempotency, body })),
    route(viewOperations.sent, ({ caller, query }) => service.list({ caller, list: 'sent', ...query })),
    route(viewOperations.inbox, ({ caller, query }) => service.list({ caller, list: 'inbox', ...query })),
    route(approveOperations.approvals, ({ caller, query }) => service.list({ caller, list: 'approvals', ...query })),
    route(viewOperations.view, ({ caller, params }) => service.view({ caller, ...params })),
    route(sendOperations.declareFiles, ({ caller, idempotency, params, body }) =>
      service.declareFiles({ caller, idempotency, ...params, body }),
    ),
    route(sendOperations.requestScanCertificate, ({ caller, idempotency, params }) =>
      service.requestScanCertificate({ caller, idempotency, ...params }),
    ),
    route(sendOperations.dispatch, ({ caller, idempotency, params, body }) =>
      service.dispatch({ caller, idempotency, ...params, body }),
    ),
    route(approveOperations.approve, ({ caller, idempotency, params, body }) =>
      service.approve({ caller, idempotency, ...params, approval: body.approval }),
    ),
    route(addRecipientOperations.addRecipient, ({ caller, idempotency, params, body }) =>
      service.addRecipient({ caller, idempotency, ...params, body }),
    ),
    route(collectOperations.fetch, ({ caller, params, headers }) => service.fetch({ caller, ...params, headers })),
    route(collectOperations.bundle, ({ caller, params }) => service.bundle({ caller, ...params })),
    route(collectOperations.opened, ({ caller, idempotency, params }) =>
      service.opened({ caller, idempotency, ...params }),
    ),
    route(collectOperations.acknowledge, ({ caller, idempotency, params, body }) =>
      service.acknowledge({ caller, idempotency, ...params, receipt: body.receipt }),
    ),
    route(endingOperations.destructionCertificate, ({ caller, params }) => service.certificate({ caller, ...params })),
    route(endingOperations.hold, ({ caller, idempotency, params, body }) =>
      service.hold({ caller, idempotency, ...params, ...body }),
    ),
    route(endingOperations.liftHold, ({ caller, idempotency, params, body }) =>
      service.liftHold({ caller, idempotency, ...params, ...body }),
    ),
    route(endingOperations.report, ({ caller, idempotency, params, body }) =>
      service.report({ caller, idempotency, ...params, ...body }),
    ),
    route(endingOperations.stateDestruction, ({ caller, idempotency, params, body }) =>
      service.stateDestruction({ caller, idempotency, ...params, statement: body.statement }),
    ),
  ]
}
