// A lost password or authenticator: an administrator who sees the person opens a reset, a second person confirms an
// administrator's, the person completes it with the code that they were told (ARCHITECTURE.md#reset).
import * as z from 'zod'
import { accountId, email, instant } from '#domain/values.ts'
import { newPassword, newSecrets } from './identity.ts'
import { nothing, type Operation } from './operation.ts'

const id = z.string().regex(/^[0-9a-f]{32}$/)
const oneReset = z.strictObject({ reset: id })

const openReset = z.strictObject({
  id,
  email,
  name: z.string(),
  organisation: z.string(),
  openedBy: z.string(),
  opened: instant,
  expires: instant,
  needsSecond: z.boolean(),
  confirmed: z.boolean(),
})
export type OpenResetView = z.infer<typeof openReset>

export const resetOperations = {
  list: {
    name: 'account.resets',
    summary: 'Resets that are open: your organisation’s for its administrators, your own for everybody',
    method: 'GET',
    path: '/resets',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ resets: z.array(openReset) }),
    refusals: [],
  },
  open: {
    name: 'account.open-reset',
    summary: 'Let a colleague whom you see choose a new password and authenticator; say the code to them yourself',
    method: 'POST',
    path: '/resets',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({ email }),
    /** `needsSecond`: the code does nothing until another administrator has confirmed it. */
    reply: z.strictObject({ id, code: z.string(), expires: instant, needsSecond: z.boolean() }),
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED', 'SECOND_PERSON_MISSING'],
  },
  confirm: {
    name: 'account.confirm-reset',
    summary: 'Confirm, as a second person, the reset of an administrator',
    method: 'POST',
    path: '/resets/:reset/confirm',
    scope: 'organisation',
    params: oneReset,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED', 'RESET_ENDED'],
  },
  withdraw: {
    name: 'account.withdraw-reset',
    summary: 'Take back a reset that was not completed: your own, or as an administrator',
    method: 'DELETE',
    path: '/resets/:reset',
    scope: 'account',
    params: oneReset,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['NOT_FOUND', 'RESET_ENDED'],
  },
  complete: {
    name: 'account.complete-reset',
    summary: 'With the code you were told: choose a password, get a new authenticator secret and one-time codes once',
    method: 'POST',
    path: '/resets/complete',
    scope: null,
    params: nothing,
    query: nothing,
    body: z.strictObject({ email, code: z.string().min(6).max(30), password: newPassword }),
    reply: z.strictObject({ account: accountId, email, ...newSecrets }),
    refusals: ['RESET_INVALID', 'RESET_WAITING'],
  },
} as const satisfies Record<string, Operation>
