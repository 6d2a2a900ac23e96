// What clients and service say to each other about the end of a transfer (ARCHITECTURE.md#ends).
import * as z from 'zod'
import { recallOutcomes } from '#domain/transfers/ending.ts'
import { holdReasons, officersReasons, problems } from '#domain/transfers/transfer.ts'
import { fingerprint, line } from '#domain/values.ts'
import { signedDocument, smallBytes } from '../documents.ts'
import { nothing, oneTransfer, type Operation } from '../operation.ts'

export const endingOperations = {
  recall: {
    name: 'transfer.recall',
    summary: 'Takes a transfer back at once, and says what is true about it: whether anybody fetched it before',
    method: 'POST',
    path: '/transfers/:transfer/recall',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ reason: line(200) }),
    reply: z.strictObject({ outcome: z.enum(recallOutcomes) }),
    refusals: ['NOT_FOUND', 'SENDER_REQUIRED', 'TRANSFER_STATE', 'TRANSFER_EXPIRED'],
  },
  destructionCertificate: {
    name: 'transfer.destruction-certificate',
    summary: 'Gives the housekeeper’s signed word that a transfer is destroyed',
    method: 'GET',
    path: '/transfers/:transfer/certificate',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: z.strictObject({
      certificate: signedDocument,
      housekeeper: z.strictObject({ fingerprint, certificate: smallBytes }),
    }),
    refusals: ['NOT_FOUND', 'TRANSFER_STATE'],
  },
  placeHold: {
    name: 'transfer.place-hold',
    summary:
      'An officer of a party stops a transfer: nobody collects it, nothing of it is destroyed, its clock stands still',
    method: 'POST',
    path: '/transfers/:transfer/place-hold',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ reason: z.enum(officersReasons), words: line(200) }),
    reply: nothing,
    refusals: ['NOT_FOUND', 'ROLE_REQUIRED', 'TRANSFER_STATE', 'TRANSFER_EXPIRED', 'INCIDENT_HOLD'],
  },
  liftHold: {
    name: 'transfer.lift-hold',
    summary: 'Who placed a hold, or an officer of their organisation, lifts it: the time that was left goes on',
    method: 'POST',
    path: '/transfers/:transfer/lift-hold',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ words: line(200) }),
    /** Why it is still held: it waits for an approver, or a recipient's report stands. */
    reply: z.strictObject({ held: z.enum(holdReasons).nullable() }),
    refusals: ['NOT_FOUND', 'ROLE_REQUIRED', 'HOLD_OF_OTHERS', 'TRANSFER_STATE'],
  },
  report: {
    name: 'transfer.report',
    summary: 'A recipient reports a problem: the transfer is held for everyone, and sender and officers are told',
    method: 'POST',
    path: '/transfers/:transfer/problems',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ problem: z.enum(problems), words: line(200) }),
    reply: nothing,
    refusals: ['NOT_FOUND', 'TRANSFER_STATE', 'TRANSFER_EXPIRED', 'INCIDENT_HOLD'],
  },
  stateDestruction: {
    name: 'transfer.state-destruction',
    summary: 'A recipient says, signed, what became of the copy that they fetched',
    method: 'POST',
    path: '/transfers/:transfer/destruction-statements',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ statement: signedDocument }),
    reply: nothing,
    refusals: ['NOT_FOUND', 'TRANSFER_STATE', 'DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'NOTE_MISMATCH'],
  },
} as const satisfies Record<string, Operation>
