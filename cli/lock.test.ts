import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tryPassingLock } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'safehand-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('[send/resume] the lock of a transfer', () => {
  it('[send/resume] is one run’s at a time, and leaves nothing behind', () => {
    const path = join(folder, 'a.lock')
    const first = tryPassingLock(path)
    expect(first).not.toBeNull()
    expect([tryPassingLock(path), tryPassingLock(path)]).toEqual([null, null])
    const other = tryPassingLock(join(folder, 'b.lock'))
    expect(other).not.toBeNull()
    first?.release()
    const next = tryPassingLock(path)
    expect(next).not.toBeNull()
    expect(tryPassingLock(path)).toBeNull()
    next?.release()
    other?.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('[send/resume] is taken where a dead run left its empty file', () => {
    const path = join(folder, 'a.lock')
    writeFileSync(path, '')
    const lock = tryPassingLock(path)
    expect(lock).not.toBeNull()
    lock?.release()
    expect(readdirSync(folder)).toEqual([])
  })
})
