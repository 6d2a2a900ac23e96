// Webhooks over HTTP.
import { webhookOperations } from '#contract/webhooks.ts'
import { type Route, route } from '../http/route.ts'
import type { WebhookService } from './service.ts'

export function webhookRoutes(service: WebhookService): Route[] {
  const { register, list, test, rotate, remove } = webhookOperations
  return [
    route(register, ({ caller, idempotency, body }) => service.register({ caller, idempotency, ...body })),
    route(list, ({ caller }) => service.list({ caller })),
    route(test, ({ caller, idempotency, params }) => service.test({ caller, idempotency, ...params })),
    route(rotate, ({ caller, idempotency, params }) => service.rotate({ caller, idempotency, ...params })),
    route(remove, ({ caller, idempotency, params }) => service.remove({ caller, idempotency, ...params })),
  ]
}
