import { beforeAll, describe, expect, it } from 'vitest'
import { makeWorld } from '../../../tests/fixtures/documents.ts'
import type { OrganisationId } from '../values.ts'
import type { Agreement } from './agreement.ts'
import { contradictionIn } from './consistency.ts'

let agreement: Agreement
beforeAll(async () => {
  agreement = (await makeWorld()).agreement.value
})

const stranger = '0'.repeat(32) as OrganisationId

const contradictions: readonly [clause: string, (sound: Agreement) => Partial<Agreement>][] = [
  ['parties', ({ parties }) => ({ parties: [parties[0]!, parties[0]!] })],
  ['parties', ({ parties: [one, other] }) => ({ parties: [one!, { ...other!, root: one!.root }] })],
  ['dataItems', ({ dataItems }) => ({ dataItems: [...dataItems, dataItems[0]!] })],
  ['flows', ({ flows }) => ({ flows: [...flows, flows[0]!] })],
  ['lawfulBasis', ({ lawfulBasis }) => ({ lawfulBasis: lawfulBasis.slice(1) })],
  [
    'lawfulBasis',
    ({ lawfulBasis }) => ({ lawfulBasis: [...lawfulBasis, { ...lawfulBasis[0]!, organisation: stranger }] }),
  ],
  ['flows.council-to-police', ({ flows: [flow] }) => ({ flows: [{ ...flow!, to: stranger }] })],
  ['flows.council-to-police', ({ flows: [flow] }) => ({ flows: [{ ...flow!, to: flow!.from }] })],
  ['flows.council-to-police', ({ flows: [flow] }) => ({ flows: [{ ...flow!, purposes: ['FRAUD'] }] })],
  ['flows.council-to-police', ({ flows: [flow] }) => ({ flows: [{ ...flow!, items: ['MEDICAL_HISTORY'] }] })],
  ['expiresOn', ({ expiresOn }) => ({ effectiveFrom: expiresOn, expiresOn: '2020-01-01' as Agreement['expiresOn'] })],
  ['reviewOn', () => ({ reviewOn: '2020-01-01' as Agreement['reviewOn'] })],
  ['supersedes', () => ({ version: 2 })],
  [
    'serviceKeys.log',
    ({ serviceKeys }) => ({
      serviceKeys: { ...serviceKeys, log: [{ ...serviceKeys.log[0]!, until: serviceKeys.log[0]!.from }] },
    }),
  ],
  ['quorum', () => ({ quorum: 1 })],
]

describe('contradictionIn', () => {
  it('[agreement/contradictions] finds nothing in a sound agreement', () =>
    expect(contradictionIn(agreement)).toBeNull())

  for (const [clause, change] of contradictions) {
    it(`[agreement/contradictions] names ${clause} when ${change.toString().replace(/^.*=> /, '')}`, () => {
      expect(contradictionIn({ ...agreement, ...change(agreement) })?.clause).toBe(clause)
    })
  }
})
