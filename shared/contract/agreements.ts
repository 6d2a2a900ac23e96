// Operations on data sharing agreements. Bytes are base64 and travel as they were signed.
import * as z from 'zod'
import { agreementActNames } from '#domain/agreements/act-names.ts'
import { agreementId, base64, count, day, instant, line, organisationId, sha256Hex } from '#domain/values.ts'
import { logHead, seenBefore } from './audit.ts'
import { agreementDocuments, signedDocument } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

const byAgreement = z.strictObject({ agreement: agreementId })
const version = z.int().positive()
const imported = z.strictObject({ id: agreementId, version, hash: sha256Hex })

/** Operations that the caller may perform on it now: what is signed is the newest version, and sent goes by the one in force. */
const permitted = z.array(z.enum(agreementActNames)).readonly()

const agreementSummary = imported.extend({
  reference: line(60),
  title: line(120),
  parties: z.array(z.strictObject({ organisation: organisationId, name: line(120), signed: z.boolean() })).readonly(),
  flows: z.array(z.strictObject({ code: line(60), from: organisationId, to: organisationId })).readonly(),
  activatedAt: instant.nullable(),
  effectiveFrom: day,
  reviewOn: day,
  expiresOn: day,
  permitted,
})

export const agreementOperations = {
  import: {
    name: 'agreements.import',
    summary: 'Import an agreement version, in its canonical bytes, so that its parties can sign it',
    method: 'POST',
    path: '/agreements',
    scope: 'agreements',
    params: nothing,
    query: nothing,
    body: z.strictObject({ bytes: base64.min(4).max(1_400_000) }),
    reply: imported,
    refusals: ['ROLE_REQUIRED', 'DOCUMENT_INVALID', 'AGR_REFUSED', 'AGR_EXPIRED'],
  },
  sign: {
    name: 'agreements.sign',
    summary: "Sign an agreement's newest version for one's organisation",
    method: 'POST',
    path: '/agreements/:agreement/signatures',
    scope: 'agreements',
    params: byAgreement,
    query: nothing,
    body: signedDocument,
    reply: imported.extend({ unsigned: z.array(organisationId).readonly() }),
    refusals: [
      'NOT_FOUND',
      'ROLE_REQUIRED',
      'DOCUMENT_INVALID',
      'AGR_REFUSED',
      'ROSTER_EXPIRED',
      'SIGNATURE_INVALID',
      'AGR_EXPIRED',
    ],
  },
  show: {
    name: 'agreements.show',
    summary: 'Everything a client needs to verify an agreement: the version in force, or the one asked for',
    method: 'GET',
    path: '/agreements/:agreement',
    scope: 'agreements',
    params: byAgreement,
    query: z.strictObject({ version: z.coerce.number().pipe(count.positive()).optional(), ...seenBefore }),
    body: nothing,
    reply: agreementDocuments.extend({
      /** When the version shown was put in force; null: it was not. */
      activatedAt: instant.nullable(),
      permitted,
      /** Of the agreement's log: who works under it is a witness of it. */
      log: logHead,
    }),
    refusals: ['NOT_FOUND', 'ROLE_REQUIRED'],
  },
  list: {
    name: 'agreements.list',
    summary: "The agreements of one's organisation, each in its newest version",
    method: 'GET',
    path: '/agreements',
    scope: 'agreements',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ agreements: z.array(agreementSummary).readonly() }),
    refusals: ['ROLE_REQUIRED'],
  },
} as const satisfies Record<string, Operation>
