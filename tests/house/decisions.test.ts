// Each decision is tried where it costs nothing: in a table of who may do what, or in a test beside the code. Each
// operation of the contract has its table.
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operations } from '#contract/operations.ts'
import { transferActs } from '#domain/transfers/decisions/permitted.ts'
import { tables } from '../fixtures/who-may-what/tables.ts'

const house = join(import.meta.dirname, '../..')
const acts: readonly unknown[] = Object.values(transferActs)

/** `<module> <name>` of each, but for the acts of a view, which the tables go through. */
async function findDecisions(): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob('shared/domain/**/*.ts', { cwd: house })) {
    if (path.endsWith('.test.ts')) continue
    const exported = Object.entries((await import(join(house, path))) as Record<string, unknown>)
    const decisions = exported.filter(([name, value]) => /^decide[A-Z]/.test(name) && !acts.includes(value))
    found.push(...decisions.map(([name]) => `${path} ${name}`))
  }
  return found.toSorted()
}

/** What tests beside the code and the tables import: the lint leaves no import unused. */
async function findTried(): Promise<ReadonlySet<string>> {
  const tried = new Set<string>()
  for await (const path of glob(['shared/domain/**/*.test.ts', 'tests/fixtures/who-may-what/*.ts'], { cwd: house })) {
    for (const [, names = '', from = ''] of readFileSync(join(house, path), 'utf8').matchAll(
      /^import \{([^}]*)\} from '([^']+)'/gm,
    )) {
      const module = from.startsWith('#domain/') ? from.replace('#domain', 'shared/domain') : join(path, '..', from)
      for (const name of names.split(',')) tried.add(`${module} ${name.trim()}`)
    }
  }
  return tried
}

describe('decisions', () => {
  it('[house/decisions] are each tried in a table or beside the code', async () => {
    const decisions = await findDecisions()
    const tried = await findTried()
    expect(decisions.length).toBeGreaterThan(40)
    expect(decisions.filter((one) => !tried.has(one))).toEqual([])
  })

  it('[house/decisions] have a table for each operation', () => {
    const named = Object.values(tables).flatMap((its) => its.map(({ act }) => act))
    expect(operations.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([])
  })
})
