// The drill of the runbook (server/RUNBOOK.md): a backup, a day's work after it, the database lost, restored, and held against
// the copy of its logs, by the scripts an operator runs (ARCHITECTURE.md#restore).
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { TOTP, Secret } from 'otpauth'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { folderLogCopy } from '#platform/log-copy.ts'
import { postgresPrograms } from '../../../scripts/services.ts'
import { type Cast, createCast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { type Installation, startInstallation } from '../../fixtures/installation.ts'

const run = promisify(execFile)

let database: TestDatabase
let installation: Installation
let folder: string
let cast: Cast
let copy: string
/** Everything that the log of the agreement said before the loss. */
let before: string
let late: string
/** Sent before the backup, recalled after it. */
let recalled: string
/** Sent to two before the backup, collected by one of them after it. */
let copied: string

const at = (name: string) => join(folder, name)

async function operator(script: string, ...argv: readonly string[]) {
  const programs = await postgresPrograms()
  const env = { ...programs.env, DATABASE_URL: database.urls.owner, SAFEHAND_ORIGIN: installation.origin }
  return run(process.execPath, [`scripts/${script}.ts`, ...argv], { env })
}

const replay = (...more: readonly string[]) =>
  operator(
    'replay',
    '--log-copy',
    copy,
    '--public-keys',
    join(installation.directory, 'service-keys/public.json'),
    ...more,
  )

async function send(sender: Member, ...to: readonly Member[]): Promise<string> {
  const { transfer } = await sender.done(
    ...[
      'send',
      at('report.txt'),
      '--agreement',
      cast.agreement,
      '--flow',
      'council-to-police',
      '--marking',
      'OFFICIAL',
    ],
    ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', ...passphraseOf(sender)],
    ...to.flatMap(({ email }) => ['--to', email]),
  )
  await until('the transfer is released', async () => (await sender.done('status', transfer)).state === 'released')
  return transfer
}

async function signIn(member: Member): Promise<void> {
  const { totpSecret } = JSON.parse(await readFile(join(member.folder, 'secrets.json'), 'utf8'))
  // The next code: the one of this half minute counts as used.
  const code = new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate({ timestamp: Date.now() + 30_000 })
  await writeFile(join(member.folder, 'code'), code, { mode: 0o600 })
  await member.done(
    ...['sign-in', '--url', installation.url, '--email', member.email, '--days', '30'],
    ...['--password-file', join(member.folder, 'password'), '--code-file', join(member.folder, 'code')],
  )
}

async function exportLog(member: Member, name: string) {
  return { folder: at(name), ...(await member.run('audit', 'export', cast.agreement, '--into', at(name), '--json')) }
}

beforeAll(async () => {
  const services = inject('services')
  folder = await mkdtemp(join(tmpdir(), 'safehand-drill-'))
  copy = await mkdtemp(join(tmpdir(), 'safehand-log-copy-'))
  database = await createTestDatabase(services)
  installation = await startInstallation({
    services,
    databaseUrls: database.urls,
    settings: { housekeeper: { SAFEHAND_LOG_COPY: copy } },
  })
  cast = await createCast({ installation, directory: folder })
  const { council, police, dwp } = cast
  await writeFile(at('report.txt'), 'Seen at the station at 21:40.')
  recalled = await send(council.caseworker, police.first)
  copied = await send(council.caseworker, police.first, police.second)

  const { folder: programs } = await postgresPrograms()
  await operator('backup', '--folder', at('backups'), '--pg-dump', join(programs, 'pg_dump'))

  // The day after the backup.
  late = await send(council.caseworker, police.first)
  await police.first.done('collect', late, '--into', at('collected'), ...passphraseOf(police.first))
  await police.first.done('collect', copied, '--into', at('copied'), ...passphraseOf(police.first))
  await council.caseworker.done('recall', recalled, '--reason', 'the wrong report')
  await police.second.done('key', 'revoke', '--yes')
  await dwp.administrator.done('roster', 'sign', '--yes', ...passphraseOf(dwp.administrator))
  before = (await exportLog(council.officer, 'before')).folder
  const { rows } = await database.as.owner.pool.query('select origin, size::int from audit.log')
  await until('the copy has every log', async () => {
    // Logs go on growing: what ended is destroyed meanwhile.
    const written = folderLogCopy(copy)
    const sizes = await Promise.all(rows.map(({ origin }) => written.sizeOf(origin)))
    return rows.every(({ size }, index) => (sizes[index] ?? 0) >= size)
  })

  // The database is lost.
  await Promise.all(Object.values(installation.processes).map((one) => one.kill()))
  const client = new pg.Client({ connectionString: services.databaseUrl })
  await client.connect()
  await client.query(`DROP DATABASE ${database.name} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${database.name}`)
  await client.end()
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  for (const path of [folder, copy]) if (path) await rm(path, { recursive: true, force: true })
})

describe('[operate/restore] after a restore', () => {
  it('[operate/restore] the backup is taken only as it was made, and only into an empty database', async () => {
    const { folder: programs } = await postgresPrograms()
    const [name] = (await readdir(at('backups'))).filter((file) => file.endsWith('.json'))
    const manifest = join(at('backups'), name ?? '')
    const said = JSON.parse(await readFile(manifest, 'utf8'))
    const other = join(at('backups'), 'other.json')
    await writeFile(other, JSON.stringify({ ...said, sha256: '0'.repeat(64) }))
    const empty = ['--database-url', inject('services').databaseUrl, '--database', database.name]
    const argv = [...empty, '--pg-restore', join(programs, 'pg_restore')]
    await expect(operator('restore', '--backup', other, ...argv)).rejects.toThrow('its SHA-256 differs')
    const { stdout } = await operator('restore', '--backup', manifest, ...argv)
    expect(stdout).toContain('and closed')
    await expect(operator('restore', '--backup', manifest, ...argv)).rejects.toThrow('not empty')
  })

  it('[operate/restore] no process works on it, and nobody is answered', async () => {
    await expect(installation.start('housekeeper')).rejects.toThrow('restored from a backup')
    await expect(installation.start('scanner')).rejects.toThrow('restored from a backup')
    await installation.start('server')
    const reply = await installation.fetch(`${installation.url}/api/service`)
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([503, 'AUDIT_UNAVAILABLE'])
  })

  it('[operate/restore] a copy that somebody changed opens nothing', async () => {
    const log = join(copy, installation.origin, 'agreements', cast.agreement)
    const piece = join(log, (await readdir(log)).sort().at(-1) ?? '')
    const whole = await readFile(piece, 'utf8')
    const changed = JSON.parse(whole)
    changed.entries[0] = Buffer.from('{"event":"nothing"}').toString('base64')
    await writeFile(piece, JSON.stringify(changed))
    await expect(replay('--accept-loss')).rejects.toThrow('not what the log’s key signed')
    await rm(piece)
    await writeFile(piece, whole)
  })

  it('[operate/restore] rosters that the backup does not have open nothing unless the operator says so', async () => {
    await expect(replay()).rejects.toThrow(cast.organisations.dwp)
    const { stdout } = await replay('--accept-loss')
    expect(stdout).toContain('The database is open.')
    expect(stdout).toContain(late)
  })

  it('[operate/restore] everyone signs in anew, and what was revoked or recalled after the backup stays so', async () => {
    await installation.start('housekeeper')
    await installation.start('scanner')
    const { council, police } = cast
    const stale = await council.caseworker.run('sent')
    expect(stale.text).toContain('SIGN_IN_REQUIRED')
    await signIn(council.caseworker)
    const refused = await council.caseworker.run(
      ...[
        'send',
        at('report.txt'),
        '--agreement',
        cast.agreement,
        '--flow',
        'council-to-police',
        '--marking',
        'OFFICIAL',
      ],
      ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--to', police.second.email],
      ...passphraseOf(council.caseworker),
    )
    expect(refused.exit).not.toBe(0)
    expect(refused.text).toMatch(/revoked/i)
    expect(await council.caseworker.done('status', recalled)).toMatchObject({ ended: { as: 'recalled' } })
    const { rows } = await database.as.owner.pool.query(
      'select max(expires_at) < now() as expired from roster where organisation = $1',
      [cast.organisations.dwp],
    )
    expect(rows).toEqual([{ expired: true }])
  })

  it('[operate/restore] what was fetched after the backup counts as fetched: a recall claims no less than the log says', async () => {
    const { council } = cast
    const { deliveries } = await council.caseworker.done('status', copied)
    const states = deliveries.map(({ state }: { state: string }) => state)
    expect(states.toSorted()).toEqual(['fetched', 'waiting'])
    const { outcome } = await council.caseworker.done('recall', copied, '--reason', 'the wrong report')
    expect(outcome).toBe('fetched')
    const { recall } = await council.caseworker.done('status', copied)
    const [fetched] = deliveries.filter(({ state }: { state: string }) => state === 'fetched')
    expect(recall.destructions).toMatchObject([{ recipient: fetched.recipient, state: 'asked' }])
    expect(fetched.recipient.account).toBe(fetched.collectedBy)
  })

  it('[operate/restore] the logs are what they were: an export of the day before is the beginning of today’s', async () => {
    const { officer } = cast.council
    await signIn(officer)
    const today = await exportLog(officer, 'after')
    // Entries come back, and what they commit to does not: it stood in the database alone.
    const lacking = { exit: 7, json: { status: 'not verified in full', lacks: [{ code: 'OPENINGS_MISSING' }] } }
    expect(today).toMatchObject({ ...lacking, json: { ...lacking.json, seen: { now: 'longer', place: before } } })
    const verified = await officer.run('audit', 'verify', today.folder, '--earlier', before, '--entries', '--json')
    expect(verified).toMatchObject(lacking)
    const events = verified.json.entries
      .filter(({ entry }: { entry: { transfer: string | null } }) => entry.transfer === late)
      .map(({ entry }: { entry: { event: string } }) => entry.event)
    expect(events).toContain('transfer.released')
    expect(events).toContain('file.fetched')
  })
})
