// The picture of a transfer's life in ARCHITECTURE.md, drawn from the table that the code obeys, so that it cannot be out
// of date.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { transferStates } from '#domain/transfers/states.ts'

const HELP = `Draws the states of a transfer (shared/domain/transfers/states.ts) as a Mermaid diagram.

  node scripts/start.mjs scripts/states-diagram.ts [--write | --check]

  (nothing)   prints the diagram
  --write     puts it into ARCHITECTURE.md between its two markers
  --check     changes nothing; ends with 1 when ARCHITECTURE.md shows another one`

const page = join(import.meta.dirname, '..', 'ARCHITECTURE.md')
const between = /(?<=<!-- states: [^\n]*-->\n).*(?=<!-- end of states -->)/s

/** Mermaid ends a name at a hyphen, so such a state gets another name, and its own as the text that is shown. */
function drawStates(): string {
  const states = Object.entries(transferStates)
  const shown = states.map(([state]) => state).filter((state) => nameOf(state) !== state)
  const names = shown.map((state) => `  state "${state}" as ${nameOf(state)}`)
  const ways = states.flatMap(([from, { next }]) => next.map((to) => `  ${nameOf(from)} --> ${nameOf(to)}`))
  const ends = states.filter(([, { next }]) => next.length === 0).map(([state]) => `  ${nameOf(state)} --> [*]`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  [*] --> draft', ...ways, ...ends, '```', ''].join('\n')
}

function nameOf(state: string): string {
  return state.replaceAll('-', '_')
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, write: { type: 'boolean' }, check: { type: 'boolean' } },
  })
  if (options.help) return console.log(HELP)
  const diagram = drawStates()
  if (!options.write && !options.check) return console.log(diagram.trimEnd())
  const text = await readFile(page, 'utf8')
  const shown = between.exec(text)?.[0]
  if (shown === undefined) throw new Error('ARCHITECTURE.md has no place for the diagram: its two markers are gone')
  if (options.write)
    await writeFile(
      page,
      text.replace(between, () => diagram),
    )
  else if (shown !== diagram)
    throw new Error('ARCHITECTURE.md shows other states: run scripts/states-diagram.ts --write')
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
