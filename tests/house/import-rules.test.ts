// The import rules' own test. One violation of every rule of .dependency-cruiser.mjs is planted in a house laid out
// like ours, beside one of everything that is allowed; and the cruise of the real tree must have seen every file that
// git lists, because a parser that sees nothing finds nothing wrong.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { houseRoot, withPlantedHouse } from './planted.ts'

type Rule = { name: string; comment?: string }
type Cruise = {
  modules: { source: string }[]
  summary: { violations: { rule: { name: string }; from: string; to: string }[] }
}

const configPath = join(houseRoot, '.dependency-cruiser.mjs')
const { default: config } = (await import(configPath)) as { default: { forbidden: Rule[] } }

/** [rule, file that breaks it, what the file imports] */
const planted: [string, string, string][] = [
  ['domain-imports', 'shared/domain/a.ts', '#contract/ok.ts'],
  ['domain-imports', 'shared/domain/b.ts', 'node:crypto'],
  ['domain-audit', 'shared/domain/audit/a.ts', '../transfers/ok.ts'],
  ['domain-identity', 'shared/domain/identity/a.ts', '../organisations/ok.ts'],
  ['domain-certificates', 'shared/domain/certificates/a.ts', '../organisations/ok.ts'],
  ['domain-scanning', 'shared/domain/scanning/a.ts', '../transfers/ok.ts'],
  ['domain-organisations', 'shared/domain/organisations/a.ts', '../agreements/ok.ts'],
  ['domain-agreements', 'shared/domain/agreements/a.ts', '../transfers/ok.ts'],
  ['domain-policy', 'shared/domain/policy/a.ts', '../transfers/ok.ts'],
  ['domain-transfers', 'shared/domain/transfers/a.ts', '../webhooks/ok.ts'],
  ['domain-webhooks', 'shared/domain/webhooks/a.ts', '../service/ok.ts'],
  ['domain-service', 'shared/domain/service/a.ts', '../webhooks/ok.ts'],
  ['domain-ground', 'shared/domain/d.ts', './transfers/ok.ts'],
  ['tlog-imports', 'shared/tlog/a.ts', '#domain/ok.ts'],
  ['tlog-imports', 'shared/tlog/b.ts', 'zod'],
  ['contract-imports', 'shared/contract/a.ts', '#tlog/ok.ts'],
  ['openpgp-imports', 'shared/openpgp/a.ts', '#platform/ok.ts'],
  ['words-imports', 'shared/words/a.ts', '#contract/ok.ts'],
  ['present-imports', 'shared/present/a.ts', '#client/ok.ts'],
  ['client-imports', 'shared/client/a.ts', '#platform/ok.ts'],
  ['client-imports', 'shared/client/b.ts', 'node:fs'],
  ['client-trust', 'shared/client/trust/a.ts', '../transfers/ok.ts'],
  ['client-log', 'shared/client/log/a.ts', '../transfers/ok.ts'],
  ['client-transfers', 'shared/client/transfers/a.ts', '../send/ok.ts'],
  ['client-collect', 'shared/client/collect/a.ts', '../send/ok.ts'],
  ['client-send', 'shared/client/send/a.ts', '../collect/ok.ts'],
  ['client-batch', 'shared/client/batch/a.ts', '../collect/ok.ts'],
  ['client-ground', 'shared/client/c.ts', './trust/ok.ts'],
  ['platform-imports', 'shared/platform/a.ts', '#store/ok.ts'],
  ['store-imports', 'shared/store/a.ts', '#openpgp/ok.ts'],
  ['web-components-imports', 'web/components/a.ts', '#store/ok.ts'],
  ['web-pages-imports', 'web/pages/a.ts', 'node:fs'],
  ['web-pages-imports', 'web/pages/b.ts', '#client/ok.ts'],
  ['web-client-imports', 'web/client/a.ts', '#platform/ok.ts'],
  ['web-client-imports', 'web/client/b.ts', 'zod'],
  ['web-client-takes-types', 'web/client/c.ts', '#contract/ok.ts'],
  ['web-engine-imports', 'web/engine/a.ts', '#platform/ok.ts'],
  ['web-engine-imports', 'web/engine/b.ts', 'node:fs'],
  ['only-web-components', 'server/n.ts', 'nunjucks'],
  ['cli-imports', 'cli/a.ts', '#store/ok.ts'],
  ['cli-imports', 'cli/b.ts', '../server/ok.ts'],
  ['server-imports', 'server/a.ts', '#client/ok.ts'],
  ['server-imports', 'server/b.ts', '../worker/ok.ts'],
  ['worker-imports', 'worker/a.ts', '#client/ok.ts'],
  ['worker-imports', 'worker/b.ts', '../server/ok.ts'],
  ['worker-imports', 'worker/c.ts', 'express'],
  ['contract-transfers', 'shared/contract/transfers/a.ts', '../operations.ts'],
  ['contract-ground', 'shared/contract/b.ts', './transfers/ok.ts'],
  ['domain-transfers-documents', 'shared/domain/transfers/documents/a.ts', '../ok.ts'],
  ['domain-transfers-ground', 'shared/domain/transfers/b.ts', './decisions/ok.ts'],
  ['store-transfers', 'shared/store/transfers/a.ts', '../commit.ts'],
  ['store-ground', 'shared/store/b.ts', './transfers/ok.ts'],
  ['server-http', 'server/http/layer.ts', '../identity/ok.ts'],
  ['server-health', 'server/health/layer.ts', '../transfers/ok.ts'],
  ['server-reference', 'server/reference/layer.ts', '../transfers/ok.ts'],
  ['server-identity', 'server/identity/layer.ts', '../app.ts'],
  ['server-uploads', 'server/uploads/layer.ts', '../transfers/ok.ts'],
  ['server-organisations', 'server/organisations/layer.ts', '../transfers/ok.ts'],
  ['server-certificates', 'server/certificates/layer.ts', '../transfers/ok.ts'],
  ['server-agreements', 'server/agreements/layer.ts', '../transfers/ok.ts'],
  ['server-transfers', 'server/transfers/layer.ts', '../audit/ok.ts'],
  ['server-audit', 'server/audit/layer.ts', '../transfers/ok.ts'],
  ['server-webhooks', 'server/webhooks/layer.ts', '../transfers/ok.ts'],
  ['server-service', 'server/service/layer.ts', '../transfers/ok.ts'],
  ['server-home', 'server/home/layer.ts', '../audit/ok.ts'],
  ['server-ground', 'server/g.ts', './http/ok.ts'],
  ['cli-terminal', 'cli/terminal/a.ts', '../ok.ts'],
  ['cli-keys', 'cli/keys/a.ts', '../ok.ts'],
  ['cli-trust', 'cli/trust/a.ts', '../collecting/ok.ts'],
  ['cli-collecting', 'cli/collecting/a.ts', '../sending/ok.ts'],
  ['cli-sending', 'cli/sending/a.ts', '../batch/ok.ts'],
  ['cli-batch', 'cli/batch/a.ts', '../watch/ok.ts'],
  ['cli-watch', 'cli/watch/a.ts', '../commands/ok.ts'],
  ['cli-commands', 'cli/commands/a.ts', '../program.ts'],
  ['cli-ground', 'cli/home.ts', './trust/ok.ts'],
  ['cli-commands-account', 'cli/commands/account/a.ts', '../key/ok.ts'],
  ['cli-commands-agreement', 'cli/commands/agreement/a.ts', '../key/ok.ts'],
  ['cli-commands-audit', 'cli/commands/audit/a.ts', '../key/ok.ts'],
  ['cli-commands-hold', 'cli/commands/hold/a.ts', '../key/ok.ts'],
  ['cli-commands-organisation', 'cli/commands/organisation/a.ts', '../key/ok.ts'],
  ['cli-commands-roster', 'cli/commands/roster/a.ts', '../key/ok.ts'],
  ['cli-commands-webhook', 'cli/commands/webhook/a.ts', '../key/ok.ts'],
  ['cli-commands-key', 'cli/commands/key/a.ts', '../roster/ok.ts'],
  ['cli-commands-ground', 'cli/commands/b.ts', './key/ok.ts'],
  ['worker-scanner', 'worker/scanner/a.ts', '../housekeeper/ok.ts'],
  ['worker-housekeeper', 'worker/housekeeper/a.ts', '../scanner/ok.ts'],
  ['worker-ground', 'worker/e.ts', './scanner/ok.ts'],
  ['worker-housekeeper-agreements', 'worker/housekeeper/agreements/a.ts', '../transfers/ok.ts'],
  ['worker-housekeeper-audit', 'worker/housekeeper/audit/a.ts', '../transfers/ok.ts'],
  ['worker-housekeeper-mail', 'worker/housekeeper/mail/a.ts', '../transfers/ok.ts'],
  ['worker-housekeeper-transfers', 'worker/housekeeper/transfers/a.ts', '../mail/ok.ts'],
  ['worker-housekeeper-webhooks', 'worker/housekeeper/webhooks/a.ts', '../transfers/ok.ts'],
  ['worker-housekeeper-ground', 'worker/housekeeper/b.ts', './mail/ok.ts'],
  ['slice-to-service-only', 'server/transfers/a.ts', '../agreements/use-cases.ts'],
  ['only-shared-openpgp', 'cli/c.ts', 'openpgp'],
  ['only-shared-client', 'cli/d.ts', 'tus-js-client'],
  ['only-shared-store', 'server/d.ts', 'pg'],
  ['only-shared-platform', 'worker/d.ts', 'bullmq'],
  ['only-server', 'cli/e.ts', 'express'],
  ['product-without-tests-and-scripts', 'server/e.ts', '../tests/fixtures/ok.ts'],
  ['product-without-tests-and-scripts', 'cli/f.ts', '../scripts/services.ts'],
  ['tests-beside-code', 'server/a.test.ts', '../tests/integration/ok.ts'],
  ['tests-use-services-script', 'tests/integration/a.ts', '../../scripts/demo.ts'],
  ['fakes-for-faults-only', 'tests/integration/b.ts', '../fakes/ok.ts'],
  ['fakes-for-faults-only', 'scripts/a.ts', '../tests/fakes/ok.ts'],
  ['no-development-packages', 'server/f.ts', 'vitest'],
  ['no-cycles', 'shared/domain/cycle-one.ts', './cycle-two.ts'],
  ['no-unresolved', 'shared/domain/c.ts', './nowhere.ts'],
]

