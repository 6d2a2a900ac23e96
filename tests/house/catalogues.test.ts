// The self-test of the comparison between what the real system raised and what the catalogues list.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareCatalogues, readRaised, recordRaised } from '../catalogues.ts'
import { withPlantedHouse } from './planted.ts'

const catalogues = { refusals: { NOT_FOUND: {}, KEY_WEAK: {} }, auditEvents: { 'transfer.released': {} } }

describe('[house/catalogues] raised against catalogued', () => {
  it('finds no gap when each code was raised, however often', () => {
    const raised = [
      { kind: 'refusal', code: 'NOT_FOUND' },
      { kind: 'refusal', code: 'NOT_FOUND' },
      { kind: 'refusal', code: 'KEY_WEAK' },
      { kind: 'event', code: 'transfer.released' },
    ] as const
    expect(compareCatalogues(catalogues, [...raised])).toEqual({ neverRaised: [], uncatalogued: [] })
  })

  it('names what was never raised and what is in no catalogue, and does not take an event for a refusal', () => {
    expect(
      compareCatalogues(catalogues, [
        { kind: 'event', code: 'NOT_FOUND' },
        { kind: 'refusal', code: 'KEY_WEAK' },
      ]),
    ).toEqual({
      neverRaised: ['event transfer.released', 'refusal NOT_FOUND'],
      uncatalogued: ['event NOT_FOUND'],
    })
  })

  it('reads the lines that the fixture wrote, and refuses a line it does not know', async () => {
    const bad = '{"kind":"opinion","code":"NOT_FOUND"}\n'
    await withPlantedHouse({ 'bad.ndjson': bad }, (folder) => {
      const good = join(folder, 'good.ndjson')
      recordRaised([{ kind: 'event', code: 'transfer.released' }], good)
      recordRaised([{ kind: 'refusal', code: 'NOT_FOUND' }], good)
      expect(readRaised(good)).toEqual([
        { kind: 'event', code: 'transfer.released' },
        { kind: 'refusal', code: 'NOT_FOUND' },
      ])
      expect(() => readRaised(join(folder, 'bad.ndjson'))).toThrow('kind')
      expect(readRaised(join(folder, 'none.ndjson'))).toEqual([])
    })
  })
})
