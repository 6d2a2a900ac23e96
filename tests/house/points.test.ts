// The self-test of the table point -> tests -> result: what makes a run fail although no test failed.
import { describe, expect, it } from 'vitest'
import { type Groups, groups, judge, type Run, type TestRecord, table, tagsIn } from '../points.ts'

const known: Groups = {
  thin: { issue: 2, closed: false, points: { '1': 'the house', '2': 'the commands' } },
  'thin bad': { issue: 2, closed: true, points: { '1': 'a plaintext upload' } },
  'thin memory': { issue: 2, closed: false, points: { '1': '1 GiB' } },
}

const aTest = (title: string, state: TestRecord['state'] = 'passed'): TestRecord => ({
  title,
  file: 'a.test.ts',
  state,
})
const aRun = (run: Partial<Run>): Run => ({
  tests: [aTest('[thin 1] stands'), aTest('[thin bad 1] is refused')],
  troubles: [],
  whole: true,
  ci: true,
  ...run,
})
const judged = (run: Partial<Run>) => judge(aRun(run), known)

describe('[thin 3] tags', () => {
  it('finds one, several and none, wherever they stand', () => {
    expect(tagsIn('uploads > [thin bad 3] a truncated body [thin 8]', known)).toEqual(['thin bad 3', 'thin 8'])
    expect(tagsIn('[thin memory] stays flat', known)).toEqual(['thin memory 1'])
    expect(tagsIn('bytes [start end] and [3] of list', known)).toEqual([])
  })

  it('lists the twelve points and thirteen bad inputs of the first issue', () => {
    expect(Object.keys(groups.thin?.points ?? {})).toHaveLength(12)
    expect(Object.keys(groups['thin bad']?.points ?? {})).toHaveLength(13)
  })
})

describe('[thin 3] a run is judged', () => {
  it('passes when every test passed, and a point of an open issue may wait', () => {
    const verdict = judged({})
    expect(verdict).toMatchObject({ passed: 2, failed: 0, problems: [] })
    expect(verdict.points.map(({ tag, result }) => [tag, result])).toEqual([
      ['thin 1', 'passed'],
      ['thin 2', 'not yet'],
      ['thin bad 1', 'passed'],
      ['thin memory 1', 'not yet'],
    ])
  })

  it('counts a failed test, on CI and off it, narrowed or not', () => {
    const tests = [aTest('[thin 1] stands'), aTest('[thin 1] falls', 'failed')]
    expect(judged({ tests, ci: false, whole: false })).toMatchObject({ passed: 1, failed: 1 })
    expect(judged({ tests, ci: false, whole: false }).points[0]?.result).toBe('failed')
  })

  it('fails on CI when a test was skipped', () => {
    const tests = [...aRun({}).tests, aTest('[thin 2] later', 'skipped')]
    expect(judged({ tests })).toMatchObject({ failed: 1, problems: ['skipped: a.test.ts: [thin 2] later'] })
    expect(judged({ tests }).points[1]?.result).toBe('skipped')
    expect(judged({ tests, ci: false }).failed).toBe(0)
  })

  it('fails on CI when a closed issue has a point without a test', () => {
    const tests = [aTest('[thin 1] stands')]
    expect(judged({ tests }).problems).toEqual(['the issue is closed and [thin bad 1] has no test: a plaintext upload'])
    expect(judged({ tests, whole: false }).failed).toBe(0)
  })

  it('fails on a tag that no list knows', () => {
    const tests = [...aRun({}).tests, aTest('[thin 99] is nobody'), aTest('[thn 1] is a slip')]
    expect(judged({ tests, ci: false, whole: false }).problems).toEqual([
      'the tag [thin 99] is not in tests/points.json',
      'the tag [thn 1] is not in tests/points.json',
    ])
  })

  it('fails on troubles outside tests, and when nothing ran at all', () => {
    expect(judged({ troubles: ['did not load: b.test.ts'] }).failed).toBe(1)
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

  it('prints point, result and where the tests are', () => {
    const text = table(judged({ troubles: ['unhandled error: boom'] }))
    expect(text).toMatch(/\[thin 1\] +passed +the house\n +a\.test\.ts: 1 passed/)
    expect(text).toMatch(/\[thin 2\] +not yet +the commands/)
    expect(text).toMatch(/Problems\n {2}unhandled error: boom/)
  })
})
