// What recipients and the service say to each other: take, fetch, open, acknowledge (ARCHITECTURE.md#collect).
import * as z from 'zod'
import { accountId, fileId, transferId } from '#domain/values.ts'
import { signedDocument } from '../documents.ts'
import { nothing, type Operation, oneTransfer } from '../operation.ts'

/** Why something addressed to the caller cannot be collected now. */
const collectRefusals = [
  'NOT_FOUND',
  'ROLE_REQUIRED',
  'TRANSFER_EXPIRED',
  'TRANSFER_RECALLED',
  'INCIDENT_HOLD',
  'TRANSFER_DESTROYED',
  'SCAN_PENDING',
  'APPROVAL_PENDING',
  'SCAN_INFECTED',
  'SCAN_UNSCANNABLE',
  'TRANSFER_STATE',
] as const

export const collectOperations = {
  take: {
    name: 'transfer.take',
    summary: 'A member of the addressed team says that they have it, so that the others see it',
    method: 'POST',
    path: '/transfers/:transfer/take',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    /** Who has it now, as the caller knows: whom they take it over from. Null: nobody. */
    body: z.strictObject({ from: accountId.nullable() }),
    reply: nothing,
    refusals: [...collectRefusals, 'TEAM_REQUIRED', 'TAKEN'],
  },
  giveBack: {
    name: 'transfer.give-back',
    summary: 'Who has it for the team has it no more',
    method: 'DELETE',
    path: '/transfers/:transfer/take',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['NOT_FOUND', 'TRANSFER_STATE'],
  },
  fetch: {
    name: 'transfer.fetch',
    summary: 'Gives one encrypted file: the caller’s wrapped key, then the body, as an ordinary OpenPGP message',
    method: 'GET',
    path: '/transfers/:transfer/files/:file',
    scope: 'collect',
    params: z.strictObject({ transfer: transferId, file: fileId }),
    query: nothing,
    body: nothing,
    reply: 'bytes',
    refusals: [...collectRefusals, 'KEY_PROOF_REQUIRED', 'INTEGRITY_FAILED', 'RANGE_INVALID'],
  },
  bundle: {
    name: 'transfer.bundle',
    summary:
      'Gives all encrypted files, their signed list and the clear-signed note in one zip, for programs of one’s own',
    method: 'GET',
    path: '/transfers/:transfer/bundle',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: 'bytes',
    refusals: [...collectRefusals, 'KEY_PROOF_REQUIRED', 'INTEGRITY_FAILED'],
  },
  opened: {
    name: 'transfer.opened',
    summary: 'A client says that its person opened the files they fetched',
    method: 'POST',
    path: '/transfers/:transfer/opened',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: [...collectRefusals, 'FETCH_INCOMPLETE'],
  },
  acknowledge: {
    name: 'transfer.acknowledge',
    summary: 'A recipient acknowledges with a signed receipt',
    method: 'POST',
    path: '/transfers/:transfer/acknowledge',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    /** Null: without a signature, and logged as such. */
    body: z.strictObject({ receipt: signedDocument.nullable() }),
    reply: nothing,
    refusals: [...collectRefusals, 'DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'NOTE_MISMATCH', 'FETCH_INCOMPLETE'],
  },
} as const satisfies Record<string, Operation>
