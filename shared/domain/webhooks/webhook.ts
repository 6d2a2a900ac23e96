// A webhook: an address of an organisation's own program, which is told what became of its transfers. What it is told
// names nobody: ids, a kind and a time. The form of a message is Standard Webhooks' (standardwebhooks.com).
import * as z from 'zod'
import { addSeconds } from '../time.ts'
import { agreementId, type Instant, instant, organisationId, transferId } from '../values.ts'

export const webhookEvents = [
  'transfer.released',
  'transfer.collected',
  'transfer.recalled',
  'transfer.expired',
] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export const webhookId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'WebhookId'>()
export type WebhookId = z.infer<typeof webhookId>

/** https; or http on this machine alone, for trials. Never with a user or a password in it. */
export const webhookUrl = z
  .url()
  .max(500)
  .regex(/^(?:https:\/\/[^/@\s]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?)(?:\/[^#@\s]*)?$/, {
    error: 'must be an https address, without a name, a password or a part after #',
  })

/** The body that a receiver gets. `webhook.test` is sent when somebody asks for it. */
export const webhookMessage = z.strictObject({
  type: z.enum([...webhookEvents, 'webhook.test']),
  timestamp: instant,
  data: z.strictObject({
    /** Whose webhook it is. */
    organisation: organisationId,
    transfer: transferId.nullable(),
    agreement: agreementId.nullable(),
  }),
})
export type WebhookMessage = z.infer<typeof webhookMessage>

/** Seconds until the next try, after each one that failed: about a day in all. */
export const retrySeconds = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800] as const

export type Attempted =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly at: Instant }
  /** Nobody is there any more, or a day has passed: the webhook is failing. */
  | { readonly kind: 'given-up' }

/** `attempts`: made so far, this one included. `status`: of the reply, null when there was none. */
export function afterAttempt(
  { attempts, status }: { readonly attempts: number; readonly status: number | null },
  at: Instant,
): Attempted {
  if (status !== null && status >= 200 && status < 300) return { kind: 'delivered' }
  const pause = retrySeconds[attempts - 1]
  if (status === 410 || pause === undefined) return { kind: 'given-up' }
  return { kind: 'again', at: addSeconds(at, pause) }
}
