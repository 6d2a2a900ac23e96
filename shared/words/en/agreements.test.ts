import { describe, expect, it } from 'vitest'
import type { Flow } from '#domain/agreements/agreement.ts'
import { fileTypesWords, flowLimitsWords, secondPersonWords } from './agreements.ts'

const flow = {
  maxFiles: 20,
  maxFileBytes: 1_000_000,
  maxRecords: 5000,
  approvalOver: { records: 500, bytes: 200_000 },
  malwareAssurance: 'SENDER_DECLARED',
} as Flow

describe('[agreement/shown] what is shown of a flow before it is signed', () => {
  it('has the most that one transfer may hold', () => {
    expect(flowLimitsWords(flow)).toBe('one transfer: at most 20 files of 1,000,000 bytes each, and 5,000 records')
  })

  it('[scan/file-types] has the types that files may have, by content and name together', () => {
    expect(fileTypesWords({ fileTypes: undefined })).toBe('files of any type')
    expect(fileTypesWords({ fileTypes: ['csv', 'docx'] })).toBe(
      'files of these types, by content and name together, in archives too: CSV (csv), Word document (docx)',
    )
  })

  it('has what two people release, and nothing where one may send everything', () => {
    expect(secondPersonWords(flow)).toBe(
      'released by an approver, not its sender: more than 500 records, more than 200,000 bytes, what could not be checked for viruses',
    )
    expect(secondPersonWords({ ...flow, approvalOver: undefined, malwareAssurance: 'SCANNED_THEN_SEALED' })).toBeNull()
  })
})
