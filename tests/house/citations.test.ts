// What a comment or page leads to is there: every citation of ARCHITECTURE.md names one of its headings, every relative
// link of a page has its target, and nothing leads to papers that whoever reads this repository does not have.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot } from './planted.ts'

/** They name what they forbid. */
const ownWords = ['tests/house/citations.test.ts', 'tests/house/claims.test.ts']
const written = /\.(ts|mjs|sql|grit|md|yaml|yml|conf|sh|css)$|(^|\/)(Dockerfile|run)$/
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: houseRoot })
  .toString()
  .split('\n')
  .filter((path) => written.test(path) && !ownWords.includes(path) && existsSync(join(houseRoot, path)))
const read = (path: string) => readFileSync(join(houseRoot, path), 'utf8')

/** What of `find` stands in which line of which file. */
function everywhere(find: (text: string) => readonly string[]): string[] {
  return files.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, at) => find(line).map((found) => `${path}:${at + 1} ${found}`)),
  )
}

/** The names under which a page's headings can be linked to, as hosts of repositories make them. */
function anchorsOf(page: string): Set<string> {
  const text = page.replaceAll(/^```.*?^```/gms, '')
  return new Set([...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => slugOf(heading)))
}

function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

const architecture = anchorsOf(read('ARCHITECTURE.md'))

function withoutTarget(text: string): string[] {
  return [...text.matchAll(/ARCHITECTURE(?:\.md)?#([\w-]*)/g)].filter(([, to = '']) => !architecture.has(to)).map(first)
}

/** Studies and sections of a design that were never part of this repository. */
function ofPapersElsewhere(text: string): string[] {
  const named = /\b(?:DESIGN|RISKS|GOVERNANCE|COMPONENTS|ENGINEERING|PEERS)\b(?![_'])/g
  const numbered = /\b(?:OPENPGP|AUDIT|STYLE|PAGES|AGREEMENTS) \d|\bFX-[A-Z]\d/g
  return [...text.matchAll(named), ...text.matchAll(numbered)].map(first)
}

function first([found]: RegExpMatchArray): string {
  return found ?? ''
}

/** Links of the page at `path` whose file or heading is not there. */
function brokenLinks(path: string, page: string): string[] {
  const links = page.replaceAll(/^```.*?^```/gms, '').matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)
  return [...links]
    .filter(([, to = '', anchor]) => !leads(to === '' ? path : join(dirname(path), to), anchor))
    .map(first)
}

function leads(path: string, anchor: string | undefined): boolean {
  if (!existsSync(join(houseRoot, normalize(path)))) return false
  return anchor === undefined || anchorsOf(read(path)).has(anchor)
}

describe('[house/citations] what is cited is there', () => {
  it('cites headings that ARCHITECTURE.md has', () => {
    expect(everywhere(withoutTarget)).toEqual([])
  })

  it('leads to no paper that is elsewhere', () => {
    expect(everywhere(ofPapersElsewhere)).toEqual([])
  })

  it('links to pages and headings that are there', () => {
    const pages = files.filter((path) => path.endsWith('.md'))
    expect(pages.flatMap((path) => brokenLinks(path, read(path)).map((link) => `${path} ${link}`))).toEqual([])
  })

  it('has one heading of each name in ARCHITECTURE.md', () => {
    expect(read('ARCHITECTURE.md').match(/^#{1,6} /gm)).toHaveLength(architecture.size)
  })

  it('sees a heading that is not there', () => {
    expect(withoutTarget('// The seal (ARCHITECTURE.md#seal), and more (ARCHITECTURE.md#no-such-thing).')).toEqual([
      'ARCHITECTURE.md#no-such-thing',
    ])
  })

  it('sees what leads to papers elsewhere', () => {
    const text =
      '// Sealed (DESIGN 4.6; RISKS A10), refused (FX-K1), as issue 3 says. AUDIT_UNAVAILABLE, OPENPGP, AUDIT.'
    expect(ofPapersElsewhere(text)).toEqual(['DESIGN', 'RISKS', 'FX-K1'])
  })

  it('sees a link to a page or heading that is not there', () => {
    const page =
      '[a](../README.md) [b](NOWHERE.md) [c](../ARCHITECTURE.md#seal) [d](#nowhere) [e](https://nowhere.invalid)'
    expect(brokenLinks('server/RUNBOOK.md', page)).toEqual(['](NOWHERE.md)', '](#nowhere)'])
  })
})
