// The long run, by count, with a fixed seed. As long as one likes is `scripts/fuzz.ts`.
import { expect, it } from 'vitest'
import { fuzzEnvelopes } from '../../fixtures/fuzz-envelopes.ts'

it('[envelope/fuzz] ten thousand cases of a fixed seed find nothing, and reach far inside', async () => {
  const report = await fuzzEnvelopes({ seed: 3, enough: ({ cases }) => cases >= 10_000 })
  expect(report.opened).toBeGreaterThan(250)
  const inside = ['altered', 'truncated', 'two-literals', 'not-binary', 'compression-malformed', 'wrong-mode']
  expect(Object.keys(report.refused)).toEqual(expect.arrayContaining(inside))
})
