// Use cases of webhooks: what an administrator, or a token of theirs, does with the addresses that are told.
import type { WebhookView } from '#contract/webhooks.ts'
import type { PersonCaller } from '#domain/caller.ts'
import {
  decideChangeWebhook,
  decideListWebhooks,
  decideRegisterWebhook,
  type WebhookVerb,
} from '#domain/webhooks/decide-webhooks.ts'
import type { WebhookEvent, WebhookId } from '#domain/webhooks/webhook.ts'
import { randomId } from '#platform/crypto.ts'
import { shownWebhookSecret } from '#platform/webhook-secret.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import { loadWebhook, loadWebhooks } from '#store/webhooks.ts'

export interface WebhookServiceOptions {
  readonly commit: Commit
  /** Secrets follow from it; the housekeeper has it too. */
  readonly webhooksKey: Uint8Array
}

interface Acting {
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
}

interface Made {
  readonly id: WebhookId
  readonly secret: string
}

type One = Acting & { readonly webhook: WebhookId }
type Nothing = Record<string, never>

export interface WebhookService {
  register(act: Acting & { readonly url: string; readonly events: readonly WebhookEvent[] }): Promise<Outcome<Made>>
  list(asked: Pick<Acting, 'caller'>): Promise<Outcome<{ webhooks: WebhookView[] }>>
  test(act: One): Promise<Outcome<Nothing>>
  rotate(act: One): Promise<Outcome<Made>>
  remove(act: One): Promise<Outcome<Nothing>>
}

export function createWebhookService({ commit, webhooksKey }: WebhookServiceOptions): WebhookService {
  /** What is stored with the idempotency key has no secret; it follows again from the same two. */
  const shown = (outcome: Outcome<{ readonly id: WebhookId; readonly generation: number }>): Outcome<Made> =>
    outcome.ok
      ? { ...outcome, next: { id: outcome.next.id, secret: shownWebhookSecret(webhooksKey, outcome.next) } }
      : outcome
  const change = ({ caller, idempotency, webhook }: One, verb: WebhookVerb) =>
    commit({
      caller,
      idempotency,
      load: async (tx) => ({ caller, webhook: await loadWebhook(tx, webhook) }),
      decide: (facts, at) => decideChangeWebhook(facts, verb, at),
    })
  const done = async (act: One, verb: WebhookVerb): Promise<Outcome<Nothing>> => {
    const outcome = await change(act, verb)
    return outcome.ok ? { ...outcome, next: {} } : outcome
  }
  return {
    async register({ caller, idempotency, url, events }) {
      const { organisation, account: createdBy } = caller.actor
      const webhook = { id: randomId() as WebhookId, organisation, url, events: [...new Set(events)], createdBy }
      const { host } = new URL(url)
      const load = async () => ({ caller })
      const outcome = await commit({
        caller,
        idempotency,
        load,
        decide: (facts, at) => decideRegisterWebhook(facts, { webhook, host }, at),
      })
      return shown(outcome)
    },
    list: ({ caller }) =>
      commit({
        caller,
        load: async (tx) => {
          const webhooks = await loadWebhooks(tx, caller.actor.organisation)
          return { caller, view: { webhooks }, count: webhooks.length }
        },
        decide: decideListWebhooks,
      }),
    test: (act) => done(act, 'test'),
    rotate: async (act) => shown(await change(act, 'rotate')),
    remove: (act) => done(act, 'remove'),
  }
}
