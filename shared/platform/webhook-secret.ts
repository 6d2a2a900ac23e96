/**
 * Secrets of webhooks, and signatures with them (Standard Webhooks, symmetric). A secret follows from the webhook's id and
 * generation under a key that only server and housekeeper have: the database holds none, and a new generation is a new one.
 */
import { createHmac } from 'node:crypto'

type Named = { id: string; generation: number }

/** 32 octets. */
function secretOf(key: Uint8Array, { id, generation }: Named): Buffer {
  return createHmac('sha256', key).update(`safehand webhook 1 ${id} ${generation}`).digest()
}

/** As it is shown, once. */
export function shownWebhookSecret(key: Uint8Array, named: Named): string {
  return `whsec_${secretOf(key, named).toString('base64')}`
}

type Message = { messageId: string; timestamp: number; body: string }

/** The header `webhook-signature`: one for each secret that counts. */
export function webhookSignature(
  key: Uint8Array,
  secrets: readonly Named[],
  { messageId, timestamp, body }: Message,
): string {
  const signed = `${messageId}.${timestamp}.${body}`
  return secrets
    .map((named) => `v1,${createHmac('sha256', secretOf(key, named)).update(signed).digest('base64')}`)
    .join(' ')
}
