// `npm run check`: what every commit must pass and needs no service: format, lint, types per runtime, import rules,
// unit tests. Two at a time, each under its own heading, all of them even when one fails. `--fix` first applies what
// Biome can repair by itself.
import { type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

type Step = { name: string; command: string; args: string[] }
type Result = Step & { ok: boolean; output: string; seconds: number }

const HELP = `npm run check            format, lint, types per runtime, import rules, unit tests
npm run check -- --fix   repairs format and lint first, where that is safe`

const root = fileURLToPath(new URL('..', import.meta.url))
const AT_ONCE = 2

// The slow ones first, so that the quick ones fill the gap beside them.
const steps: Step[] = [
  { name: 'unit tests', command: 'vitest', args: ['run', '--project', 'unit'] },
  { name: 'format', command: 'biome', args: ['format', '.'] },
  { name: 'lint', command: 'biome', args: ['lint', '--error-on-warnings', '--max-diagnostics=200', '.'] },
  ...['pure', 'node', 'web'].map(checkTypes),
  { name: 'import rules', command: 'depcruise', args: ['--config', '.dependency-cruiser.mjs', '.'] },
]

const fixes: Step[] = [
  { name: 'fix lint', command: 'biome', args: ['lint', '--write', '.'] },
  { name: 'fix format', command: 'biome', args: ['format', '--write', '.'] },
]

/** What was found before is kept beside the packages: the next run reads only what changed since. */
function checkTypes(runtime: string): Step {
  const found = `node_modules/.cache/check-${runtime}.tsbuildinfo`
  const args = ['-p', `tsconfig.${runtime}.json`, '--incremental', '--tsBuildInfoFile', found]
  return { name: `types: ${runtime}`, command: 'tsc', args }
}

const bin = (command: string) => fileURLToPath(new URL(`../node_modules/.bin/${command}`, import.meta.url))

function run(step: Step): Promise<Result> {
  const started = performance.now()
  const options: SpawnOptions = { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }
  const child = spawn(bin(step.command), step.args, options)
  let output = ''
  child.stdout?.on('data', (text: Buffer) => (output += text))
  child.stderr?.on('data', (text: Buffer) => (output += text))
  return new Promise((resolve) => {
    const end = (ok: boolean) => resolve({ ...step, ok, output, seconds: (performance.now() - started) / 1000 })
    child.on('error', (error) => {
      output += error.message
      end(false)
    })
    child.on('close', (code) => end(code === 0))
  })
}

function report({ name, ok, output, seconds }: Result): void {
  console.log(`\n== ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds.toFixed(1)} s`)
  if (!ok) console.log(output.trimEnd())
}

async function runAll(list: Step[], atOnce: number): Promise<Result[]> {
  const waiting = [...list]
  const results: Result[] = []
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await run(step)
      report(result)
      results.push(result)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}

const { values: options } = parseArgs({
  options: { fix: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
})
if (options.help) {
  console.log(HELP)
} else {
  const started = performance.now()
  if (options.fix) await runAll(fixes, 1)
  const failed = (await runAll(steps, AT_ONCE)).filter(({ ok }) => !ok)
  const verdict = failed.length === 0 ? 'all checks passed' : `failed: ${failed.map(({ name }) => name).join(', ')}`
  console.log(`\n${verdict} (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  process.exitCode = failed.length === 0 ? 0 : 1
}
