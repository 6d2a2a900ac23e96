// Whether a run of tests proves what the product claims. A claim's name stands in a test's title: `[send/resume]`.
// Pure: the run's results in, a verdict out; claims-reporter.ts feeds it.
import type { CatalogueGaps } from './catalogues.ts'
import { claims } from './claims.ts'

export type Claims = Readonly<Record<string, string>>
export type TestRecord = {
  title: string
  file: string
  state: 'passed' | 'failed' | 'skipped' | 'pending'
  /** Of a test that failed: the first lines of its error. */
  why?: string
}
export type ClaimResult = {
  name: string
  sentence: string
  tests: TestRecord[]
  result: 'passed' | 'failed' | 'skipped' | 'no test'
}
export type Run = {
  tests: TestRecord[]
  /** What failed outside any test: files that did not load, unhandled errors, an interruption. */
  troubles: string[]
  /** No argument narrowed the run, so what is missing is missing. */
  whole: boolean
  /** On CI nothing may be skipped, and no claim be without a test. */
  ci: boolean
  gaps?: CatalogueGaps | undefined
}
export type Verdict = { passed: number; failed: number; problems: string[]; failures: string[]; claims: ClaimResult[] }

/** A name anywhere in a title, and whatever stands in brackets where a title begins, its slips included. */
const TAG = /\[([a-z0-9-]+\/[a-z0-9-]+)\]|(?:^|> )\[([a-z][^\]]*)\]/g

/** The tags in a test's full title, which begins with those of the suites around it. */
export function tagsIn(title: string): string[] {
  return [...new Set([...title.matchAll(TAG)].map(([, name, slip]) => name ?? slip ?? ''))]
}

/** Weighs a run: every failed test counts as one failure, and so does every problem found beside them. */
export function judge(run: Run, known: Claims = claims): Verdict {
  // What a narrowed run left out, as `-t` does, counts as skipped for Vitest.
  const tests = run.whole ? run.tests : run.tests.filter(({ state }) => state !== 'skipped')
  const rows = rowsOf(tests, known).filter((row) => run.whole || row.tests.length > 0)
  const problems = [...run.troubles, ...unknownTags(tests, known)]
  if (tests.length === 0) problems.push('no test ran')
  if (run.whole && run.ci) problems.push(...skippedTests(tests), ...withoutTest(rows))
  if (run.whole && run.gaps) problems.push(...sayGaps(run.gaps))
  const failures = tests.filter(({ state }) => state === 'failed' || state === 'pending').map(sayFailure)
  return {
    passed: tests.filter(({ state }) => state === 'passed').length,
    failed: failures.length + problems.length,
    problems,
    failures,
    claims: rows,
  }
}

function sayFailure({ file, title, state, why = '' }: TestRecord): string {
  return [`${file}: ${title}${state === 'pending' ? ' (did not end)' : ''}`, ...why.split('\n').filter(Boolean)].join(
    '\n    ',
  )
}

function rowsOf(tests: TestRecord[], known: Claims): ClaimResult[] {
  return Object.entries(known).map(([name, sentence]) => {
    const own = tests.filter(({ title }) => tagsIn(title).includes(name))
    return { name, sentence, tests: own, result: resultOf(own) }
  })
}

function resultOf(tests: TestRecord[]): ClaimResult['result'] {
  if (tests.some(({ state }) => state === 'failed' || state === 'pending')) return 'failed'
  if (tests.some(({ state }) => state === 'skipped')) return 'skipped'
  return tests.length > 0 ? 'passed' : 'no test'
}

function unknownTags(tests: TestRecord[], known: Claims): string[] {
  const used = new Set(tests.flatMap(({ title }) => tagsIn(title)))
  return [...used].filter((tag) => !(tag in known)).map((tag) => `the tag [${tag}] is no claim of tests/claims.ts`)
}

function skippedTests(tests: TestRecord[]): string[] {
  return tests.filter(({ state }) => state === 'skipped').map(({ file, title }) => `skipped: ${file}: ${title}`)
}

function withoutTest(rows: ClaimResult[]): string[] {
  const missing = rows.filter(({ result }) => result === 'no test')
  return missing.map(({ name, sentence }) => `the claim [${name}] has no test: ${sentence}`)
}

function sayGaps({ neverRaised, uncatalogued }: CatalogueGaps): string[] {
  return [
    ...neverRaised.map((code) => `never raised by the real system: ${code}`),
    ...uncatalogued.map((code) => `raised, and in no catalogue: ${code}`),
  ]
}

/** The table claim -> tests -> result, and below it what failed: the last that is read, wherever the rest is cut off. */
export function table({ claims: rows, problems, failures }: Verdict): string {
  const width = Math.max(0, ...rows.map(({ name }) => name.length)) + 2
  const lines = rows.flatMap((row) => [
    `  ${`[${row.name}]`.padEnd(width)}  ${row.result.padEnd(8)}  ${row.sentence}`,
    ...filesOf(row).map((line) => `  ${' '.repeat(width + 12)}${line}`),
  ])
  return ['Claims', ...lines, ...section('Problems', problems), ...section('Failed tests', failures)].join('\n')
}

function section(head: string, items: string[]): string[] {
  return items.length > 0 ? ['', head, ...items.map((item) => `  ${item}`)] : []
}

function filesOf({ tests }: ClaimResult): string[] {
  const byFile = Object.entries(Object.groupBy(tests, ({ file }) => file))
  return byFile.map(([file, own = []]) => {
    const counts = Object.entries(Object.groupBy(own, ({ state }) => state))
    return `${file}: ${counts.map(([state, some = []]) => `${some.length} ${state}`).join(', ')}`
  })
}
