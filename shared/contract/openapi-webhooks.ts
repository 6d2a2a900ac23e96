// What a webhook gets, in the OpenAPI document: one message for each event, in the form of Standard Webhooks
// (standardwebhooks.com), so that receivers may use anybody's library to verify it.
import { webhookEvents } from '#domain/webhooks/webhook.ts'
import type { ApiDescription, ApiParameter, Schema } from './openapi-model.ts'

const header = (name: string, description: string): ApiParameter => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
})

const headers: readonly ApiParameter[] = [
  header('webhook-id', 'In order for one webhook, and the same on each try: drop what you have seen.'),
  header('webhook-timestamp', 'Seconds since 1970, of this try. Refuse what is older than five minutes.'),
  header(
    'webhook-signature',
    'HMAC-SHA256 of id, timestamp and body with the secret: v1,BASE64; two for a day after a new one.',
  ),
]

export function webhookPaths(message: Schema): ApiDescription['webhooks'] {
  return Object.fromEntries(
    [...webhookEvents, 'webhook.test'].map((event) => [
      event,
      {
        post: {
          operationId: `tell.${event}`,
          summary: `Tells a webhook: ${event}`,
          tags: ['webhook'],
          security: [],
          parameters: headers,
          requestBody: { required: true, content: { 'application/json': { schema: message } } },
          responses: {
            200: { description: 'Any 2xx: taken. Anything else, and no redirect is followed: tried again for a day.' },
            410: { description: 'Gone: nothing more is sent.' },
          },
        },
      },
    ]),
  )
}
