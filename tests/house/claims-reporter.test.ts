// The reporter's self-test: a real Vitest run over planted tests that pass, fail, are skipped, do not load, and throw
// behind everyone's back; the verdict must know all of them.
import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict.ts'
import { houseRoot, withPlantedHouse } from './planted.ts'

const runner = `
import { startVitest } from 'vitest/node'
import { ClaimsReporter } from '${join(houseRoot, 'tests/claims-reporter.ts')}'
const gaps = () => ({ neverRaised: ['refusal KEY_WEAK'], uncatalogued: [] })
const reporter = new ClaimsReporter({ whole: true, ci: true, gaps })
const vitest = await startVitest('test', [], { watch: false, reporters: [reporter] })
await vitest.close()
process.stdout.write(JSON.stringify(reporter.verdict), () => process.exit(0))
`

const files = {
  'run.ts': runner,
  'package.json': '{"type":"module"}',
  'outcomes.test.ts': `
    import { describe, it } from 'vitest'
    describe('[send/resume] outcomes', () => {
      it('passes', () => {})
      it('fails', () => { throw new Error('no') })
    })
    it.skip('[run/ci] is skipped', () => {})
    it.todo('[run/ci] is to do')`,
  'broken.test.ts': "import './nowhere.ts'",
  'hook.test.ts': `
    import { beforeAll, describe, it } from 'vitest'
    describe('with a broken hook', () => {
      beforeAll(() => { throw new Error('no') })
      it('[run/bench] never runs', () => {})
    })`,
  'behind.test.ts': `
    import { it } from 'vitest'
    it('[log/words] passes, and a promise breaks behind it', async () => {
      void Promise.reject(new Error('boom'))
      await new Promise((done) => setTimeout(done, 20))
    })`,
}

describe('[house/claims] the reporter, in a real run', async () => {
  const { stdout, stderr } = await withPlantedHouse(files, (folder) => {
    symlinkSync(join(houseRoot, 'node_modules'), join(folder, 'node_modules'))
    return spawnSync(process.execPath, ['run.ts'], { cwd: folder, encoding: 'utf8' })
  })
  expect(stderr).toBe('')
  const { passed, claims, problems } = JSON.parse(stdout) as Verdict
  const resultOf = (name: string) => claims.find((claim) => claim.name === name)?.result

  it('knows what passed, failed and was skipped, with names from the suite around', () => {
    expect(passed).toBe(2)
    expect(resultOf('send/resume')).toBe('failed')
    expect(resultOf('run/ci')).toBe('skipped')
    expect(resultOf('log/words')).toBe('passed')
    expect(resultOf('keys/own')).toBe('no test')
  })

  it('counts what no test shows', () => {
    expect(problems).toEqual(
      expect.arrayContaining([
        'did not load, or its set-up failed: broken.test.ts',
        'did not load, or its set-up failed: with a broken hook',
        'unhandled error: boom',
        'skipped: outcomes.test.ts: [run/ci] is skipped',
        'skipped: outcomes.test.ts: [run/ci] is to do',
        'never raised by the real system: refusal KEY_WEAK',
      ]),
    )
  })
})
