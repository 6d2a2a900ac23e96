// Every command of the runbook that runs a script of ours, as it stands there: with containers by the service that compose gives
// it, by hand with the settings of INSTALL.md. Each gets as far as the database, which is not there. And what is missing is named.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentOf, followed, mountsOf, prepare, root, services } from './compose.ts'

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const runbook = read('server/RUNBOOK.md').replaceAll('\\\n', ' ')
const nowhere = 'postgres.invalid'

let folder: string
let said: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'safehand-runbook-'))
  said = prepare(folder)
  const dump = Buffer.from('a dump')
  const made = { dump: 'TIME.dump', sha256: createHash('sha256').update(dump).digest('hex') }
  const times = { made: '2026-11-22T09:00:00Z', deleteAfter: '2099-11-22T09:00:00Z' }
  const backups = join(folder, 'installation/backups')
  writeFileSync(join(backups, 'TIME.dump'), dump)
  writeFileSync(join(backups, 'TIME.json'), JSON.stringify({ ...made, ...times }))
  mkdirSync(join(folder, 'copy'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

/** Lines of the runbook that begin so, without their beginning. */
const linesAfter = (beginning: string) =>
  [...runbook.matchAll(new RegExp(`^${beginning} (.*)$`, 'gm'))].map(([, line = '']) => line)

const byCompose = linesAfter('docker compose run --rm')
const byHand = linesAfter('node26')

function run(argv: readonly string[], env: Record<string, string>): string {
  const flags = {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
    timeout: 600_000,
  } as const
  const { stdout, stderr } = spawnSync(process.execPath, argv, flags)
  return `${stdout}${stderr}`
}

/** It looked for the database, or, for a backup, for the program that would. */
const gotThere = /ENOTFOUND|EAI_AGAIN|could not translate host name|is postgresql-client installed/

describe('[operate/runbook] the runbook', () => {
  it('has the whole way of restoring, in both forms', () => {
    const asked = byCompose.map((line) =>
      line
        .split(' ', 2)
        .join(' ')
        .replace(/ --.*| scripts/, ''),
    )
    const restoring = ['restore', 'migrate', 'replay']
    const expected = [
      'migrate',
      'operator/organisation.ts',
      'migrate',
      'operator/backup.ts',
      ...restoring,
      ...restoring,
    ]
    expect(asked).toEqual(expected)
    const named = byHand.map((line) => /scripts\/(\w+)/.exec(line)?.[1])
    expect(named).toEqual(['migrate', 'backup', 'restore', 'migrate', 'replay'])
  })

  it.each(byCompose)('[operate/runbook] docker compose run --rm %s', (line) => {
    const [name = '', ...options] = wordsOf(line)
    const mounts = mountsOf(name, folder)
    const argv = [...(services[name]?.entrypoint ?? ['node']).slice(1), ...options]
    const env = environmentOf(name, folder)
    expect(env.DATABASE_URL).toContain('@postgres/')
    const settings = { ...env, DATABASE_URL: env.DATABASE_URL?.replace('@postgres/', `@${nowhere}/`) ?? '' }
    expect(
      run(
        argv.map((word) => followed(word, mounts)),
        settings,
      ),
    ).toMatch(gotThere)
  })

  it.each(byHand)('[operate/runbook] node26 %s', (line) => {
    const places = [
      ['SITE/backups', join(folder, 'installation/backups')],
      ['SITE/secrets', join(folder, 'installation/secrets')],
      ['SITE/keys', join(folder, 'installation/keys')],
      ['/mnt/elsewhere/safehand-logs', join(folder, 'copy')],
      ['@localhost/', `@${nowhere}/`],
    ] as const
    const [, written = ''] = /^# SITE\/operator\.env\n((?:.+\n)+)/m.exec(read('server/INSTALL.md')) ?? []
    writeFileSync(join(folder, 'operator.env'), followed(written, places))
    const argv = wordsOf(line).map((word) =>
      followed(word.replace('SITE/operator.env', join(folder, 'operator.env')), places),
    )
    expect(run(argv, {})).toMatch(gotThere)
  })

  it('[operate/runbook] the user of each service may read all that it is given', () => {
    for (const [name, { user = '0:0' }] of Object.entries(services)) {
      for (const [, path] of mountsOf(name, folder)) {
        const unreadable = below(path).filter((one) => !mayRead(one, user))
        expect(unreadable, name).toEqual([])
      }
    }
  })

  it.each([
    ['restore', ['--backup is missing: say it\n', '--origin is missing: say it, or set SAFEHAND_ORIGIN']],
    [
      'replay',
      ['--log-copy is missing: say it, or set SAFEHAND_LOG_COPY', '--database-url is missing: say it, or set'],
    ],
    ['migrate', ['--passwords is missing: say it\n', '--database-url is missing: say it, or set DATABASE_URL']],
    ['backup', ['--folder is missing', '--database-url is missing: say it, or set DATABASE_URL']],
    ['organisation', ['--name is missing', '--secrets is missing: say it, or set SAFEHAND_SECRETS']],
  ])('[operate/runbook] %s without settings names what is missing, and where its command stands', (script, missing) => {
    const answer = run([`scripts/${script}.ts`], {})
    for (const one of [...missing, 'server/RUNBOOK.md']) expect(answer).toContain(one)
    expect(run([`scripts/${script}.ts`, '--database-url', 'secret'], {})).toContain(
      '--database-url is not what it should be',
    )
  })
})

function below(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return [path, ...readdirSync(path).flatMap((name) => below(join(path, name)))]
}

/** Prepared as another than root, it says whom each path is still to be given to. */
function ownerOf(path: string): [user: number, group: number] {
  const { uid, gid } = statSync(path)
  const told = [...said.matchAll(/^chown -R (\d+):(\d+) (.+)$/gm)].findLast(([, , , to = '']) =>
    `${path}/`.startsWith(`${to}/`),
  )
  return told ? [Number(told[1]), Number(told[2])] : [uid, gid]
}

function mayRead(path: string, user: string): boolean {
  const [uid, gid] = user.split(':').map(Number)
  if (uid === 0) return true
  const { mode } = statSync(path)
  const [owner, group] = ownerOf(path)
  return (mode & (uid === owner ? 0o400 : gid === group ? 0o040 : 0o004)) !== 0
}
