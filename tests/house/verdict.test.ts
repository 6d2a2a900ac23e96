// The self-test of the table claim -> tests -> result: what makes a run fail although no test failed.
import { describe, expect, it } from 'vitest'
import { type Claims, judge, type Run, type TestRecord, table, tagsIn } from '../verdict.ts'

const known: Claims = {
  'send/whole': 'What was begun arrives whole',
  'send/once': 'Nothing is sent twice',
  'scan/plain': 'What is in plain is refused',
}

const aTest = (title: string, state: TestRecord['state'] = 'passed'): TestRecord => ({
  title,
  file: 'a.test.ts',
  state,
})
const aRun = (run: Partial<Run>): Run => ({
  tests: [aTest('[send/whole] stands'), aTest('[scan/plain] is refused')],
  troubles: [],
  whole: true,
  ci: true,
  ...run,
})
const judged = (run: Partial<Run>) => judge(aRun(run), known)

describe('[house/claims] tags', () => {
  it('finds one, several and none, wherever they stand', () => {
    expect(tagsIn('uploads > [scan/plain] a truncated body [send/once]')).toEqual(['scan/plain', 'send/once'])
    expect(tagsIn('bytes [start end] and [3] of list')).toEqual([])
  })

  it('takes for a tag whatever stands in brackets where a title begins', () => {
    expect(tagsIn('[send once] is a slip > [sned/once] is another')).toEqual(['send once', 'sned/once'])
  })
})

describe('[house/claims] a run is judged', () => {
  it('passes when every test passed', () => {
    const verdict = judged({ ci: false })
    expect(verdict).toMatchObject({ passed: 2, failed: 0, problems: [] })
    expect(verdict.claims.map(({ name, result }) => [name, result])).toEqual([
      ['send/whole', 'passed'],
      ['send/once', 'no test'],
      ['scan/plain', 'passed'],
    ])
  })

  it('counts a failed test, on CI and off it, narrowed or not', () => {
    const tests = [aTest('[send/whole] stands'), aTest('[send/whole] falls', 'failed')]
    expect(judged({ tests, ci: false, whole: false })).toMatchObject({ passed: 1, failed: 1 })
    expect(judged({ tests, ci: false, whole: false }).claims[0]?.result).toBe('failed')
  })

  it('fails on CI when a test was skipped', () => {
    const tests = [...aRun({}).tests, aTest('[send/once] later', 'skipped')]
    expect(judged({ tests })).toMatchObject({ failed: 1, problems: ['skipped: a.test.ts: [send/once] later'] })
    expect(judged({ tests }).claims[1]?.result).toBe('skipped')
    expect(judged({ tests, ci: false }).failed).toBe(0)
  })

  it('fails on CI when a claim has no test', () => {
    expect(judged({}).problems).toEqual(['the claim [send/once] has no test: Nothing is sent twice'])
    expect(judged({ ci: false }).failed).toBe(0)
    expect(judged({ whole: false }).failed).toBe(0)
  })

  it('fails on a tag that is no claim', () => {
    const tests = [...aRun({}).tests, aTest('[send/never] is nobody'), aTest('[send once] is a slip')]
    expect(judged({ tests, ci: false, whole: false }).problems).toEqual([
      'the tag [send/never] is no claim of tests/claims.ts',
      'the tag [send once] is no claim of tests/claims.ts',
    ])
  })

  it('lists only what ran when the run was narrowed', () => {
    const tests = [
      aTest('[send/whole] stands'),
      aTest('[send/whole] falls', 'skipped'),
      aTest('[send/once]', 'skipped'),
    ]
    const verdict = judged({ tests, whole: false })
    expect(verdict.claims.map(({ name, result }) => [name, result])).toEqual([['send/whole', 'passed']])
    expect(table(verdict)).not.toMatch(/no test|skipped|send\/once/)
  })

  it('fails on troubles outside tests, and when nothing ran at all', () => {
    expect(judged({ troubles: ['did not load: b.test.ts'], ci: false }).failed).toBe(1)
    expect(judged({ tests: [], whole: false, ci: false })).toMatchObject({ passed: 0, failed: 1 })
  })

  it('fails on each gap between catalogue and run, when the run was whole', () => {
    const gaps = { neverRaised: ['refusal KEY_WEAK'], uncatalogued: ['event file.lost'] }
    expect(judged({ gaps, ci: false }).problems).toEqual([
      'never raised by the real system: refusal KEY_WEAK',
      'raised, and in no catalogue: event file.lost',
    ])
    expect(judged({ gaps, whole: false }).failed).toBe(0)
  })

  it('names what failed, and why, below all else', () => {
    const tests = [{ ...aTest('[send/whole] falls', 'failed'), why: 'expected 1\nto be 2' }]
    expect(table(judged({ tests, whole: false }))).toMatch(
      /\n\nFailed tests\n {2}a\.test\.ts: \[send\/whole\] falls\n {4}expected 1\n {4}to be 2$/,
    )
    expect(table(judged({}))).not.toContain('Failed tests')
  })

  it('prints claim, result and where the tests are', () => {
    const text = table(judged({ troubles: ['unhandled error: boom'] }))
    expect(text).toMatch(/\[send\/whole\] +passed +What was begun arrives whole\n +a\.test\.ts: 1 passed/)
    expect(text).toMatch(/\[send\/once\] +no test +Nothing is sent twice/)
    expect(text).toMatch(/Problems\n {2}unhandled error: boom/)
  })
})
