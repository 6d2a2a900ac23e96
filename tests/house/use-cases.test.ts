// One use case for each operation of the contract. Uploads are none: they are the tus protocol, with tokens of their own and
// bytes that no transaction holds (server/uploads). Nor is health, which answers before anybody is asked for.
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operations } from '#contract/operations.ts'
import { agreementActNames } from '#domain/agreements/act-names.ts'
import { accountActNames } from '#domain/identity/act-names.ts'
import { organisationActNames } from '#domain/organisations/act-names.ts'
import { transferActNames } from '#domain/transfers/decisions/act-names.ts'
import { transferActs } from '#domain/transfers/decisions/permitted.ts'
import type { UseCase } from '../../server/use-case.ts'

const house = join(import.meta.dirname, '../..')

async function findUseCases(): Promise<UseCase[]> {
  const found: UseCase[] = []
  for await (const path of glob('server/*/use-cases.ts', { cwd: house })) {
    const exported = Object.values((await import(join(house, path))) as Record<string, unknown>)
    found.push(...exported.filter((one) => Array.isArray(one)).flat())
  }
  return found
}

describe('use cases', async () => {
  const useCases = await findUseCases()

  it('[house/use-cases] are one for each operation', () => {
    const answered = useCases.map(({ operation }) => operation.name)
    expect(answered.toSorted()).toEqual(operations.map(({ name }) => name).toSorted())
  })

  it('[house/use-cases] are what a view permits, by their names', () => {
    const names = useCases.map(({ operation }) => operation.name)
    const permitted: readonly string[] = [
      ...accountActNames,
      ...transferActNames,
      ...agreementActNames,
      ...organisationActNames,
    ]
    expect(permitted.filter((name) => !names.includes(name))).toEqual([])
    expect(Object.keys(transferActs)).toEqual([...transferActNames])
  })
})
