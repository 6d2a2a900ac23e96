import { describe, expect, it } from 'vitest'
import { deliveryWords } from './transfers.ts'

describe('[recall/words] what is said of a recipient', () => {
  it('is that they have not collected it yet only where they still could', () => {
    expect(deliveryWords('waiting', 'released')).toBe('has not collected it yet')
    for (const state of ['recalled', 'expired', 'destroyed'] as const)
      expect(deliveryWords('waiting', state)).toBe('did not collect it')
    for (const state of ['draft', 'uploading'] as const) expect(deliveryWords('waiting', state)).toBeNull()
    expect(deliveryWords('acknowledged', 'destroyed')).toBe('acknowledged it')
  })
})
