import { describe, expect, it } from 'vitest'
import { fuzzEnvelopes } from '../../tests/fixtures/fuzz-envelopes.ts'

describe('fuzzing', () => {
  it('[envelope/fuzz] a fixed seed finds nothing, and reaches far inside', { timeout: 60_000 }, async () => {
    const report = await fuzzEnvelopes({ seed: 20_261_122, enough: ({ cases }) => cases >= 4000 })
    expect(report.opened).toBeGreaterThan(50)
    const reached = Object.keys(report.refused)
    for (const detail of [
      'altered',
      'truncated',
      'two-literals',
      'not-binary',
      'compression-malformed',
      'wrong-mode',
    ]) {
      expect(reached, detail).toContain(detail)
    }
  })
})
