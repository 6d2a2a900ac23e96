import { describe, expect, it } from 'vitest'
import { refusals } from '#domain/refusals.ts'
import { edgeRefusals } from './operation.ts'
import { operations } from './operations.ts'

const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index)
/** `/tokens/:token` and `/tokens/:id` are the same place. */
const place = ({ method, path }: (typeof operations)[number]) => `${method} ${path.replaceAll(/:[^/]+/g, ':')}`

describe('the operations of the contract', () => {
  it('[api/contract] have names and places of their own', () => {
    expect(operations.length).toBeGreaterThan(0)
    expect(repeated(operations.map(({ name }) => name))).toEqual([])
    expect(repeated(operations.map(place))).toEqual([])
  })

  it('[api/contract] are refused only with codes of the catalogue', () => {
    const listed = operations.flatMap((operation) => operation.refusals)
    expect([...listed, ...edgeRefusals].filter((code) => !(code in refusals))).toEqual([])
  })

  it('[api/contract] name in their path exactly the params they parse', () => {
    for (const { name, path, params } of operations) {
      const inPath = [...path.matchAll(/:([a-zA-Z]+)/g)].map(([, param]) => param)
      const shape = 'shape' in params ? Object.keys(params.shape as object) : []
      expect({ name, params: inPath.toSorted() }).toEqual({ name, params: shape.toSorted() })
    }
  })
})
