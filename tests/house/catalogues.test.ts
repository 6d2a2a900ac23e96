// The self-test of the comparison between what the real system raised and what the catalogues list.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareCatalogues, readRaised } from '../catalogues.ts'
import { withPlantedHouse } from './planted.ts'

const catalogues = { refusals: { NOT_FOUND: {}, KEY_WEAK: {} }, auditEvents: { 'transfer.released': {} } }

describe('[thin 3] raised against catalogued', () => {
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
    const good = '{"kind":"event","code":"transfer.released"}\n{"kind":"refusal","code":"NOT_FOUND"}\n'
    const bad = '{"kind":"opinion","code":"NOT_FOUND"}\n'
    await withPlantedHouse({ 'good.ndjson': good, 'bad.ndjson': bad }, (folder) => {
      expect(readRaised(join(folder, 'good.ndjson'))).toHaveLength(2)
      expect(() => readRaised(join(folder, 'bad.ndjson'))).toThrow('kind')
      expect(readRaised(join(folder, 'none.ndjson'))).toEqual([])
    })
  })
})
