// The life of an account after it was made: what is signed in as it, its password, what happens when one is lost, its end
// (ARCHITECTURE.md#sign-in).
import * as z from 'zod'
import { accountId, email, instant } from '#domain/values.ts'
import { credentials, newPassword } from './identity.ts'
import { nothing, type Operation, scopes } from './operation.ts'

const id = z.string().regex(/^[0-9a-f]{32}$/)
/** `current`: what asks. */
const session = z.strictObject({ id, started: instant, lastUsed: instant, current: z.boolean() })
const token = z.strictObject({
  id,
  scopes: z.array(z.enum(scopes)),
  issued: instant,
  expires: instant,
  /** The token that it was made with, and dies with; null: a sign-in or a session. */
  madeBy: id.nullable(),
  current: z.boolean(),
})

export const accountOperations = {
  access: {
    name: 'account.access',
    summary: 'What is signed in as you: sessions of browsers, and tokens',
    method: 'GET',
    path: '/account/access',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ sessions: z.array(session), tokens: z.array(token) }),
    refusals: [],
  },
  endSession: {
    name: 'session.end',
    summary: 'End one of your own sessions; a token needs every scope for it, as a session may do all',
    method: 'DELETE',
    path: '/sessions/:session',
    scope: 'account',
    params: z.strictObject({ session: id }),
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['SESSION_ENDED', 'SCOPE_REQUIRED'],
  },
  endOthers: {
    name: 'session.end-others',
    summary: 'End every session and token of yours but the one that asks; a token needs every scope for it',
    method: 'DELETE',
    path: '/account/access',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ sessions: z.int(), tokens: z.int() }),
    refusals: ['SCOPE_REQUIRED'],
  },
  changePassword: {
    name: 'account.change-password',
    summary: 'Change your password, with what you show at sign-in; ends every other session and token of yours',
    method: 'POST',
    path: '/account/password',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: z.strictObject({ ...credentials, newPassword }),
    /** How many ended. */
    reply: z.strictObject({ sessions: z.int(), tokens: z.int() }),
    refusals: ['SIGN_IN_FAILED'],
  },
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
    refusals: ['ROLE_REQUIRED', 'NOT_FOUND', 'ACCOUNT_ENDED', 'LAST_ADMINISTRATOR'],
  },
} as const satisfies Record<string, Operation>
