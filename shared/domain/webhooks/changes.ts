// What decisions about webhooks may change. No secret is among it: each follows from id and generation (server/webhooks).
import type { Decision as DecisionOf } from '../decision.ts'
import type { AccountId, Instant, OrganisationId } from '../values.ts'
import type { WebhookEvent, WebhookId } from './webhook.ts'

export interface NewWebhook {
  readonly id: WebhookId
  readonly organisation: OrganisationId
  readonly url: string
  readonly events: readonly WebhookEvent[]
  readonly createdBy: AccountId
}

export type WebhookChange =
  | { readonly kind: 'webhooks.register'; readonly webhook: NewWebhook; readonly at: Instant }
  | { readonly kind: 'webhooks.remove'; readonly webhook: WebhookId; readonly at: Instant }
  | { readonly kind: 'webhooks.rotate'; readonly webhook: WebhookId; readonly at: Instant }
  | { readonly kind: 'webhooks.test'; readonly webhook: WebhookId; readonly at: Instant }
  | { readonly kind: 'webhooks.fail'; readonly webhook: WebhookId; readonly at: Instant }

export type Decision<Next> = DecisionOf<Next, WebhookChange>
