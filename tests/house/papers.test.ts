// The papers at the root must not promise what is not there: every file they name exists, every command is a script, and
// what they list - commands, exit codes, settings, states - is what the code has, no more and no less.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../cli/context.ts'
import { exitCodes } from '../../cli/terminal/exit-codes.ts'
import { createProgram } from '../../cli/program.ts'
import { commandLineSettings } from '../../cli/config.ts'
import { serverSettings } from '../../server/config.ts'
import { housekeeperSettings } from '../../worker/housekeeper/config.ts'
import { scannerSettings } from '../../worker/scanner/config.ts'
import { houseRoot } from './planted.ts'

const papers = [
  'README.md',
  'ARCHITECTURE.md',
  'NOT-YET.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'server/INSTALL.md',
  'server/SETTINGS.md',
  'server/RUNBOOK.md',
  'server/README.md',
  'server/THREAT-MODEL.md',
  'cli/README.md',
  'cli/COMMANDS.md',
  'shared/store/README.md',
  'shared/openpgp/README.md',
  'shared/openpgp/SPEC.md',
  'shared/tlog/SPEC.md',
  'web/README.md',
  'LICENSE',
]
const exists = (path: string) => existsSync(join(houseRoot, path))
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

/** The commands of the table whose heading begins so. */
function rowsOf(text: string, heading: string): string[] {
  const [, table = ''] = text.split(`| ${heading} |`)
  const [rows = ''] = table.split('\n\n')
  return [...rows.matchAll(/^\| \[`safehand ([^`]+)`/gm)].map(([, cell = '']) => cell)
}

function leavesOf(command: Command, above: readonly string[] = []): { name: string; command: Command }[] {
  return command.commands.flatMap((one) => {
    const name = [...above, one.name()]
    return one.commands.length > 0 ? leavesOf(one, name) : [{ name: name.join(' '), command: one }]
  })
}

describe('[house/papers] papers', () => {
  it.each(papers)('%s is there', (name) => {
    expect(read(name).length).toBeGreaterThan(500)
  })

  it.each(papers)('%s names only files that exist', (name) => {
    expect(pathsIn(read(name)).filter((path) => !exists(path))).toEqual([])
  })

  it.each(papers)('%s names only commands that exist', (name) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const isThere = (command: string) =>
      (scripts[command] ?? '').split(' ').some((word) => pathsIn(`\`${word}\``).some(exists))
    expect(commandsIn(read(name)).filter((command) => !isThere(command))).toEqual([])
  })

  it('SECURITY.md tells all seven limits', () => {
    expect(read('SECURITY.md').match(/^\d\. /gm)).toHaveLength(7)
  })

  it('COMMANDS.md says of every command of safehand, and each of its options, what it is for', () => {
    const program = createProgram({ io: { out: () => undefined } } as unknown as Context)
    const leaves = leavesOf(program)
    expect(rowsOf(read('cli/COMMANDS.md'), 'Command').toSorted()).toEqual(leaves.map(({ name }) => name).toSorted())
    const silent = leaves.flatMap(({ command }) =>
      [command.description(), ...command.options.map(({ description }) => description)].filter(
        (text) => text.length < 3,
      ),
    )
    expect(silent).toEqual([])
  })

  it('COMMANDS.md documents every exit code, by its number', () => {
    expect([...read('cli/COMMANDS.md').matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code))).toEqual(
      Object.values(exitCodes),
    )
  })

  it('README.md is two screens', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(101)
  })

  it.each([
    ['server/config.ts', serverSettings],
    ['worker/scanner/config.ts', scannerSettings],
    ['worker/housekeeper/config.ts', housekeeperSettings],
    ['cli/config.ts', commandLineSettings],
  ])('SETTINGS.md says of each setting of %s what it is for', (path, settings) => {
    const [, listed = ''] = read('server/SETTINGS.md').split(`\n\`${path}\`\n`)
    const [own = ''] = listed.split('\n## ')
    const rows = [...own.matchAll(/^\| `([A-Z0-9_]+)` \| .*? \| (.{10,}) \|$/gm)].map(([, name]) => name)
    expect(rows).toEqual(Object.keys(settings.shape))
  })

  it('the papers count the commands on scan keys as the store grants them', () => {
    const granted = ['scripts/prepare-compose.ts', 'server/INSTALL.md'].map(
      (name) => /-@all((?: \+\w+)+)/.exec(read(name))?.[1],
    )
    expect(granted[0]).toBe(granted[1])
    expect(granted[0]?.trim().split(' ')).toHaveLength(9)
    for (const name of ['server/THREAT-MODEL.md', 'docker/compose.yaml'])
      expect(read(name)).toMatch(/one user(,| with) nine/)
  })

  it('notices a path and a command that lead nowhere', () => {
    expect(pathsIn('see `server/nowhere.ts` and [this](tests/gone.md)')).toEqual(['server/nowhere.ts', 'tests/gone.md'])
    expect(commandsIn('`npm run fly -- --far`')).toEqual(['fly'])
  })
})
