// What `npm test -- --quick` leaves out is what it says, and nothing else; the whole run leaves out nothing.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { longTests, selectionOf } from '../selection.ts'
import { houseRoot } from './planted.ts'

function listed(args: readonly string[]): string[] {
  const vitest = [join(houseRoot, 'node_modules/vitest/vitest.mjs'), 'list', '--filesOnly']
  const text = execFileSync(process.execPath, [...vitest, ...args], { cwd: houseRoot, encoding: 'utf8' })
  return [...text.matchAll(/^\[\w+\] (.*)$/gm)].map(([, file = '']) => file).toSorted()
}

describe('[run/quick] the selection', () => {
  it('takes every test without an argument, and all but the long ones with --quick', () => {
    const all = listed(selectionOf([]).args)
    expect(all).toEqual(expect.arrayContaining([...longTests]))
    expect(listed(selectionOf(['--quick']).args)).toEqual(all.filter((file) => !longTests.includes(file)))
  })

  it('is narrowed further by a path, and is the whole only without any argument', () => {
    expect(listed(selectionOf(['--quick', 'tests/faults/']).args)).toEqual(['tests/faults/clamd-not-ready.test.ts'])
    expect([[], ['--quick'], ['tests/faults']].map((args) => selectionOf(args).whole)).toEqual([true, false, false])
  })
})
