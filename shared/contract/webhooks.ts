// Webhooks of one's organisation. The secret is in the reply to registering and renewing, and nowhere else.
import * as z from 'zod'
import { webhookEvents, webhookId, webhookUrl } from '#domain/webhooks/webhook.ts'
import { count, instant, transferId } from '#domain/values.ts'
import { nothing, type Operation } from './operation.ts'

const one = z.strictObject({ webhook: webhookId })
/** `whsec_` and base64, as Standard Webhooks has it. */
const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
const made = z.strictObject({ id: webhookId, secret })

const delivery = z.strictObject({
  /** The `webhook-id` header: in order; the same on each try. */
  id: z.string(),
  event: z.enum([...webhookEvents, 'webhook.test']),
  transfer: transferId.nullable(),
  at: instant,
  attempts: count,
  /** HTTP status of the last reply; null when there was none. */
  status: z.int().nullable(),
  deliveredAt: instant.nullable(),
  /** When it is tried again; null when it is not. */
  nextAt: instant.nullable(),
})

const view = z.strictObject({
  id: webhookId,
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  createdAt: instant,
  /** Since when nobody takes what is sent, so that nothing is; a test that gets through ends it. */
  failingAt: instant.nullable(),
  /** The newest 20, newest first. */
  deliveries: z.array(delivery),
})
export type WebhookView = z.infer<typeof view>

export const webhookOperations = {
  register: {
    name: 'webhook.register',
    summary: 'Registers an address that is told what becomes of your organisation’s transfers; shows its secret once',
    method: 'POST',
    path: '/webhooks',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({ url: webhookUrl, events: z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length) }),
    reply: made,
    refusals: ['ROLE_REQUIRED'],
  },
  list: {
    name: 'webhook.list',
    summary: 'Your organisation’s webhooks, and what was delivered to them',
    method: 'GET',
    path: '/webhooks',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ webhooks: z.array(view) }),
    refusals: ['ROLE_REQUIRED'],
  },
  test: {
    name: 'webhook.test',
    summary: 'Sends a test message; one that gets through ends a webhook’s failing',
    method: 'POST',
    path: '/webhooks/:webhook/test',
    scope: 'organisation',
    params: one,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND'],
  },
  rotate: {
    name: 'webhook.rotate',
    summary: 'Makes a new secret, shown once; for a day messages are signed with both',
    method: 'POST',
    path: '/webhooks/:webhook/secret',
    scope: 'organisation',
    params: one,
    query: nothing,
    body: nothing,
    reply: made,
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND'],
  },
  remove: {
    name: 'webhook.remove',
    summary: 'Removes a webhook; nothing more is sent to it',
    method: 'DELETE',
    path: '/webhooks/:webhook',
    scope: 'organisation',
    params: one,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND'],
  },
} as const satisfies Record<string, Operation>
