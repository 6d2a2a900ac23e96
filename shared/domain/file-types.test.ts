import { describe, expect, it } from 'vitest'
import { fileTypeCode, fileTypeOf, isArchive } from './file-types.ts'

describe('[scan/file-types] content and name together', () => {
  it.each([
    ['report.pdf', 'pdf', 'pdf'],
    ['REPORT.PDF', 'pdf', 'pdf'],
    ['report.pdf', 'exe', 'other'],
    ['report.pdf', 'docx', 'other'],
    ['report.pdf', 'text', 'other'],
    ['report.pdf', null, 'other'],
    ['report.pdf.exe', 'pdf', 'other'],
    ['report', 'pdf', 'other'],
    ['.pdf', 'pdf', 'pdf'],
    ['photo.jpeg', 'jpg', 'jpg'],
    ['list.csv', 'text', 'csv'],
    ['list.csv', 'empty', 'csv'],
    ['list.csv', 'xlsx', 'other'],
    ['list.csv', null, 'other'],
    ['letter.docx', 'docx', 'docx'],
    ['letter.docx', 'docm', 'other'],
    ['letter.docx', 'zip', 'other'],
    ['letter.docx', 'cfb', 'other'],
    ['letter.doc', 'cfb', 'doc'],
    ['letter.doc', 'rtf', 'other'],
    ['files.zip', 'zip', 'zip'],
    ['files.zip', 'docx', 'other'],
    ['files.tar.gz', 'tar.gz', 'gz'],
    ['a/b/list.csv', 'text', 'csv'],
  ])('[scan/file-types] %s, seen as %s: %s', (name, seen, type) => {
    expect(fileTypeOf({ name, seen })).toBe(type)
  })

  it('[scan/file-types] an ending and a content together belong to one type', () => {
    expect(new Set(fileTypeCode.options).size).toBe(fileTypeCode.options.length)
    expect(fileTypeCode.options.filter(isArchive)).toEqual(['zip', 'tar', 'gz'])
  })
})
