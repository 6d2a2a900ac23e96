// `safehand` as a caseworker's machine has it: built, packed, installed with npm into an empty folder, and run there by Node
// alone, against server and workers that were built too.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Cast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import type { Installation } from '../../fixtures/installation.ts'

const run = promisify(execFile)
const services = inject('services')

let database: TestDatabase
let installation: Installation
let cast: Cast
/** In the checkout: the built processes find their packages above them, as in an image. */
let built: string
let directory: string
let installed: string

beforeAll(async () => {
  built = await mkdtemp(resolve('.run', 'built-'))
  directory = await mkdtemp(join(tmpdir(), 'safehand-installed-'))
  installed = join(directory, 'empty')
  await run(process.execPath, ['scripts/build.ts', '--into', built])
  await cp('server/reference', join(built, 'server/reference'), { recursive: true })
  await cp('package.json', join(built, 'package.json'))
  await install(join(built, `safehand-${await versionOf('package.json')}.tgz`), installed)
  ;({ database, installation, cast } = await copyGrown({ services, built, homes: join(directory, 'homes') }))
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  for (const folder of [built, directory]) if (folder) await rm(folder, { recursive: true, force: true })
})

async function versionOf(path: string): Promise<string> {
  return JSON.parse(await readFile(path, 'utf8')).version
}

const install = (what: string, into: string) =>
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--install-links', '--prefix', into, what])

const programIn = (folder: string) => join(folder, 'node_modules/safehand/safehand.js')

/** What a command printed; throws when it did not end with 0. */
async function safehand(home: string, ...argv: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', SAFEHAND_HOME: home }
  const { stdout } = await run(process.execPath, [programIn(installed), ...argv], { cwd: installed, env })
  return stdout
}

const asked = async ({ home }: Pick<Member, 'home'>, ...argv: readonly string[]) =>
  JSON.parse(await safehand(home, ...argv, '--json'))

describe('safehand, installed', () => {
  it('[install/from-a-folder] needs nothing but Node, from the packed file and from the folder alike', async () => {
    expect((await readdir(join(installed, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'safehand',
    ])
    const other = join(directory, 'from-the-folder')
    await install(join(built, 'safehand'), other)
    const { stdout } = await run(process.execPath, [programIn(other), '--help'], { cwd: other })
    expect(stdout).toBe(await safehand(directory, '--help'))
    expect(await readFile(join(other, 'node_modules/safehand/LICENSES.txt'), 'utf8')).toContain('openpgp 6')
  })

  it('[cli/starts-at-once] knows its help without the rest of it', async () => {
    const alone = join(directory, 'alone.mjs')
    await cp(programIn(installed), alone)
    expect((await run(process.execPath, [alone, '--help'])).stdout).toBe(await safehand(directory, '--help'))
    await expect(run(process.execPath, [alone, 'send', '--help'])).rejects.toThrow('main.js')
  })

  it('[cli/starts-at-once] says the same help as the sources, and fails alike', async () => {
    const fromSources = (...argv: readonly string[]) => run(process.execPath, ['cli/main.ts', ...argv])
    for (const argv of [['--help'], ['send', '--help']]) {
      expect(await safehand(directory, ...argv)).toBe((await fromSources(...argv)).stdout)
    }
    const wrong = ['status', '--json']
    const said = await fromSources(...wrong).catch(({ code, stdout }) => ({ code, stdout }))
    expect(await safehand(directory, ...wrong).catch(({ code, stdout }) => ({ code, stdout }))).toEqual(said)
    expect(said).toMatchObject({ code: 2 })
  })

  it('[install/from-a-folder] signs in, sends, shows and collects', async () => {
    const { caseworker } = cast.council
    const { first: officer } = cast.police
    const at = (name: string) => join(caseworker.folder, name)
    const { codes } = JSON.parse(await readFile(at('secrets.json'), 'utf8'))
    await writeFile(at('code'), codes[0], { mode: 0o600 })
    const signing = ['sign-in', '--url', installation.url, '--email', caseworker.email, '--days', '1']
    await asked(caseworker, ...signing, '--password-file', at('password'), '--code-file', at('code'))
    const file = join(directory, 'report.csv')
    await writeFile(file, 'reference,date\n17,2026-12-01\n')
    const { transfer } = await asked(
      caseworker,
      ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police'],
      ...['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', officer.email],
      ...passphraseOf(caseworker),
    )
    await until('the release', async () => (await asked(caseworker, 'status', transfer)).state === 'released', 600)
    const into = join(directory, 'collected')
    await asked(officer, 'collect', transfer, '--into', into, ...passphraseOf(officer))
    expect(await readFile(join(into, 'report.csv'))).toEqual(await readFile(file))
  })
})
