import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctPaths, safeName } from './safe-name.ts'

describe('a name from a manifest', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Datganiad – tyst 1.pdf', 'Datganiad – tyst 1.pdf'],
    ['../../.ssh/authorized_keys', '_.._.ssh_authorized_keys'],
    ['C:\\Windows\\system32', 'C__Windows_system32'],
    ['..', 'file'],
    ['.bashrc', 'bashrc'],
    ['con.txt', '_con.txt'],
    ['LPT1', '_LPT1'],
    ['aux .csv', '_aux .csv'],
    ['CONOUT$', '_CONOUT$'],
    ['com¹.log', '_com¹.log'],
    ['Desktop.ini', '_Desktop.ini'],
    ['AUTORUN.INF', '_AUTORUN.INF'],
    ['-rf', '_rf'],
    ['--output=x.pdf', '_-output=x.pdf'],
    ['~', '_'],
    ['~root', '_root'],
    ['~$letter.docx', '_$letter.docx'],
    ['.-x', '_x'],
    ['a-b~c.txt', 'a-b~c.txt'],
    ['invoice\u202efdp.exe', 'invoice_fdp.exe'],
    ['trailing. . ', 'trailing'],
    [`${'x'.repeat(119)}  y`, 'x'.repeat(119)],
    [`${'x'.repeat(200)}.csv`, `${'x'.repeat(116)}.csv`],
    [`${'文'.repeat(100)}.pdf`, `${'文'.repeat(78)}.pdf`],
    ['\0', '_'],
    ['', 'file'],
  ])('[collect/safe-names] %j becomes %j', (given, expected) => {
    expect(safeName(given)).toBe(expected)
  })

  it('[collect/safe-names] is one short component whatever it was, and stays what it is when asked again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 200 }), (codePoints) => {
        const name = safeName(String.fromCodePoint(...codePoints))
        expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}:*?"<>|]|^\.|[. ]$/u)
        expect([...name].length).toBeGreaterThan(0)
        expect([...name].length).toBeLessThanOrEqual(121)
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(241)
        expect(safeName(name)).toBe(name)
      }),
    )
  })

  it('[collect/safe-names] is used once in a transfer, also where upper and lower case are the same', () => {
    expect(distinctPaths(['a.txt', 'A.TXT', 'a.txt', 'b'])).toEqual(['a.txt', 'A (2).TXT', 'a (3).txt', 'b'])
  })

  it.each([
    [
      ['photos/1.jpg', 'photos/2.jpg', 'list.csv'],
      ['photos/1.jpg', 'photos/2.jpg', 'list.csv'],
    ],
    [['../../.ssh/authorized_keys'], ['ssh/authorized_keys']],
    [
      ['/etc/passwd', 'a//./b/../c'],
      ['etc/passwd', 'a/b/c'],
    ],
    [['a\\..\\b/c'], ['a_.._b/c']],
    [['-x/~y/z'], ['_x/_y/z']],
    [
      ['a', 'a/b'],
      ['a', 'a_b'],
    ],
    [
      ['a/b', 'A'],
      ['a/b', 'A (2)'],
    ],
    [
      ['x/1', 'X/1'],
      ['x/1', 'X/1 (2)'],
    ],
    [
      ['..', '.', ''],
      ['file', 'file (2)', 'file (3)'],
    ],
    [['1/2/3/4/5/6/7/8/9/10'], ['1/2/3/4/5/6/7/8/9_10']],
  ])('[collect/safe-names] %j are kept as %j', (given, expected) => {
    expect(distinctPaths(given)).toEqual(expected)
  })

  it('[collect/safe-names] leads nowhere else, whatever folders it names', () => {
    const part = fc.constantFrom('..', '.', '', '/', '//', 'a', 'A', '\\', '\0', '.git', 'con')
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 12 }), { maxLength: 8 }), (names) => {
        const paths = distinctPaths(names.map((parts) => parts.join('/')))
        for (const path of paths) for (const one of path.split('/')) expect(safeName(one)).toBe(one)
        const lower = paths.map((path) => path.toLowerCase())
        expect(new Set(lower).size).toBe(paths.length)
        expect(lower.filter((path) => lower.some((other) => other.startsWith(`${path}/`)))).toEqual([])
      }),
    )
  })
})
