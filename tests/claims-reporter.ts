// The Vitest reporter behind `npm test`: collects every test's title and result, and has them judged when the run
// ends. It prints nothing itself: scripts/test.ts prints table and closing line last, after all services stopped.
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node'
import type { CatalogueGaps } from './catalogues.ts'
import { judge, type TestRecord, type Verdict } from './verdict.ts'

type Settings = {
  whole: boolean
  ci: boolean
  /** Asked once, when the run is over: what the catalogues and the run do not share. */
  gaps?: () => CatalogueGaps
}

export class ClaimsReporter implements Reporter {
  /** Set when the run has ended; absent when it never got that far. */
  verdict: Verdict | undefined
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message: string }[], reason: TestRunEndReason): void {
    const { whole, ci, gaps } = this.#settings
    this.verdict = judge({
      tests: modules.flatMap((module) => [...module.children.allTests()].map(recordOf)),
      troubles: [...modules.flatMap(loadTroubles), ...errors.map(unhandled), ...interruption(reason)],
      whole,
      ci,
      gaps: whole ? gaps?.() : undefined,
    })
  }
}

function recordOf(test: TestCase): TestRecord {
  const { state, errors } = test.result()
  const record = { title: test.fullName, file: test.module.relativeModuleId, state }
  return state === 'failed' ? { ...record, why: (errors ?? []).map(firstLines).join('\n') } : record
}

/** Colours are for a terminal, and an error may carry a whole file with it. */
function firstLines({ message }: { message: string }): string {
  return stripVTControlCharacters(message).split('\n').slice(0, 12).join('\n').slice(0, 1000)
}

/** A file that fails to load, or a suite whose hook fails, has no failed test to show for it. */
function loadTroubles(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  const broken = [...(module.errors().length > 0 ? [module.relativeModuleId] : []), ...suites.map((s) => s.fullName)]
  return broken.map((name) => `did not load, or its set-up failed: ${name}`)
}

function unhandled({ message }: { message: string }): string {
  return `unhandled error: ${message.split('\n')[0]}`
}

function interruption(reason: TestRunEndReason): string[] {
  return reason === 'interrupted' ? ['the run was interrupted'] : []
}
