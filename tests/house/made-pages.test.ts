// What scripts make from the code, and a person reads, is what they would make now.
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { houseRoot } from './planted.ts'

it.each(['states-diagram', 'who-may-what', 'settings-page', 'commands-page', 'govuk-options'])(
  '[house/papers] the page that scripts/%s.ts makes shows what it makes',
  (name) => {
    const check = [`scripts/${name}.ts`, '--check']
    expect(execFileSync(process.execPath, check, { cwd: houseRoot, encoding: 'utf8' })).toBe('')
  },
)
