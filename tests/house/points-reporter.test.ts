// The reporter's self-test: a real Vitest run over planted tests that pass, fail, are skipped, do not load, and throw
// behind everyone's back; the verdict must know all of them.
import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../points.ts'
import { houseRoot, withPlantedHouse } from './planted.ts'

const runner = `
import { startVitest } from 'vitest/node'
import { PointsReporter } from '${join(houseRoot, 'tests/points-reporter.ts')}'
const gaps = () => ({ neverRaised: ['refusal KEY_WEAK'], uncatalogued: [] })
const reporter = new PointsReporter({ whole: true, ci: true, gaps })
const vitest = await startVitest('test', [], { watch: false, reporters: [reporter] })
await vitest.close()
process.stdout.write(JSON.stringify(reporter.verdict), () => process.exit(0))
`

const files = {
  'run.ts': runner,
  'package.json': '{"type":"module"}',
  'outcomes.test.ts': `
    import { describe, it } from 'vitest'
    describe('[thin 1] outcomes', () => {
      it('passes', () => {})
      it('fails', () => { throw new Error('no') })
    })
    it.skip('[thin 2] is skipped', () => {})
    it.todo('[thin 2] is to do')`,
  'broken.test.ts': "import './nowhere.ts'",
  'hook.test.ts': `
    import { beforeAll, describe, it } from 'vitest'
    describe('with a broken hook', () => {
      beforeAll(() => { throw new Error('no') })
      it('[thin 4] never runs', () => {})
    })`,
  'behind.test.ts': `
    import { it } from 'vitest'
    it('[thin 3] passes, and a promise breaks behind it', async () => {
      void Promise.reject(new Error('boom'))
      await new Promise((done) => setTimeout(done, 20))
    })`,
}

describe('[thin 3] the reporter, in a real run', async () => {
  const { stdout, stderr } = await withPlantedHouse(files, (folder) => {
    symlinkSync(join(houseRoot, 'node_modules'), join(folder, 'node_modules'))
    return spawnSync(process.execPath, ['run.ts'], { cwd: folder, encoding: 'utf8' })
  })
  expect(stderr).toBe('')
  const { passed, points, problems } = JSON.parse(stdout) as Verdict
  const resultOf = (tag: string) => points.find((point) => point.tag === tag)?.result

  it('knows what passed, failed and was skipped, with tags from the suite around', () => {
    expect(passed).toBe(2)
    expect(resultOf('thin 1')).toBe('failed')
    expect(resultOf('thin 2')).toBe('skipped')
    expect(resultOf('thin 3')).toBe('passed')
    expect(resultOf('thin 5')).toBe('not yet')
  })

  it('counts what no test shows', () => {
    expect(problems).toEqual(
      expect.arrayContaining([
        'did not load, or its set-up failed: broken.test.ts',
        'did not load, or its set-up failed: with a broken hook',
        'unhandled error: boom',
        'skipped: outcomes.test.ts: [thin 2] is skipped',
        'skipped: outcomes.test.ts: [thin 2] is to do',
        'never raised by the real system: refusal KEY_WEAK',
      ]),
    )
  })
})
