// The bench runs whole on the real thing, at sizes that say nothing of speed: every row is there, with ours,
// the reference and a ratio, as a table and as JSON.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeProfile } from '../../bench/profile.ts'
import type { Row } from '../../bench/table.ts'

const run = promisify(execFile)

let folder: string
let printed: string
let results: { rows: Row[] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safehand-bench-'))
  const into = join(folder, 'results.json')
  const { stdout } = await run(process.execPath, ['scripts/bench.ts', '--tiny', '--into', into])
  printed = stdout
  results = JSON.parse(await readFile(into, 'utf8'))
})
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true })
})

describe('the bench', () => {
  it('[run/bench] [cli/starts-at-once] has every row', () => {
    expect(results.rows.map(({ name }) => name)).toEqual([
      ...['memory: send', 'memory: collect', 'memory: server', 'memory: scanner', 'memory: housekeeper'],
      'memory: service, 3 at once',
      ...['encrypt: v2-gcm beside AES-256-GCM', 'encrypt: v2-gcm beside gpg', 'encrypt: v1-cfb beside gpg'],
      ...['upload', 'download', 'scan', 'whole job', 'log append, 16 at once', 'log append, 64 at once'],
      ...['start: --help', 'start: status'],
    ])
  })

  it('[run/bench] measures ours beside a reference in one run, and prints the ratio', () => {
    for (const row of results.rows) {
      const { name, ours, reference, ratio } = row
      expect(printed).toContain(name)
      expect([ours, reference].every((figure) => figure > 0)).toBe(true)
      expect(ratio).toBeCloseTo(ours / reference, 5)
    }
  })

  it('[run/bench] says of each row what was to be reached, whether it was, and what it cost', () => {
    for (const row of results.rows) {
      const columns = ['name', 'unit', 'ours', 'reference', 'ratio', 'goal', 'met', 'cpuPerGiB', 'peakMiB']
      expect(Object.keys(row).toSorted()).toEqual(columns.toSorted())
      expect(row.goal).toMatch(/^(ratio|growth) [<>]= [\d.]+$/)
      const [what, , least] = row.goal.split(' ')
      const figure = what === 'ratio' ? row.ratio : row.ours - row.reference
      expect(row.met).toBe(row.goal.includes('>=') ? figure >= Number(least) : figure <= Number(least))
      // Entries of a log and starts have no size: theirs are the rows without. Processor time is counted in ticks, and may be none.
      expect(row.cpuPerGiB === null || row.cpuPerGiB >= 0).toBe(true)
      expect([row.cpuPerGiB === null, row.peakMiB === null]).toEqual(
        /^(log|start)/.test(row.name) ? [true, true] : [false, false],
      )
    }
  })

  it('[run/bench] says by function where the time of a process went', async () => {
    const script = join(folder, 'busy.mjs')
    await writeFile(script, 'function busy() { for (let n = 0; n < 3e8; n += 1) busy.n = n }\nbusy()\n')
    await run(process.execPath, ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-name=busy.cpuprofile', script])
    const [summary, first] = describeProfile(JSON.parse(await readFile(join(folder, 'busy.cpuprofile'), 'utf8')))
    expect(summary).toMatch(/^\d+\.\d s at work, \d+\.\d s waiting$/)
    expect(first).toMatch(/^ *\d+\.\d % {2}busy {2}.*busy\.mjs:1$/)
  })
})
