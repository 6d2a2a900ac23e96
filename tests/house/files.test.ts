// Files that can be read: each file of the product begins with what it owns, and none is too long but lists.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot } from './planted.ts'

/** Tables and words: one line follows the other, and nothing is to be understood twice. */
const lists = [
  'web/components/govuk-options.ts',
  'shared/store/tables.ts',
  'shared/words/en/refusals.ts',
  'shared/domain/scanning/types.ts',
]
const product = execFileSync('git', ['ls-files', '--cached', 'shared', 'server', 'worker', 'cli', 'web'], {
  cwd: houseRoot,
})
  .toString()
  .split('\n')
  .filter((path) => /(?<!\.test)\.ts$/.test(path) && existsSync(join(houseRoot, path)))
  .map((path) => ({ path, text: readFileSync(join(houseRoot, path), 'utf8') }))

const beginsWithWhatItOwns = (text: string) => /^(#!.*\n)?(\/\/ |\/\*\*\s+(\* )?)\S/.test(text)
const linesOf = (text: string) => text.trimEnd().split('\n').length

describe('[house/files] files of the product', () => {
  it('begin with what they own', () => {
    expect(product.length).toBeGreaterThan(300)
    expect(product.filter(({ text }) => !beginsWithWhatItOwns(text)).map(({ path }) => path)).toEqual([])
  })

  it('have at most 300 lines, but for lists', () => {
    const long = product.filter(({ path, text }) => linesOf(text) > 300 && !lists.includes(path))
    expect(long.map(({ path }) => path)).toEqual([])
  })

  it('sees a file that begins with its imports', () => {
    expect(beginsWithWhatItOwns("import { a } from './a.ts'\n// Too late.\n")).toBe(false)
  })
})
