// Every check that an information officer expects before data leaves, against the code that this product refuses it
// with, or why there is nothing to refuse, or which later part brings it. Whether the real system raised each code is
// another question: the run answers it at its end (tests/catalogues.ts).
import { describe, expect, it } from 'vitest'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { describeRefusal } from '#words/en/refusals.ts'

type Met =
  | { readonly refused: readonly [RefusalCode, ...RefusalCode[]] }
  /** The house leaves no way to do it. */
  | { readonly cannotHappen: string }
  | { readonly later: 'agreement life cycle' | 'incidents' | 'people and assurance' | 'sign-in' | 'flow rules' }

const checks: Readonly<Record<string, Met>> = {
  AGR_NOT_SIGNED: { refused: ['AGR_NOT_SIGNED'] },
  AGR_SUSPENDED: { later: 'agreement life cycle' },
  AGR_EXPIRED: { refused: ['AGR_EXPIRED'] },
  AGR_REVIEW_OVERDUE: { refused: ['AGR_REVIEW_OVERDUE'] },
  FLOW_NOT_COVERED: { refused: ['FLOW_NOT_COVERED'] },
  PURPOSE_NOT_COVERED: { refused: ['PURPOSE_NOT_COVERED'] },
  ITEM_NOT_COVERED: { refused: ['ITEM_NOT_COVERED'] },
  ITEM_EXCLUDED: { cannotHappen: 'a flow lists what may be sent; what it does not list is not covered' },
  BASIS_MISSING: { refused: ['AGR_REFUSED'] },
  GATEWAY_MISMATCH: { later: 'agreement life cycle' },
  MARKING_TOO_HIGH: { refused: ['MARKING_TOO_HIGH'] },
  HANDLING_REQUIRED: { refused: ['HANDLING_REQUIRED'] },
  ACCESS_NOT_GRANTED: { refused: ['ROLE_REQUIRED'] },
  OWNER_MISSING: { later: 'people and assurance' },
  CLEARANCE_TOO_LOW: { later: 'people and assurance' },
  TRAINING_OUT_OF_DATE: { later: 'people and assurance' },
  ORG_SUSPENDED: { later: 'people and assurance' },
  ORG_ASSURANCE_LAPSED: { refused: ['ROSTER_EXPIRED'] },
  RECIPIENT_NOT_LISTED: { refused: ['RECIPIENT_NOT_LISTED'] },
  RECIPIENT_SUSPENDED: { refused: ['RECIPIENT_NOT_LISTED'] },
  KEY_MISSING: { refused: ['RECIPIENT_NOT_LISTED'] },
  KEY_EXPIRED: { refused: ['KEY_EXPIRED'] },
  KEY_REVOKED: { refused: ['KEY_REVOKED'] },
  KEY_UNCERTIFIED: { refused: ['RECIPIENT_NOT_LISTED'] },
  KEY_WEAK: { refused: ['KEY_WEAK'] },
  KEY_CHANGED: { cannotHappen: 'a new key counts only from the next roster, signed after comparing fingerprints' },
  NOT_ENCRYPTED_TO_RECIPIENTS: { refused: ['NOT_ENCRYPTED_TO_RECIPIENTS'] },
  SIGNATURE_INVALID: { refused: ['SIGNATURE_INVALID', 'NOTE_MISMATCH'] },
  FILE_TYPE: { refused: ['FILE_TYPE'] },
  FILE_TOO_BIG: { refused: ['FILE_TOO_BIG'] },
  FILE_EMPTY: { refused: ['FILE_EMPTY'] },
  TOO_MANY_FILES: { refused: ['TOO_MANY_FILES'] },
  FILE_PASSWORD: { refused: ['SCAN_UNSCANNABLE'] },
  SCAN_PENDING: { refused: ['SCAN_PENDING'] },
  SCAN_INFECTED: { refused: ['SCAN_INFECTED'] },
  SCAN_FAILED: { refused: ['SCAN_PENDING', 'SCAN_UNSCANNABLE'] },
  APPROVAL_REQUIRED: { refused: ['APPROVAL_PENDING'] },
  RECORD_LIMIT: { refused: ['RECORD_LIMIT', 'RECORDS_REQUIRED'] },
  OUTSIDE_WINDOW: { later: 'flow rules' },
  NETWORK_NOT_ALLOWED: { later: 'sign-in' },
  STEP_UP_REQUIRED: { refused: ['KEY_PROOF_REQUIRED'] },
  IDENTIFIER_IN_TEXT: { refused: ['IDENTIFIER_IN_TEXT'] },
  TRANSFER_EXPIRED: { refused: ['TRANSFER_EXPIRED'] },
  RECALLED: { refused: ['TRANSFER_STATE'] },
  DOWNLOAD_LIMIT: { later: 'flow rules' },
  INTEGRITY_FAILED: { refused: ['INTEGRITY_FAILED'] },
  INCIDENT_HOLD: { refused: ['INCIDENT_HOLD'] },
  ONWARD_NOT_ALLOWED: { refused: ['SENDER_REQUIRED'] },
  AUDIT_UNAVAILABLE: { refused: ['AUDIT_UNAVAILABLE'] },
}

describe('[agreement/every-check] every check of the policy', () => {
  it.each(Object.entries(checks))('%s', (_, met) => {
    if (!('refused' in met)) return expect(Object.values(met)).toEqual([expect.stringMatching(/\w/)])
    for (const code of met.refused) {
      expect(refusals).toHaveProperty(code)
      expect(describeRefusal({ code }).action).toMatch(/\w/)
    }
  })

  it('is called by one name: a code of this product that bears a check’s name refuses that check', () => {
    const shared = Object.keys(checks).filter((check) => check in refusals)
    for (const check of shared) expect(checks[check]).toEqual({ refused: expect.arrayContaining([check]) })
  })
})
