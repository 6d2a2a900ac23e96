// An organisation's own signed documents, who waits for its roster, and registering the next statement or roster.
import * as z from 'zod'
import { organisationActNames } from '#domain/organisations/act-names.ts'
import { role } from '#domain/roles.ts'
import { accountId, base64, email, fingerprint, organisationId, sha256Hex } from '#domain/values.ts'
import { organisationDocuments, signedDocument, smallBytes } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

/** Somebody with a proven certificate that the current roster does not list. What is proposed gives no right. */
const awaitingPerson = z.strictObject({
  account: accountId,
  name: z.string(),
  email,
  certificate: fingerprint,
  encryptionSubkey: fingerprint,
  certificateBytes: smallBytes,
  proposedRoles: z.array(role),
  /** By name: the roster that makes a team gives it its id. */
  proposedTeams: z.array(z.string()),
})
export type AwaitingPerson = z.infer<typeof awaitingPerson>

const registered = z.strictObject({ sequence: z.int().positive(), hash: sha256Hex })

/** Operations that the caller may perform for the organisation now. */
const permitted = z.array(z.enum(organisationActNames)).readonly()

/** A roster of 10,000 people with their entries; everything else is far smaller. */
const maxRosterBody = 16 * 1024 * 1024

export const organisationOperations = {
  documents: {
    name: 'organisation.documents',
    summary: 'Statements, rosters, people and certificates of your own organisation',
    method: 'GET',
    path: '/organisation/documents',
    scope: 'account',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: organisationDocuments.extend({ permitted }),
    refusals: [],
  },
  awaiting: {
    name: 'organisation.awaiting',
    summary: 'People with a proven certificate who are not in the current roster with it',
    method: 'GET',
    path: '/organisation/awaiting',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({
      organisation: organisationId,
      name: z.string(),
      people: z.array(awaitingPerson),
      /** In the current roster with a key that was revoked or has expired: the next roster leaves them out. */
      withdrawn: z.array(accountId),
      permitted,
    }),
    refusals: ['ROLE_REQUIRED'],
  },
  registerStatement: {
    name: 'organisation.register-statement',
    summary: 'Register the next statement, signed by the organisation’s root',
    method: 'POST',
    path: '/organisation/statements',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({
      document: signedDocument,
      /** Certificates of the root, of every roster key that the statement lists, and of the successor it names. */
      keys: z.array(smallBytes).min(2).max(22),
    }),
    reply: registered,
    refusals: ['ROLE_REQUIRED', 'DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'STATEMENT_REFUSED', 'KEY_SECRET'],
    maxBody: 4 * 1024 * 1024,
  },
  registerRoster: {
    name: 'organisation.register-roster',
    summary: 'Register the next roster, signed by a roster key',
    method: 'POST',
    path: '/organisation/rosters',
    scope: 'organisation',
    params: nothing,
    query: nothing,
    body: z.strictObject({
      document: signedDocument,
      /** The person entries behind all of the roster's digests. */
      people: z.array(z.strictObject({ bytes: base64.min(4).max(20_000) })).max(10_000),
      /** Left out because their key has ended, and expected to prove another. Whoever else is left out has left. */
      mayReturn: z.array(accountId).max(10_000).default([]),
    }),
    reply: registered,
    refusals: ['ROLE_REQUIRED', 'DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'ROSTER_REFUSED'],
    maxBody: maxRosterBody,
  },
} as const satisfies Record<string, Operation>
