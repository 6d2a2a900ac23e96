// One more reader of what was released, by a signed addendum (ARCHITECTURE.md#add-a-recipient).
import * as z from 'zod'
import { sha256Hex } from '#domain/values.ts'
import { signedDocument } from '../documents.ts'
import { nothing, type Operation, oneTransfer } from '../operation.ts'
import { policyRefusals, signedBody, wrappedKeys } from './send.ts'

export const addRecipientOperations = {
  addRecipient: {
    name: 'transfer.add-recipient',
    summary: 'Lets one more person collect a released transfer, by a signed addendum and without an upload',
    method: 'POST',
    path: '/transfers/:transfer/addenda',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ addendum: signedDocument, keys: wrappedKeys.min(1) }),
    maxBody: signedBody,
    reply: z.strictObject({ addendum: sha256Hex }),
    refusals: [
      'NOT_FOUND',
      'INCIDENT_HOLD',
      'TRANSFER_STATE',
      'DOCUMENT_INVALID',
      'SIGNATURE_INVALID',
      'NOTE_MISMATCH',
      'SENDER_REQUIRED',
      'KEY_PROOF_REQUIRED',
      'RECIPIENT_HAS_KEY',
      'PROFILE_CANNOT_OPEN',
      ...policyRefusals,
    ],
  },
} as const satisfies Record<string, Operation>
