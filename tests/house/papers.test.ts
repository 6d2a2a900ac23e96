// The papers at the root must not promise what is not there: every file they name exists, every command is a script.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot } from './planted.ts'

const papers = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'LICENSE']
const read = (name: string) => readFileSync(join(houseRoot, name), 'utf8')

/** What stands in backticks or links and looks like a file of this repository; folders appear with their first file. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\s]+)`|\]\(([^)#\s]+)\)/g)].map(([, code, link]) => code ?? link ?? '')
  const rooted = /^(\.ci|cli|docker|scripts|server|shared|tests|web|worker)\/[\w./-]+\.\w+$/
  return [...new Set(quoted.filter((path) => rooted.test(path)))]
}

function commandsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name))]
}

describe('[thin 12] papers', () => {
  it.each(papers)('%s is there', (name) => {
    expect(read(name).length).toBeGreaterThan(500)
  })

  it.each(papers)('%s names only files that exist', (name) => {
    expect(pathsIn(read(name)).filter((path) => !existsSync(join(houseRoot, path)))).toEqual([])
  })

  it.each(papers)('%s names only commands that exist', (name) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    expect(commandsIn(read(name)).filter((command) => !(command in scripts))).toEqual([])
  })

  it('SECURITY.md tells all seven limits', () => {
    expect(read('SECURITY.md').match(/^\d\. /gm)).toHaveLength(7)
  })

  it('notices a path and a command that lead nowhere', () => {
    expect(pathsIn('see `server/nowhere.ts` and [this](tests/gone.md)')).toEqual(['server/nowhere.ts', 'tests/gone.md'])
    expect(commandsIn('`npm run fly -- --far`')).toEqual(['fly'])
  })
})
