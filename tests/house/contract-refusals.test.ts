// The self-test of the comparison between what operations refuse and what their contract says that they refuse.
import { describe, expect, it } from 'vitest'
import { operations } from '#contract/operations.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { mayRefuse, operationOf } from '../fixtures/operation-of.ts'

describe('[api/refusals] a refusal and its operation', () => {
  it('is listed by the operation or belongs to the edge', () => {
    expect(mayRefuse(collectOperations.fetch, 'SCAN_PENDING')).toBe(true)
    expect(mayRefuse(collectOperations.fetch, 'SIGN_IN_REQUIRED')).toBe(true)
    expect(mayRefuse(collectOperations.fetch, 'FLOW_NOT_COVERED')).toBe(false)
  })

  it('knows each operation from its address, and nothing that is none', () => {
    const id = 'ab'.repeat(16)
    for (const operation of operations) {
      const url = `http://127.0.0.1:8080/api${operation.path.replaceAll(/:[a-z]+/gi, id)}?from=0`
      expect(operationOf({ method: operation.method, url })).toBe(operation)
    }
    expect(operationOf({ method: 'PATCH', url: 'http://127.0.0.1:8080/uploads/1' })).toBeUndefined()
  })
})
