// What waits for two people, and the second one’s answer (ARCHITECTURE.md#approval).
import * as z from 'zod'
import { signedDocument } from '../documents.ts'
import { nothing, type Operation, oneTransfer } from '../operation.ts'
import { list } from './view.ts'

export const approveOperations = {
  approvals: {
    name: 'transfer.approvals',
    summary: 'Lists what waits for an approver of the caller’s organisation, newest first',
    method: 'GET',
    path: '/transfers/approvals',
    scope: 'send',
    params: nothing,
    query: list.query,
    body: nothing,
    reply: list.reply,
    refusals: ['ROLE_REQUIRED'],
  },
  approve: {
    name: 'transfer.approve',
    summary: 'An approver releases, signed, what waits for two people, or sends it back',
    method: 'POST',
    path: '/transfers/:transfer/approval',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ approval: signedDocument }),
    reply: nothing,
    refusals: [
      'NOT_FOUND',
      'INCIDENT_HOLD',
      'ROLE_REQUIRED',
      'APPROVER_IS_SENDER',
      'APPROVAL_GIVEN',
      'TRANSFER_STATE',
      'DOCUMENT_INVALID',
      'SIGNATURE_INVALID',
      'NOTE_MISMATCH',
    ],
  },
} as const satisfies Record<string, Operation>
