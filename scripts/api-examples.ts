// Records the examples that the reference of the API shows: the test that asks every operation of the contract for real
// writes what it asked and what was answered, with every id, key and secret put in place of by a fixed one.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const HELP = `Records the tried examples of the API's reference anew, from a real run (a minute or two).

  node scripts/start.mjs scripts/api-examples.ts

Writes server/reference/examples/OPERATION.json. Run it when an operation is new, or when its test says that an example
has another shape; look at the difference, and commit it.`

const { values: options } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (options.help) {
  console.log(HELP)
} else {
  const root = join(import.meta.dirname, '..')
  const journey = 'tests/integration/journey/every-operation.test.ts'
  const { status } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', '--project', 'integration', journey], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SAFEHAND_WRITE_EXAMPLES: 'yes' },
  })
  process.exitCode = status ?? 1
}
