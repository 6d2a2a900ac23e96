// Sign-in, tokens, invitations, and who one is (ARCHITECTURE.md#sign-in). A token's or invitation's secret is in one
// reply, once.
import * as z from 'zod'
import { accountActNames } from '#domain/identity/act-names.ts'
import { role } from '#domain/roles.ts'
import {
  accountId,
  email,
  fingerprint,
  instant,
  line,
  organisationId,
  origin,
  sha256Hex,
  teamId,
} from '#domain/values.ts'
import { nothing, type Operation, scopes } from './operation.ts'

const id = z.string().regex(/^[0-9a-f]{32}$/)
/** Long enough to need no rules about what is in it. */
export const newPassword = z.string().min(15).max(128)
/** Six digits of the authenticator, or a one-time code. */
const code = z.string().min(6).max(30)
export const credentials = { email, password: z.string().min(1).max(128), code }
const scope = z.enum(scopes)
const tokenWish = { scopes: z.array(scope).min(1).max(scopes.length), days: z.int().min(1).max(30) }

/** Shown once. */
export const newSecrets = {
  /** Base32, for authenticators without a camera. */
  totpSecret: z.string(),
  totpUrl: z.string(),
  codes: z.array(z.string()).length(10),
}

/** `token` is the bearer secret: `shf_` + id + `_` + secret. */
const issuedToken = z.strictObject({ id, token: z.string(), scopes: z.array(scope), expires: instant })
export type IssuedToken = z.infer<typeof issuedToken>

const accountView = z.strictObject({
  account: accountId,
  email,
  name: z.string(),
  organisation: z.strictObject({ id: organisationId, name: z.string() }),
  /** From the current roster; of an organisation without one, its first administrator's. */
  roles: z.array(role),
  teams: z.array(teamId),
  /** What the invitation proposed; nothing until a roster says so. */
  proposedRoles: z.array(role),
  /** The roster that gives the roles; null when this person stands in none. */
  roster: z.strictObject({ sequence: z.int(), hash: sha256Hex, expires: instant }).nullable(),
  key: z.strictObject({ fingerprint, encryptionSubkey: fingerprint, proven: z.boolean() }).nullable(),
})
export type AccountView = z.infer<typeof accountView>

export const identityOperations = {
  signIn: {
    name: 'session.sign-in',
    summary: 'Sign in with e-mail, password and a code; the session is in a cookie',
    method: 'POST',
    path: '/session',
    scope: null,
    params: nothing,
    query: nothing,
    body: z.strictObject(credentials),
    reply: z.strictObject({ account: accountId, organisation: organisationId, roles: z.array(role) }),
    refusals: ['SIGN_IN_FAILED'],
  },
  signOut: {
    name: 'session.sign-out',
    summary: 'End this session',
    method: 'DELETE',
    path: '/session',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: [],
  },
  signInForToken: {
    name: 'token.sign-in',
    summary: 'Sign in with e-mail, password and a code for a token, without a session: for the command line',
    method: 'POST',
    path: '/tokens/sign-in',
    scope: null,
    params: nothing,
    query: nothing,
    body: z.strictObject({ ...credentials, ...tokenWish }),
    reply: issuedToken,
    refusals: ['SIGN_IN_FAILED'],
  },
  issueToken: {
    name: 'token.issue',
    summary: 'Issue a token for a machine; a token can only issue what it may do itself',
    method: 'POST',
    path: '/tokens',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: z.strictObject(tokenWish),
    reply: issuedToken,
    refusals: ['SCOPE_REQUIRED', 'SIGN_IN_REQUIRED', 'REQUEST_INVALID'],
  },
  revokeToken: {
    name: 'token.revoke',
    summary: 'Revoke one of your own tokens, and those made with it; a token revokes none that may do more than itself',
    method: 'DELETE',
    path: '/tokens/:token',
    scope: 'account',
    params: z.strictObject({ token: id }),
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['NOT_FOUND', 'SCOPE_REQUIRED'],
  },
  account: {
    name: 'identity.account',
    summary: 'Who you are: organisation, roles, key',
    method: 'GET',
    path: '/account',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: accountView.extend({
      /** Operations that the caller may begin something with now, whatever they give. */
      permitted: z.array(z.enum(accountActNames)).readonly(),
    }),
    refusals: [],
  },
  invite: {
    name: 'account.invite',
    summary: 'Invite a person into your organisation; give them the token yourself',
    method: 'POST',
    path: '/invitations',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({
      email,
      name: line(120),
      roles: z.array(role).min(1).max(8),
      /** Proposed, by name: the roster that makes a team gives it its id. */
      teams: z.array(line(120)).max(50),
    }),
    reply: z.strictObject({ id, token: z.string(), expires: instant }),
    refusals: ['ROLE_REQUIRED', 'ADDRESS_OUTSIDE', 'ACCOUNT_EXISTS'],
  },
  acceptInvitation: {
    name: 'account.accept',
    summary: 'Become an account: choose a password, get the authenticator secret and one-time codes once',
    method: 'POST',
    path: '/invitations/accept',
    scope: null,
    params: nothing,
    query: nothing,
    body: z.strictObject({ token: z.string().max(200), password: newPassword }),
    reply: z.strictObject({
      account: accountId,
      email,
      organisation: organisationId,
      /** The installation's name, to be pinned beside the root. */
      origin,
      ...newSecrets,
    }),
    refusals: ['INVITATION_INVALID'],
  },
} as const satisfies Record<string, Operation>
