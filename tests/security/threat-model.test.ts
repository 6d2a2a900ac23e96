// The threat model names the test of each attack, and leaves none out: a page that promises more than is tested is a lie too.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { trustRefusals } from '#domain/trust.ts'
import { trustWords } from '#words/en/trust.ts'

const page = readFileSync('server/THREAT-MODEL.md', 'utf8')
const named = [...page.matchAll(/`((?:tests\/[a-z/-]+)?[a-z0-9-]+\.test\.ts)`/g)].map(([, path]) => path!)

it('[house/threat-model] the threat model names every test of an attack, and no test that is not there', () => {
  const attacks = readdirSync('tests/security').filter((file) => file !== 'threat-model.test.ts')
  expect(attacks.filter((file) => !named.includes(file))).toEqual([])
  const paths = named.map((path) => (path.startsWith('tests/') ? path : `tests/security/${path}`))
  expect(paths.filter((path) => !existsSync(path))).toEqual([])
})

it('[house/threat-model] the page it leans on has seven honest limits and a table of long-lived keys', () => {
  const security = readFileSync('SECURITY.md', 'utf8')
  const section = (title: string) => security.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
  expect(section('Honest limits').match(/^\d\. /gm)).toHaveLength(7)
  const header = '| Key | Who holds it | Where | If it is lost | If it is stolen |'
  expect(section('Long-lived keys')).toContain(header)
  expect(section('Long-lived keys')).toContain('--successor')
})

it('[house/refusal-words] every refusal of a client says what was found and ends with what to do', () => {
  for (const code of trustRefusals)
    expect(trustWords[code], code).toMatch(/^[^.]+\. .+\.$|, so it cannot be used yet\.$/)
})
