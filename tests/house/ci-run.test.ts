// The self-test of .ci/run: the real script in a planted house whose demo and tests do as they are told. It must add
// up what passed and failed into its last line, believe no quiet success, and leave nothing behind.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot, withPlantedHouse } from './planted.ts'

const asRoot = process.getuid?.() === 0
/** The demo runs twice as root: once again as an ordinary user. */
const demos = asRoot ? 2 : 1

const honestDemo = `
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
const digest = createHash('sha256').update(readFileSync(process.argv.at(-1))).digest('hex')
console.log('sent ' + digest + '\\ncollected ' + digest)`

type Planted = { demo?: string; test?: string }

function runCi({ demo = honestDemo, test = "console.log('7 passed, 0 failed')" }: Planted) {
  const files = {
    '.ci/run': readFileSync(join(houseRoot, '.ci/run'), 'utf8'),
    'package.json': '{"type":"module","scripts":{"demo":"node demo.mjs","test":"node test.mjs"}}',
    'demo.mjs': demo,
    'test.mjs': test,
  }
  return withPlantedHouse(files, (folder) => {
    chmodSync(join(folder, '.ci/run'), 0o755)
    const git = (...args: string[]) =>
      spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.invalid', ...args], { cwd: folder })
    git('init', '--quiet')
    git('add', '-A')
    git('commit', '--quiet', '-m', 'planted')
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    chmodSync(folder, 0o755)
    chmodSync(temporary, 0o777)
    const run = spawnSync('.ci/run', { cwd: folder, encoding: 'utf8', env: { ...process.env, TMPDIR: temporary } })
    const said = run.stdout.trimEnd()
    return { said, last: said.split('\n').at(-1), status: run.status, left: readdirSync(temporary) }
  })
}

describe('[run/ci] .ci/run', () => {
  it('adds up demos and tests, as root and as an ordinary user, and cleans up', async () => {
    const { last, status, left } = await runCi({})
    expect({ last, status }).toEqual({ last: `${7 + demos} passed, 0 failed`, status: 0 })
    expect(left.filter((name) => name.startsWith('tmp.'))).toEqual([])
  })

  it('fails with the tests, and when they end without their closing line', async () => {
    const failing = await runCi({ test: "console.log('6 passed, 1 failed'); process.exitCode = 1" })
    expect(failing).toMatchObject({ last: `${6 + demos} passed, 1 failed`, status: 1 })
    const silent = await runCi({ test: "console.log('all good')" })
    expect(silent).toMatchObject({ last: `${demos} passed, 1 failed`, status: 1 })
    const crashing = await runCi({ test: "console.log('7 passed, 0 failed'); process.exitCode = 1" })
    expect(crashing).toMatchObject({ last: `${7 + demos} passed, 1 failed`, status: 1 })
  })

  it('says again at the end what failed in the tests', async () => {
    const test = "console.log('Failed tests\\n  a.test.ts: falls\\n\\n6 passed, 1 failed'); process.exitCode = 1"
    expect((await runCi({ test })).said).toMatch(
      /what failed in the tests\nFailed tests\n {2}a\.test\.ts: falls\n[^=]*$/,
    )
    expect((await runCi({})).said).not.toContain('what failed')
  })

  it('fails when the demo fails, or does not show the digest of what arrived', async () => {
    expect(await runCi({ demo: 'process.exitCode = 1' })).toMatchObject({
      last: `7 passed, ${demos} failed`,
      status: 1,
    })
    expect(await runCi({ demo: "console.log('done')" })).toMatchObject({
      last: `7 passed, ${demos} failed`,
      status: 1,
    })
  })
})
