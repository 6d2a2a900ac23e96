import { spawnSync } from 'node:child_process'
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FileId, TransferId } from '#domain/values.ts'
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

const bytes = (text: string) => new TextEncoder().encode(text)

/** As a file system without hard links answers: each has its own code for it. */
const withoutLinks = (code: string) => ({
  link: () => Promise.reject(Object.assign(new Error(code), { code, syscall: 'link' })),
})

describe('[collect/no-hard-links] a folder without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL', 'EMLINK', 'UNKNOWN'])(
    'takes files all the same, and replaces nothing, where it says %s',
    async (code) => {
      await writeFile(join(folder, 'a.txt'), 'mine')
      await symlink(join(folder, 'elsewhere'), join(folder, 'a (2).txt'))
      const file = await folderSink(folder, withoutLinks(code)).begin('a.txt')
      await file.write(bytes('theirs'))
      expect(await file.keep()).toBe(join(folder, 'a (3).txt'))
      expect(await readFile(join(folder, 'a (3).txt'), 'utf8')).toBe('theirs')
      expect((await readdir(folder)).toSorted()).toEqual(['a (2).txt', 'a (3).txt', 'a.txt'])
      expect((await lstat(join(folder, 'a (3).txt'))).mode & 0o777).toBe(0o600)
    },
  )

  it('leaves nothing behind, and gives the true reason, where no name can be made either', async () => {
    const file = await folderSink(folder, withoutLinks('EPERM')).begin('x'.repeat(300))
    await file.write(bytes('theirs'))
    await expect(file.keep()).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
    await file.discard()
    expect(await readdir(folder)).toEqual([])
  })
})

describe('[collect/own-folders] what is collected', () => {
  let outside: string
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'safehand-outside-'))
  })
  afterEach(() => rm(outside, { recursive: true }))

  it.each<[string, () => Promise<unknown>]>([
    ['a link to a folder elsewhere', () => symlink(outside, join(folder, 'case'))],
    ['a link to nowhere', () => symlink(join(outside, 'none'), join(folder, 'case'))],
    [
      'a link to a file elsewhere',
      async () => {
        await writeFile(join(outside, 'theirs'), 'kept')
        await symlink(join(outside, 'theirs'), join(folder, 'case'))
      },
    ],
    ['somebody’s folder', () => mkdir(join(folder, 'case'))],
    ['a file', () => writeFile(join(folder, 'case'), 'mine')],
  ])('goes into folders of its own, where %s has that name', async (_what, plant) => {
    await plant()
    const before = await readdir(outside)
    const sink = folderSink(folder)
    for (const path of ['case/deep/a.txt', 'case/b.txt', 'Case/c.txt']) {
      const file = await sink.begin(path)
      await file.write(bytes('x'))
      await file.keep()
    }
    expect((await readdir(join(folder, 'case (2)'), { recursive: true })).toSorted()).toEqual([
      'b.txt',
      'c.txt',
      'deep',
      'deep/a.txt',
    ])
    expect(await readdir(outside)).toEqual(before)
  })

  it('is never written through a link in a file’s place', async () => {
    await symlink(join(outside, 'stolen'), join(folder, 'a.txt'))
    const file = await folderSink(folder).begin('a.txt')
    await file.write(bytes('theirs'))
    expect(await file.keep()).toBe(join(folder, 'a (2).txt'))
    expect(await readdir(outside)).toEqual([])
  })

  it.each(['before', 'while'])(
    'stays out of a folder that is exchanged for a link %s a file gets its name',
    async (when) => {
      const exchange = async () => {
        await rename(join(folder, 'case'), join(folder, 'gone'))
        await symlink(outside, join(folder, 'case'))
      }
      const racing = {
        link: async (from: string, to: string) => {
          if (when === 'while') await exchange()
          await link(from, to)
        },
      }
      const file = await folderSink(folder, racing).begin('case/a.txt')
      await file.write(bytes('theirs'))
      if (when === 'before') await exchange()
      await expect(file.keep()).rejects.toMatchObject({ code: 'FOLDER_EXCHANGED' })
      await file.discard()
      expect(await readdir(outside)).toEqual([])
    },
  )

  it.each(['../a.txt', '/a.txt', 'a/../../b.txt', 'a//b.txt'])('refuses %s, which is no safe path', async (path) => {
    await expect(folderSink(folder).begin(path)).rejects.toThrow(TypeError)
  })

  const [transfer, file] = ['a'.repeat(32) as TransferId, 'file-1' as FileId]
  const etag = `"${'b'.repeat(64)}"`
  const partial = () => join(folder, `.safehand-${transfer}-${file}.${'b'.repeat(64)}.encrypted`)
  it.each<[string, (victim: string) => Promise<void>]>([
    ['a link', (victim) => symlink(victim, partial())],
    ['a second name of another file', (victim) => link(victim, partial())],
  ])('keeps what arrived before a cut in no file that %s leads to', async (_what, plant) => {
    const victim = join(outside, 'victim')
    await writeFile(victim, 'mine')
    await plant(victim)
    const kept = await folderSink(folder).partial!({ transfer, file })
    expect([kept.length, kept.etag]).toEqual([0, null])
    await plant(victim)
    const again = await folderSink(folder).partial!({ transfer, file })
    await again.restart(etag)
    await again.append(bytes('arrived'))
    await again.close()
    expect(await readFile(victim, 'utf8')).toBe('mine')
    expect(await readFile(partial(), 'utf8')).toBe('arrived')
  })
})
