// One use case for each operation of the contract, or its place in the list below.
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operations } from '#contract/operations.ts'
import { transferActNames } from '#domain/transfers/act-names.ts'
import { transferActs } from '#domain/transfers/permitted.ts'
import type { UseCase } from '../../server/use-case.ts'

/** What is answered at the edge, and why no value of load, decide and present fits it. */
const atTheEdge: Readonly<Record<string, string>> = {
  'session.sign-in': 'begins a session: Passport checks who it is, in tries that the throttle counts',
  'session.sign-out': 'ends the session, which is Express’s',
  'token.sign-in': 'checks who it is as sign-in does, and only then issues a token in their name',
  'token.issue': 'shares its act with token.sign-in',
  'token.revoke': 'stands with the other acts on tokens',
  'identity.account': 'stands with the other acts on accounts',
  'invitation.create': 'stands with the other acts on accounts',
  'invitation.accept': 'its password is hashed inside, and is no part of the idempotent request',
}

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

  it('[house/use-cases] are one for each operation, or it is answered at the edge for a reason', () => {
    const answered = useCases.map(({ operation }) => operation.name)
    expect(answered).toEqual([...new Set(answered)])
    const names = operations.map(({ name }) => name)
    expect(names.filter((name) => !answered.includes(name) && !(name in atTheEdge))).toEqual([])
    expect(Object.keys(atTheEdge).filter((name) => !names.includes(name))).toEqual([])
  })

  it('[house/use-cases] are what a view permits, by their names', () => {
    const names = useCases.map(({ operation }) => operation.name)
    expect(transferActNames.filter((name) => !names.includes(name))).toEqual([])
    expect(Object.keys(transferActs)).toEqual([...transferActNames])
  })
})
