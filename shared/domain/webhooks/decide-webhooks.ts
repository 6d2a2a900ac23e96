// Who registers, sees, tests, renews and removes an organisation's webhooks: its administrators, or a token of theirs.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Act, Refusal, Refused } from '../decision.ts'
import type { EventName } from '../events.ts'
import { isAdministrator } from '../organisations/submission.ts'
import type { Instant, OrganisationId } from '../values.ts'
import type { Decision, NewWebhook, WebhookChange } from './changes.ts'
import type { WebhookId } from './webhook.ts'

/** As it stands, without what was delivered. */
export interface Webhook {
  readonly id: WebhookId
  readonly organisation: OrganisationId
  readonly removedAt: Instant | null
  /** How often its secret was made. */
  readonly generation: number
}

type WebhookEventName = Extract<EventName, `webhook.${string}`>

/** Whichever webhook it is. */
export function refuseToManage(caller: PersonCaller): Refusal | null {
  return isAdministrator(caller) ? null : { code: 'ROLE_REQUIRED', detail: { role: 'organisation-administrator' } }
}

function refused(event: WebhookEventName, caller: PersonCaller, refusal: Refusal): Refused {
  return { refusal, event: { event, logs: [ownLog(caller)] } }
}

/** The host only: a path may hold a secret of the receiver's. */
export function decideRegisterWebhook(
  { caller }: { readonly caller: PersonCaller },
  { webhook, host }: { readonly webhook: NewWebhook; readonly host: string },
  at: Instant,
): Decision<{ readonly id: WebhookId; readonly generation: number }> {
  const event = 'webhook.registered'
  const stands = refuseToManage(caller)
  if (stands) return refused(event, caller, stands)
  return {
    next: { id: webhook.id, generation: 1 },
    changes: [{ kind: 'webhooks.register', webhook, at }],
    event: { event, logs: [ownLog(caller)], detail: { webhook: webhook.id, host, events: [...webhook.events] } },
    jobs: [],
  }
}

export function decideListWebhooks<View>({
  caller,
  view,
  count,
}: {
  readonly caller: PersonCaller
  readonly view: View
  readonly count: number
}): Decision<View> {
  const event = 'webhook.listed'
  const stands = refuseToManage(caller)
  if (stands) return refused(event, caller, stands)
  return { next: view, changes: [], event: { event, logs: [ownLog(caller)], detail: { count } }, jobs: [] }
}

export interface OneWebhookFacts {
  readonly caller: PersonCaller
  readonly webhook: Webhook | undefined
}

const verbs = {
  remove: { event: 'webhook.removed', change: 'webhooks.remove' },
  rotate: { event: 'webhook.rotated', change: 'webhooks.rotate' },
  test: { event: 'webhook.tested', change: 'webhooks.test' },
} as const
export type WebhookVerb = keyof typeof verbs

/** Somebody else's is as one that does not exist. */
export function decideChangeWebhook(
  { caller, webhook }: OneWebhookFacts,
  verb: WebhookVerb,
  at: Instant,
): Decision<{ readonly id: WebhookId; readonly generation: number }> {
  const { event, change } = verbs[verb]
  const stands = refuseToManage(caller)
  if (stands) return refused(event, caller, stands)
  // Removing what is removed is what was asked for: a repeated request finds it so.
  const gone = webhook?.removedAt !== null && verb !== 'remove'
  if (!webhook || webhook.organisation !== caller.actor.organisation || gone) {
    return refused(event, caller, { code: 'NOT_FOUND', detail: {} })
  }
  const { id, generation } = webhook
  const changes: readonly WebhookChange[] = webhook.removedAt === null ? [{ kind: change, webhook: id, at }] : []
  return {
    next: { id, generation: verb === 'rotate' ? generation + 1 : generation },
    changes,
    event: { event, logs: [ownLog(caller)], detail: { webhook: id } },
    jobs: [],
  }
}

/** By the housekeeper, when nobody takes what is sent: nothing more is sent until a test gets through. */
export function decideFailWebhook(
  webhook: Pick<Webhook, 'id' | 'organisation'>,
  status: number | null,
  at: Instant,
): Act<null, WebhookChange> {
  return {
    next: null,
    changes: [{ kind: 'webhooks.fail', webhook: webhook.id, at }],
    event: {
      event: 'webhook.failing',
      logs: [{ kind: 'organisation', id: webhook.organisation }],
      detail: { webhook: webhook.id, status: status ?? 0 },
    },
    jobs: [],
  }
}