/** [file, what it may import]: the same sentences read the other way. */
const allowed: [string, string[]][] = [
  ['shared/domain/ok.ts', ['zod', 'canonicalize']],
  ['shared/domain/agreements/ok.ts', []],
  ['shared/domain/organisations/ok.ts', []],
  ['shared/domain/policy/ok.ts', ['../agreements/ok.ts', '../organisations/ok.ts']],
  ['shared/domain/service/ok.ts', []],
  ['shared/domain/transfers/ok.ts', ['../policy/ok.ts', '../agreements/ok.ts', '../ok.ts']],
  ['shared/domain/webhooks/ok.ts', ['../transfers/ok.ts']],
  ['shared/tlog/ok.ts', []],
  ['shared/contract/ok.ts', ['#domain/ok.ts', 'zod']],
  ['shared/openpgp/ok.ts', ['#domain/ok.ts', 'openpgp']],
  ['shared/words/ok.ts', ['#domain/ok.ts']],
  ['shared/present/ok.ts', ['#domain/ok.ts', '#contract/ok.ts', '#words/ok.ts']],
  ['shared/client/ok.ts', ['#domain/ok.ts', '#contract/ok.ts', '#openpgp/ok.ts', '#tlog/ok.ts', 'tus-js-client']],
  ['shared/client/trust/ok.ts', []],
  ['shared/client/transfers/ok.ts', ['../trust/ok.ts', '../ok.ts']],
  ['shared/client/collect/ok.ts', ['../transfers/ok.ts']],
  ['shared/client/send/ok.ts', ['../transfers/ok.ts', '../trust/ok.ts']],
  ['shared/client/batch/ok.ts', ['../send/ok.ts', '../trust/ok.ts']],
  ['shared/platform/ok.ts', ['#domain/ok.ts', '#contract/ok.ts', 'bullmq', 'node:fs']],
  ['shared/store/ok.ts', ['#domain/ok.ts', '#tlog/ok.ts', '#platform/ok.ts', 'pg', 'node:fs']],
  ['web/components/ok.ts', ['#words/ok.ts', 'govuk-frontend', 'nunjucks', 'node:path']],
  ['web/pages/ok.ts', ['../components/ok.ts', '#contract/ok.ts', '#present/ok.ts', '#words/ok.ts']],
  ['web/client/ok.ts', ['govuk-frontend']],
  ['web/engine/ok.ts', ['#client/ok.ts', '#openpgp/ok.ts', '#words/ok.ts']],
  ['cli/program.ts', ['./commands/ok.ts', './ok.ts']],
  ['cli/terminal/ok.ts', []],
  ['cli/keys/ok.ts', ['../terminal/ok.ts']],
  ['cli/trust/ok.ts', ['../ok.ts', '../keys/ok.ts']],
  ['cli/collecting/ok.ts', ['../trust/ok.ts']],
  ['cli/sending/ok.ts', ['../trust/ok.ts']],
  ['cli/batch/ok.ts', ['../sending/ok.ts']],
  ['cli/watch/ok.ts', ['../batch/ok.ts']],
  ['cli/commands/organisation/ok.ts', []],
  ['cli/commands/roster/ok.ts', ['../ok.ts']],
  ['cli/commands/key/ok.ts', ['../organisation/ok.ts', '../ok.ts']],
  ['cli/commands/ok.ts', ['../watch/ok.ts', '../ok.ts']],
  [
    'cli/ok.ts',
    ['./terminal/ok.ts', './keys/ok.ts', '#client/ok.ts', '#present/ok.ts', '#platform/ok.ts', 'node:fs', 'zod'],
  ],
  ['server/ok.ts', ['#store/ok.ts', '#platform/ok.ts', '../web/pages/ok.ts', 'express', 'node:fs']],
  ['server/ok.test.ts', ['../tests/fixtures/ok.ts', 'vitest', 'node:fs']],
  ['server/agreements/documents.ts', ['./use-cases.ts']],
  ['server/agreements/use-cases.ts', []],
  ['server/transfers/facts.ts', ['../agreements/documents.ts']],
  ['worker/ok.ts', ['#store/ok.ts', '#openpgp/ok.ts', 'zod']],
  ['shared/contract/operations.ts', ['./transfers/ok.ts', './ok.ts']],
  ['shared/contract/transfers/ok.ts', ['../ok.ts']],
  ['shared/store/commit.ts', ['./transfers/ok.ts', './ok.ts']],
  ['shared/store/transfers/ok.ts', ['../ok.ts']],
  ['shared/domain/transfers/documents/ok.ts', []],
  ['shared/domain/transfers/decisions/ok.ts', ['../documents/ok.ts', '../ok.ts']],
  ['server/app.ts', ['./identity/ok.ts', './ok.ts']],
  ['server/http/ok.ts', ['../ok.ts']],
  ['server/identity/ok.ts', ['../http/ok.ts']],
  ['server/transfers/ok.ts', ['../agreements/ok.ts']],
  ['server/agreements/ok.ts', []],
  ['server/audit/ok.ts', []],
  ['worker/scanner/ok.ts', ['../ok.ts']],
  ['worker/housekeeper/ok.ts', ['../ok.ts']],
  ['worker/housekeeper/main.ts', ['./transfers/ok.ts', './ok.ts']],
  ['worker/housekeeper/mail/ok.ts', []],
  ['worker/housekeeper/transfers/ok.ts', ['../ok.ts']],
  ['tests/fixtures/ok.ts', ['#store/ok.ts']],
  ['tests/fakes/ok.ts', []],
  ['tests/faults/ok.ts', ['../fakes/ok.ts']],
  ['tests/integration/ok.ts', ['../../scripts/services.ts', '../../scripts/web.ts', '../../server/ok.ts', 'pg']],
  ['scripts/services.ts', ['#platform/ok.ts']],
  ['scripts/web.ts', []],
  ['scripts/demo.ts', ['./services.ts', '../cli/ok.ts', '../tests/fixtures/ok.ts']],
]

