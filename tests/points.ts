// What the numbered points of the issues are, and whether the tests that carry their tags prove them. A tag stands in
// a test's title: `[thin 8]`, `[thin bad 3]`, or `[thin memory]` for a group of one point. Pure: the run's results in,
// a verdict out; points-reporter.ts feeds it.
import points from './points.json' with { type: 'json' }
import type { CatalogueGaps } from './catalogues.ts'

export type Groups = Record<string, { issue: number; closed: boolean; points: Record<string, string> }>
export type TestRecord = { title: string; file: string; state: 'passed' | 'failed' | 'skipped' | 'pending' }
export type Point = {
  tag: string
  title: string
  closed: boolean
  tests: TestRecord[]
  result: 'passed' | 'failed' | 'skipped' | 'not yet'
}
export type Run = {
  tests: TestRecord[]
  /** What failed outside any test: files that did not load, unhandled errors, an interruption. */
  troubles: string[]
  /** No argument narrowed the run, so what is missing is missing. */
  whole: boolean
  /** On CI nothing may be skipped. */
  ci: boolean
  gaps?: CatalogueGaps | undefined
}
export type Verdict = { passed: number; failed: number; problems: string[]; points: Point[] }

export const groups: Groups = points

const TAG = /\[([a-z]+(?: [a-z]+)*)(?: (\d+))?\]/g

/** The tags in a test's title, normalised to `group number`. Brackets without a number count for known groups only. */
export function tagsIn(title: string, known: Groups = groups): string[] {
  const found = [...title.matchAll(TAG)].filter(([, group = '', number]) => number !== undefined || group in known)
  return [...new Set(found.map(([, group, number = '1']) => `${group} ${number}`))]
}

/** Weighs a run: every failed test counts as one failure, and so does every problem found beside them. */
export function judge(run: Run, known: Groups = groups): Verdict {
  const rows = rowsOf(run.tests, known)
  const problems = [...run.troubles, ...unknownTags(run.tests, known)]
  if (run.tests.length === 0) problems.push('no test ran')
  if (run.whole && run.ci) problems.push(...skippedTests(run.tests), ...notYetThoughClosed(rows))
  if (run.whole && run.gaps) problems.push(...sayGaps(run.gaps))
  const failedTests = run.tests.filter(({ state }) => state === 'failed' || state === 'pending').length
  return {
    passed: run.tests.filter(({ state }) => state === 'passed').length,
    failed: failedTests + problems.length,
    problems,
    points: rows,
  }
}

function rowsOf(tests: TestRecord[], known: Groups): Point[] {
  return Object.entries(known).flatMap(([group, { closed, points: titles }]) =>
    Object.entries(titles).map(([number, title]): Point => {
      const tag = `${group} ${number}`
      const own = tests.filter((test) => tagsIn(test.title, known).includes(tag))
      return { tag, title, closed, tests: own, result: resultOf(own) }
    }),
  )
}

function resultOf(tests: TestRecord[]): Point['result'] {
  if (tests.some(({ state }) => state === 'failed' || state === 'pending')) return 'failed'
  if (tests.some(({ state }) => state === 'skipped')) return 'skipped'
  return tests.length > 0 ? 'passed' : 'not yet'
}

function unknownTags(tests: TestRecord[], known: Groups): string[] {
  const listed = new Set(rowsOf([], known).map(({ tag }) => tag))
  const used = new Set(tests.flatMap(({ title }) => tagsIn(title, known)))
  return [...used].filter((tag) => !listed.has(tag)).map((tag) => `the tag [${tag}] is not in tests/points.json`)
}

function skippedTests(tests: TestRecord[]): string[] {
  return tests.filter(({ state }) => state === 'skipped').map(({ file, title }) => `skipped: ${file}: ${title}`)
}

function notYetThoughClosed(rows: Point[]): string[] {
  const missing = rows.filter(({ closed, result }) => closed && result === 'not yet')
  return missing.map(({ tag, title }) => `the issue is closed and [${tag}] has no test: ${title}`)
}

function sayGaps({ neverRaised, uncatalogued }: CatalogueGaps): string[] {
  return [
    ...neverRaised.map((code) => `never raised by the real system: ${code}`),
    ...uncatalogued.map((code) => `raised, and in no catalogue: ${code}`),
  ]
}

/** The table point -> tests -> result, and below it the problems. */
export function table({ points: rows, problems }: Verdict): string {
  const width = Math.max(0, ...rows.map(({ tag }) => tag.length)) + 2
  const lines = rows.flatMap((row) => [
    `  ${`[${row.tag}]`.padEnd(width)}  ${row.result.padEnd(8)}  ${row.title}`,
    ...filesOf(row).map((line) => `  ${' '.repeat(width + 12)}${line}`),
  ])
  const below = problems.length > 0 ? ['', 'Problems', ...problems.map((problem) => `  ${problem}`)] : []
  return ['Points', ...lines, ...below].join('\n')
}

function filesOf({ tests }: Point): string[] {
  const byFile = Object.entries(Object.groupBy(tests, ({ file }) => file))
  return byFile.map(([file, own = []]) => {
    const counts = Object.entries(Object.groupBy(own, ({ state }) => state))
    return `${file}: ${counts.map(([state, some = []]) => `${some.length} ${state}`).join(', ')}`
  })
}
