import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folderSink } from './sink.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safehand-sink-'))
})
afterEach(() => rm(folder, { recursive: true }))

const temporary = async () => (await readdir(folder)).filter((name) => name.endsWith('.part'))

describe('[collect/files] files that are collected', () => {
  it('have no name before they are whole, and replace nothing', async () => {
    await writeFile(join(folder, 'a.txt'), 'mine')
    const file = await folderSink(folder).begin('a.txt')
    await file.write(new TextEncoder().encode('theirs'))
    expect(await readdir(folder)).not.toContain('a (2).txt')
    expect(await file.keep()).toBe(join(folder, 'a (2).txt'))
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('mine')
    expect(await temporary()).toEqual([])
  })

  it('leave nothing half-written for long: the next who collects there removes what a killed process left', async () => {
    const own = await folderSink(folder).begin('case/a.txt')
    const [name = ''] = await temporary()
    const { pid } = spawnSync(process.execPath, ['--version'])
    const left = name.replace(`-${process.pid}-`, `-${pid}-`)
    const elsewhere = left.replace(/^.safehand-[0-9a-f]{8}/, '.safehand-00000000')
    for (const other of [left, elsewhere]) await writeFile(join(folder, other), 'half of a file')
    const next = await folderSink(folder).begin('other/b.txt')
    const names = await temporary()
    expect(names).toContain(name)
    expect(names).toContain(elsewhere)
    expect(names).not.toContain(left)
    await Promise.all([own.discard(), next.discard()])
  })
})
