import { describe, expect, it } from 'vitest'
import { type LeftAlone, whyLeftAlone, whyPathLeftAlone } from './left-alone.ts'

describe('[send/left-alone] a file', () => {
  it.each<[string, LeftAlone | null]>([
    ['.DS_Store', 'hidden'],
    ['.bashrc', 'hidden'],
    ['.~lock.letter.odt#', 'hidden'],
    ['Thumbs.db', 'systems'],
    ['THUMBS.DB', 'systems'],
    ['desktop.ini', 'systems'],
    ['$RECYCLE.BIN', 'systems'],
    ['__MACOSX', 'systems'],
    ['~$a.docx', 'systems'],
    ['scan.pdf.part', 'temporary'],
    ['Scan.PDF.PART', 'temporary'],
    ['film.mp4.crdownload', 'temporary'],
    ['upload.tmp', 'temporary'],
    ['thumbs.dbx', null],
    ['my desktop.ini.txt', null],
    ['department', null],
    ['part', null],
    ['a.b.c', null],
    ['~notes.txt', null],
  ])('%j is left alone: %s', (name, why) => {
    expect(whyLeftAlone(name)).toBe(why)
  })

  it.each<[string, LeftAlone | null]>([
    ['case/photos/1.jpg', null],
    ['./case/../b.pdf', null],
    ['case/.git/config', 'hidden'],
    ['case\\Thumbs.db', 'systems'],
    ['__MACOSX/case/1.jpg', 'systems'],
  ])('by any part of its path: %j is %s', (path, why) => {
    expect(whyPathLeftAlone(path)).toBe(why)
  })
})
