import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { headOf } from '#client/log/memory.ts'
import type { LogOrigin } from '#domain/audit/entry.ts'
import { createHome } from '../home.ts'
import { logMemory } from './log-memory.ts'

const run = promisify(execFile)
const origin = `test.invalid/agreements/${'a'.repeat(32)}` as LogOrigin

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safehand-memory-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A program that sees ten heads, and one that it refuses; each as often as somebody else was quicker. */
const program = `
import { logMemory } from './cli/trust/log-memory.ts'
import { createHome } from './cli/home.ts'
import { rememberHead, rememberRefused } from '#client/log/memory.ts'
const [home, first] = process.argv.slice(1)
const memory = logMemory(createHome(home))
const origin = '${origin}'
const root = Buffer.alloc(32, 7).toString('base64')
const noteOf = (size) => origin + '\\n' + size + '\\n' + root + '\\n\\n— ' + origin + ' ' + Buffer.alloc(68, 1).toString('base64') + '\\n'
const at = '2026-12-01T09:00:00Z'
async function keep(change) {
  for (;;) {
    const before = await memory.recall(origin)
    if (await memory.keep({ before, now: change(before) })) return
  }
}
for (let size = Number(first); size <= 40; size += 4) {
  await keep((before) => rememberHead(before, { origin, note: noteOf(size), at, pinned: true, fresh: true, cosigned: 0, copy: null }))
}
await keep((before) => rememberRefused(before, { note: null, at, code: 'BY_' + first, place: null }))
`

it('[log/memory] programs that see heads at once lose none of what another kept', async () => {
  const home = join(folder, 'home')
  const programs = [1, 2, 3, 4].map((first) =>
    run(process.execPath, ['--input-type=module-typescript', '-e', program, home, String(first)]),
  )
  await Promise.all(programs)
  const kept = await logMemory(createHome(home)).recall(origin)
  expect(headOf(kept!).size).toBe(40)
  expect(kept!.refused.map(({ code }) => code).sort()).toEqual(['BY_1', 'BY_2', 'BY_3', 'BY_4'])
  const files = await readdir(join(home, 'logs'))
  expect(files.filter((name) => name.endsWith('.part'))).toEqual([])
  const [file] = files.filter((name) => name.endsWith('.json'))
  expect((await stat(join(home, 'logs', file!))).mode & 0o777).toBe(0o600)
})

it('[log/memory] looking makes nothing, not even a home', async () => {
  const home = join(folder, 'none')
  expect(await logMemory(createHome(home)).recall(origin)).toBeNull()
  await expect(stat(home)).rejects.toThrow('ENOENT')
})