const stubs = [
  'govuk-frontend',
  'nunjucks',
  'zod',
  'canonicalize',
  'openpgp',
  'tus-js-client',
  'bullmq',
  'pg',
  'express',
  'file-type',
  'vitest',
]

function plantedFiles(): Record<string, string> {
  const importing = (targets: string[]) => `${targets.map((target) => `import '${target}'`).join('\n')}\nexport {}\n`
  return {
    'package.json': readFileSync(join(houseRoot, 'package.json'), 'utf8'),
    'server/using.ts': "{\n  await using worker = await import('../worker/ok.ts')\n}\nexport {}\n",
    'shared/domain/cycle-two.ts': importing(['./cycle-one.ts']),
    ...Object.fromEntries(stubs.map((name) => [`node_modules/${name}/index.js`, ''])),
    ...Object.fromEntries(stubs.map((name) => [`node_modules/${name}/package.json`, `{"name":"${name}"}`])),
    ...Object.fromEntries(allowed.map(([path, targets]) => [path, importing(targets)])),
    ...Object.fromEntries(planted.map(([, path, target]) => [path, importing([target])])),
  }
}

function cruise(folder: string, places: string[]): Cruise {
  const depcruise = join(houseRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [depcruise, '--config', configPath, '--output-type', 'json', ...places]
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  return JSON.parse(run.stdout) as Cruise
}

describe('[house/imports] import rules', async () => {
  const places = ['shared', 'server', 'worker', 'cli', 'web', 'scripts', 'tests']
  const { summary } = await withPlantedHouse(plantedFiles(), (folder) => cruise(folder, places))

  it.each(planted)('%s: %s may not import %s', (rule, path) => {
    const broken = summary.violations.filter(({ from }) => from === path).map((violation) => violation.rule.name)
    expect(broken).toContain(rule)
  })

  it.each(allowed)('%s may import what its sentence allows it', (path) => {
    expect(summary.violations.filter(({ from }) => from === path)).toEqual([])
  })

  it('looks into `using` declarations, where the parser would break off', () => {
    const found = summary.violations.filter(({ from }) => from === 'server/using.ts')
    expect(found.map(({ rule, to }) => [rule.name, to])).toEqual([['server-imports', 'worker/ok.ts']])
  })

  it('plants a violation of every rule, and every rule says why', () => {
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(config.forbidden.map(({ name }) => name)))
    expect(config.forbidden.filter(({ comment }) => !comment)).toEqual([])
  })

  it('sees every TypeScript file that git lists', () => {
    const listed = execFileSync('git', ['ls-files', '*.ts'], { cwd: houseRoot, encoding: 'utf8' }).split('\n')
    const ours = listed.filter((path) => path && !path.endsWith('.d.ts') && existsSync(join(houseRoot, path)))
    const seen = new Set(cruise(houseRoot, ['.']).modules.map(({ source }) => source))
    expect(ours.length).toBeGreaterThan(0)
    expect(ours.filter((path) => !seen.has(path))).toEqual([])
  })
})
