import { describe, expect, it } from 'vitest'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { describeRefusal } from './refusals.ts'

const codes = Object.keys(refusals) as RefusalCode[]

describe('the words of refusals', () => {
  it.each(codes)(
    '[house/refusal-words] %s says what happened and what to do, also when nothing more is known',
    (code) => {
      const { title, action } = describeRefusal({ code })
      expect(title).toMatch(/^[A-Z].*[^.]$/)
      expect(action).toMatch(/^[A-Z].*\.$/)
      expect(`${title} ${action}`).not.toMatch(/undefined|null|NaN|_/)
    },
  )

  it('[house/refusal-words] name what the decision named', () => {
    const detail = { item: 'MEDICAL_HISTORY' }
    expect(describeRefusal({ code: 'ITEM_NOT_COVERED', detail }).title).toBe('MEDICAL_HISTORY is not in this agreement')
    expect(describeRefusal({ code: 'AGR_EXPIRED', detail: { on: '2026-03-31' } }).title).toBe(
      'This agreement ended on 31 March 2026',
    )
    expect(describeRefusal({ code: 'TRANSFER_RECALLED', detail: { on: '2026-11-22T10:00:22Z' } }).title).toBe(
      'These files were recalled on 22 November 2026, 10:00 GMT',
    )
    expect(describeRefusal({ code: 'EXPIRY_TOO_LATE', detail: { most: 14 } }).action).toBe('Choose at most 14 days.')
  })
})
