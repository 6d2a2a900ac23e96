import { expect, it } from 'vitest'
import { describeFileError } from './file-error.ts'

const failed = (what: object) => Object.assign(new Error('raw'), what)

it('[cli/file-errors] a disk that is full is told in words, whether or not the file is known', () => {
  expect(describeFileError(failed({ code: 'ENOSPC', syscall: 'write' }))).toBe('Cannot write: the disk is full.')
  const opened = failed({ code: 'ENOSPC', syscall: 'open', path: '/in/a.txt' })
  expect(describeFileError(opened)).toBe('Cannot use /in/a.txt: the disk is full.')
  expect(describeFileError(failed({ code: 'ECONNRESET', syscall: 'read' }))).toBeNull()
})
