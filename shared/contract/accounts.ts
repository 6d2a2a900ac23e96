// The life of an account after it was made: what is signed in as it, its password, what happens when one is lost, its end
// (ARCHITECTURE.md#sign-in).
import * as z from 'zod'
import { accountId, email } from '#domain/values.ts'
import { nothing, type Operation } from './operation.ts'

export const accountOperations = {
  deactivate: {
    name: 'account.deactivate',
    summary: 'End the account of somebody in your organisation: sessions, tokens and keys of it count no more',
    method: 'POST',
    path: '/accounts/deactivate',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({ email }),
    reply: z.strictObject({ account: accountId }),
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND', 'LAST_ADMINISTRATOR'],
  },
} as const satisfies Record<string, Operation>
