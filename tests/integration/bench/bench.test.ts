// The bench runs whole on the real thing, at sizes that say nothing of speed: every row has ours, the reference and a ratio.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Row } from '../../bench/table.ts'

const run = promisify(execFile)

it('[thin speed 1] measures ours beside a reference in one run, and prints the ratio', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'safehand-bench-'))
  try {
    const into = join(folder, 'results.json')
    const { stdout } = await run(process.execPath, ['scripts/bench.ts', '--tiny', '--into', into])
    const { rows } = JSON.parse(await readFile(into, 'utf8')) as { rows: Row[] }
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['encrypt', 'upload', 'download', 'memory: server', 'memory: scanner']),
    )
    for (const { name, ours, reference, ratio } of rows) {
      expect(stdout).toContain(name)
      expect([ours, reference].every((figure) => figure > 0)).toBe(true)
      expect(ratio).toBeCloseTo(ours / reference, 1)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 300_000)
