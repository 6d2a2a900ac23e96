// The lint rules' own test: one planted violation per rule, reported by name, and the same line where it is allowed,
// not reported. A rule that a new Biome version renames or drops would otherwise fall silent.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot, withPlantedHouse } from './planted.ts'

type Planted = { rule: string; path: string; text: string; allowedAt?: string }

const zodByName = "import { z } from 'zod'\nexport const name = z.string()\n"
const mock = "import { vi } from 'vitest'\nexport const spy = vi.fn()\n"
const openpgp = "import * as openpgp from 'openpgp'\nexport const read = openpgp.readKey\n"
const environment = 'export const port = process.env.PORT\n'
const printed = "export const greet = () => console.log('hello')\n"
const usesGlobal = (name: string) => `export const now = () => ${name}\n`
const usesChance = 'export const draw = () => Math.random()\n'

const planted: Planted[] = [
  { rule: 'style/noEnum', path: 'server/enum.ts', text: 'export enum Verdict {\n  clean,\n}\n' },
  { rule: 'suspicious/noExplicitAny', path: 'server/any.ts', text: 'export const open = (value: any) => value\n' },
  {
    rule: 'style/noDefaultExport',
    path: 'server/default.ts',
    text: 'export default 1\n',
    allowedAt: 'vitest.config.ts',
  },
  {
    rule: 'style/useImportType',
    path: 'server/import-type.ts',
    text: "import { Kind } from './kind.ts'\nexport const kind = (value: Kind) => value\n",
  },
  {
    rule: 'correctness/useImportExtensions',
    path: 'server/extension.ts',
    text: "import { kind } from './kind'\nexport const other = kind\n",
  },
  { rule: 'performance/noBarrelFile', path: 'server/barrel.ts', text: "export * from './kind.ts'\n" },
  {
    rule: 'suspicious/noImportCycles',
    path: 'server/cycle-one.ts',
    text: "import { two } from './cycle-two.ts'\nexport const one = () => two()\n",
  },
  { rule: 'style/noRestrictedImports', path: 'shared/contract/zod-name.ts', text: zodByName },
  { rule: 'style/noRestrictedImports', path: 'shared/openpgp/zod-name.ts', text: zodByName },
  {
    rule: 'style/noRestrictedImports',
    path: 'tests/integration/mock.ts',
    text: mock,
    allowedAt: 'tests/faults/mock.ts',
  },
  {
    rule: 'style/noRestrictedImports',
    path: 'server/openpgp.ts',
    text: openpgp,
    allowedAt: 'shared/openpgp/openpgp.ts',
  },
  { rule: 'style/noRestrictedImports', path: 'cli/openpgp.ts', text: openpgp, allowedAt: 'tests/security/openpgp.ts' },
  ...['Date.now()', 'crypto.randomUUID()', 'performance.now()', 'process.pid'].flatMap((global, n): Planted[] => [
    {
      rule: 'style/noRestrictedGlobals',
      path: `shared/domain/global-${n}.ts`,
      text: usesGlobal(global),
      allowedAt: `server/global-${n}.ts`,
    },
    { rule: 'style/noRestrictedGlobals', path: `shared/tlog/global-${n}.ts`, text: usesGlobal(global) },
  ]),
  { rule: 'style/noRestrictedGlobals', path: 'shared/client/global.ts', text: usesGlobal('Date.now()') },
  { rule: 'plugin', path: 'shared/domain/chance.ts', text: usesChance, allowedAt: 'server/chance.ts' },
  { rule: 'plugin', path: 'shared/client/chance.ts', text: usesChance },
  { rule: 'style/noProcessEnv', path: 'server/environment.ts', text: environment, allowedAt: 'server/config.ts' },
  { rule: 'suspicious/noConsole', path: 'server/console.ts', text: printed, allowedAt: 'cli/console.ts' },
  {
    rule: 'nursery/noFloatingPromises',
    path: 'server/floating.ts',
    text: 'async function commit() {}\nexport function go() {\n  commit()\n}\n',
  },
  {
    rule: 'suspicious/noFocusedTests',
    path: 'server/focused.test.ts',
    text: "import { it } from 'vitest'\nit.only('one', () => {})\n",
  },
  {
    rule: 'suspicious/noSkippedTests',
    path: 'server/skipped.test.ts',
    text: "import { it } from 'vitest'\nit.skip('one', () => {})\n",
  },
]

const bystanders = {
  '.gitignore': 'node_modules/\n',
  'server/kind.ts': "export type Kind = 'file'\nexport const kind = 'file'\n",
  'server/cycle-two.ts': "import { one } from './cycle-one.ts'\nexport const two = () => one()\n",
  'biome.json': readFileSync(join(houseRoot, 'biome.json'), 'utf8').replace(/^ *"\$schema".*\n/m, ''),
  'shared/no-chance.grit': readFileSync(join(houseRoot, 'shared/no-chance.grit'), 'utf8'),
}

type Report = { diagnostics: { category: string; location: { path: string | { file: string } } }[] }

/** Every finding as `rule path`, from one run of Biome over the planted house. */
function lint(folder: string): string[] {
  const biome = join(houseRoot, 'node_modules/@biomejs/biome/bin/biome')
  const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(run.stdout) as Report
  return diagnostics.map(({ category, location }) => {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    return `${category.replace(/^lint\//, '')} ${path.replace(/^\.\//, '')}`
  })
}

describe('[house/lint] lint rules', async () => {
  const files: Record<string, string> = { ...bystanders }
  for (const { path, text, allowedAt } of planted) {
    files[path] = text
    if (allowedAt) files[allowedAt] = text
  }
  const findings = await withPlantedHouse(files, lint)

  it.each(planted)('reports $rule in $path', ({ rule, path }) => {
    expect(findings).toContain(`${rule} ${path}`)
  })

  it.each(planted.filter(({ allowedAt }) => allowedAt))('allows $allowedAt, where $rule does not hold', (allowed) => {
    expect(findings).not.toContain(`${allowed.rule} ${allowed.allowedAt}`)
  })
})
