// Webhooks: what an administrator, or a token of theirs, does with the addresses that are told of transfers. Rules are in
// domain/webhooks/decide-webhooks.ts.
import { webhookOperations } from '#contract/webhooks.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { decideChangeWebhook, decideListWebhooks, decideRegisterWebhook } from '#domain/webhooks/decide-webhooks.ts'
import type { WebhookId } from '#domain/webhooks/webhook.ts'
import { randomId } from '#platform/crypto.ts'
import { shownWebhookSecret } from '#platform/webhook-secret.ts'
import type { Tx } from '#store/database.ts'
import { loadWebhook, loadWebhooks } from '#store/webhooks.ts'
import { asDecided, done, type Adapters, type UseCase, useCase } from '../use-case.ts'

export const registerWebhook = useCase(webhookOperations.register, {
  prepare: ({ caller, url, events }) => {
    const { organisation, account: createdBy } = caller.actor
    const webhook = { id: randomId() as WebhookId, organisation, url, events: [...new Set(events)], createdBy }
    return { webhook, host: new URL(url).host }
  },
  load: async (_tx, { caller }) => ({ caller }),
  decide: decideRegisterWebhook,
  present: (made, _asked, adapters) => showSecret(made, adapters),
})

export const listWebhooks = useCase(webhookOperations.list, {
  load: async (tx, { caller }) => {
    const webhooks = await loadWebhooks(tx, caller.actor.organisation)
    return { caller, view: { webhooks }, count: webhooks.length }
  },
  decide: (facts) => decideListWebhooks(facts),
  present: asDecided,
})

export const testWebhook = useCase(webhookOperations.test, {
  load: loadOne,
  decide: (facts, _asked, at) => decideChangeWebhook(facts, 'test', at),
  present: done,
})

export const rotateWebhook = useCase(webhookOperations.rotate, {
  load: loadOne,
  decide: (facts, _asked, at) => decideChangeWebhook(facts, 'rotate', at),
  present: (made, _asked, adapters) => showSecret(made, adapters),
})

export const removeWebhook = useCase(webhookOperations.remove, {
  load: loadOne,
  decide: (facts, _asked, at) => decideChangeWebhook(facts, 'remove', at),
  present: done,
})

export const webhookUseCases: readonly UseCase[] = [
  registerWebhook,
  listWebhooks,
  testWebhook,
  rotateWebhook,
  removeWebhook,
]

async function loadOne(tx: Tx, { caller, webhook }: { readonly caller: PersonCaller; readonly webhook: WebhookId }) {
  return { caller, webhook: await loadWebhook(tx, webhook) }
}

/** Follows from id and generation: what is stored with the idempotency key has no secret. */
function showSecret(made: { readonly id: WebhookId; readonly generation: number }, { secrets }: Adapters) {
  return { id: made.id, secret: shownWebhookSecret(secrets.webhooks, made) }
}
