// `npm test`: every test there is, through Vitest, then the table of claims and, as the very last line, the count.
// An argument narrows the run as in Vitest (a path, `-t NAME`, `--project unit`), `--quick` to all but the long tests; a
// narrowed run lists what it ran and
// does not ask for the rest. With CI=true nothing may be skipped, and no claim may be without a test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCLI, startVitest } from 'vitest/node'
import { auditEvents } from '#domain/events.ts'
import { refusals } from '#domain/refusals.ts'
import { compareCatalogues, readRaised } from '../tests/catalogues.ts'
import { ClaimsReporter } from '../tests/claims-reporter.ts'
import { selectionOf } from '../tests/selection.ts'
import { table, type Verdict } from '../tests/verdict.ts'

const HELP = `npm test                          everything, on real PostgreSQL, Redis, clamd and SMTP
npm test -- --quick               all but fuzz, campaign, bench, large memory runs and unpacking
npm test -- tests/integration     only files whose path contains this
npm test -- -t send/resume        only tests whose title matches
npm test -- --project unit        only what needs no services

Ends with the table claim -> tests -> result (tests/claims.ts) and the line 'N passed, N failed'.
CI=true: a skipped test, or a claim without a test, is a failure.`

async function runVitest(args: string[], reporter: ClaimsReporter): Promise<void> {
  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const vitest = await startVitest('test', filter, { ...options, watch: false, reporters: ['default', reporter] })
  await vitest.close()
}

async function judgeRun(args: string[]): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'safehand-raised-'))
  const raised = join(folder, 'raised.ndjson')
  process.env.SAFEHAND_RAISED = raised
  const gaps = () => compareCatalogues({ refusals, auditEvents }, readRaised(raised))
  const selected = selectionOf(args)
  const reporter = new ClaimsReporter({ whole: selected.whole, ci: process.env.CI === 'true', gaps })
  try {
    await runVitest(selected.args, reporter)
    return reporter.verdict ?? neverRan('the run did not start: see above')
  } catch (error) {
    console.error(error)
    return neverRan('the run broke off')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function neverRan(problem: string): Verdict {
  return { passed: 0, failed: 1, problems: [problem], failures: [], claims: [] }
}

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  console.log(HELP)
} else {
  const verdict = await judgeRun(args)
  const closing = `${verdict.passed} passed, ${verdict.failed} failed\n`
  const leftOut = selectionOf(args)
    .leftOut.map((file) => `left out: ${file}\n`)
    .join('')
  process.stdout.write(`\n${table(verdict)}\n\n${leftOut}${closing}`, () => process.exit(verdict.failed > 0 ? 1 : 0))
}
