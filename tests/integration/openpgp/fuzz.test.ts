// The long fixed-seed run: about a minute. A shorter one is beside the code, an hour is `scripts/fuzz.ts`.
import { expect, it } from 'vitest'
import { fuzzEnvelopes } from '../../fixtures/fuzz-envelopes.ts'

it('[envelope/fuzz] a minute of fuzzing finds nothing', { timeout: 300_000 }, async () => {
  const report = await fuzzEnvelopes({ seed: 3, enough: ({ cases }) => cases >= 40_000 })
  expect(report.opened).toBeGreaterThan(1000)
})
