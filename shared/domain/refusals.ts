// The flat list of everything Safehand refuses, with the HTTP status it is answered with. Nothing else lists codes;
// words/en/refusals.ts says each in words, and the test run fails on a code that the real system never raised.

export const refusals = {
  // Edge: before anyone's rights are asked
  REQUEST_INVALID: { status: 422 },
  REQUEST_TOO_LARGE: { status: 413 },
  MEDIA_TYPE_UNSUPPORTED: { status: 415 },
  NOT_FOUND: { status: 404 },
  CSRF_REFUSED: { status: 403 },
  TOO_MANY_ATTEMPTS: { status: 429 },
  IDEMPOTENCY_CONFLICT: { status: 409 },
  AUDIT_UNAVAILABLE: { status: 503 },
  SERVICE_UNAVAILABLE: { status: 503 },
  INTERNAL_ERROR: { status: 500 },

  // Identity
  SIGN_IN_REQUIRED: { status: 401 },
  SIGN_IN_FAILED: { status: 401 },
  SCOPE_REQUIRED: { status: 403 },
  ROLE_REQUIRED: { status: 403 },
  INVITATION_INVALID: { status: 410 },
  ACCOUNT_EXISTS: { status: 409 },
  ADDRESS_OUTSIDE: { status: 422 },
  DOMAIN_TAKEN: { status: 409 },
  ORGANISATION_STANDS: { status: 409 },
  LAST_ADMINISTRATOR: { status: 409 },
  ACCOUNT_ENDED: { status: 410 },
  SESSION_ENDED: { status: 410 },
  SECOND_PERSON_REQUIRED: { status: 403 },
  SECOND_PERSON_MISSING: { status: 409 },
  RESET_INVALID: { status: 410 },
  RESET_WAITING: { status: 409 },
  RESET_ENDED: { status: 410 },

  // Certificates and key proofs
  KEY_MALFORMED: { status: 422 },
  KEY_SECRET: { status: 422 },
  KEY_WEAK: { status: 422 },
  KEY_NO_ENCRYPTION_SUBKEY: { status: 422 },
  KEY_NOT_YET_VALID: { status: 422 },
  KEY_EXPIRED: { status: 409 },
  KEY_REVOKED: { status: 409 },
  KEY_TAKEN: { status: 409 },
  KEY_PROOF_FAILED: { status: 403 },
  KEY_PROOF_REQUIRED: { status: 403 },

  // Organisations: statements and rosters
  DOCUMENT_INVALID: { status: 422 },
  SIGNATURE_INVALID: { status: 422 },
  STATEMENT_REFUSED: { status: 409 },
  ROSTER_REFUSED: { status: 409 },

  // Agreements
  AGR_REFUSED: { status: 409 },
  AGR_NOT_SIGNED: { status: 409 },
  AGR_EXPIRED: { status: 409 },
  AGR_REVIEW_OVERDUE: { status: 409 },

  // Sending
  FLOW_NOT_COVERED: { status: 403 },
  PURPOSE_NOT_COVERED: { status: 422 },
  ITEM_NOT_COVERED: { status: 422 },
  MARKING_TOO_HIGH: { status: 422 },
  HANDLING_REQUIRED: { status: 422 },
  RECIPIENT_NOT_LISTED: { status: 422 },
  TOO_MANY_RECIPIENTS: { status: 422 },
  ROSTER_EXPIRED: { status: 409 },
  RECORDS_REQUIRED: { status: 422 },
  RECORD_LIMIT: { status: 422 },
  FILE_EMPTY: { status: 422 },
  FILE_TOO_BIG: { status: 413 },
  FILE_TYPE: { status: 422 },
  TOO_MANY_FILES: { status: 413 },
  EXPIRY_TOO_LATE: { status: 422 },
  IDENTIFIER_IN_TEXT: { status: 422 },
  TRANSFER_STATE: { status: 409 },
  UPLOAD_REFUSED: { status: 403 },
  UPLOAD_INCOMPLETE: { status: 409 },
  NOT_ENCRYPTED_TO_RECIPIENTS: { status: 422 },
  ENVELOPE_MALFORMED: { status: 422 },
  SCAN_NOT_READY: { status: 503 },
  NOTE_MISMATCH: { status: 422 },
  INTEGRITY_FAILED: { status: 409 },
  APPROVER_IS_SENDER: { status: 403 },
  APPROVAL_GIVEN: { status: 409 },

  // Adding a recipient
  SENDER_REQUIRED: { status: 403 },
  RECIPIENT_HAS_KEY: { status: 409 },
  PROFILE_CANNOT_OPEN: { status: 409 },

  // Collecting
  SCAN_PENDING: { status: 409 },
  APPROVAL_PENDING: { status: 409 },
  TEAM_REQUIRED: { status: 409 },
  TAKEN: { status: 409 },
  SCAN_INFECTED: { status: 410 },
  SCAN_UNSCANNABLE: { status: 410 },
  TRANSFER_EXPIRED: { status: 410 },
  TRANSFER_RECALLED: { status: 410 },
  INCIDENT_HOLD: { status: 423 },
  HOLD_OF_OTHERS: { status: 403 },
  TRANSFER_DESTROYED: { status: 410 },
  RANGE_INVALID: { status: 416 },
  FETCH_INCOMPLETE: { status: 409 },
} as const satisfies Record<string, { status: number }>

export type RefusalCode = keyof typeof refusals

const ofTheCaller: readonly RefusalCode[] = [
  'NOT_FOUND',
  'ROLE_REQUIRED',
  'SCOPE_REQUIRED',
  'SENDER_REQUIRED',
  'APPROVER_IS_SENDER',
  'HOLD_OF_OTHERS',
]

/** Whether it is about who asks, and not about what was asked: nobody is told again what they may not be told now. */
export function isOfTheCaller(code: RefusalCode): boolean {
  return ofTheCaller.includes(code)
}
