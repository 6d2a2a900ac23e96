// The tried examples, one file for each operation, as scripts/api-examples.ts recorded them. Read once, at start.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { example, type Examples } from '#contract/example.ts'

const folder = join(import.meta.dirname, 'examples')

/** Throws when one is not as `example` says. */
export function readExamples(): Examples {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return Object.fromEntries(
    files.map((name) => [basename(name, '.json'), example.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))]),
  )
}
