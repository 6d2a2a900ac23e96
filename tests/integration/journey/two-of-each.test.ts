// Two servers behind a proxy, two scanners and two housekeepers over one PostgreSQL, one Redis and one bucket, with one of
// each killed amid the work. Every act that changes something is sent to both servers at once, under one idempotency key.
// In the end an oracle asks the database, the mail server, the bucket and the verified log: all is done, nothing twice.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { headers as own } from '#contract/problem.ts'
import { s3Store } from '#platform/object-store/s3-store.ts'
import { readMails } from '../../../scripts/services.ts'
import { loopLock } from '../../../worker/housekeeper/loop.ts'
import { type Cast, createCast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { type Installation, noteRefusals, startInstallation } from '../../fixtures/installation.ts'
import type { RunningProcess } from '../../fixtures/process.ts'
import { type RoundRobin, startRoundRobin } from '../../fixtures/round-robin.ts'
import { type Bucket, createBucket } from '../../fixtures/s3.ts'
import { sessionCookieOf } from '../../fixtures/session-cookie.ts'
import { programEnv } from '../../fixtures/program-env.ts'

const services = inject('services')
const mib = 1024 * 1024
const impatient = { SAFEHAND_RECONCILE_EVERY_SECONDS: '1', SAFEHAND_RECONCILE_AFTER_SECONDS: '4' }

let bucket: Bucket
let database: TestDatabase
let installation: Installation
let proxy: RoundRobin
let directory: string
let cast: Cast
/** The first is the installation's own, and there for good; the second ones are killed. */
let second: { server: RunningProcess; scanner: RunningProcess; housekeeper: RunningProcess }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safehand-two-'))
  bucket = await createBucket()
  database = await createTestDatabase(services)
  installation = await startInstallation({
    services,
    databaseUrls: database.urls,
    bucket: await bucket.processSettings(directory),
    settings: { server: { SAFEHAND_TRUST_PROXY: '127.0.0.1' }, housekeeper: impatient },
  })
  const [server, scanner, housekeeper] = await Promise.all([
    installation.another('server'),
    installation.another('scanner'),
    installation.another('housekeeper'),
  ])
  second = { server, scanner, housekeeper }
  proxy = await startRoundRobin([() => installation.url, secondUrl])
  cast = await createCast({ installation: { ...installation, url: proxy.url }, directory, fetch: toBoth })
})
afterAll(async () => {
  await proxy?.stop()
  await installation?.stop()
  await bucket?.remove()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

const secondUrl = () => String(second.server.ready.listening)

/** Two clicks at once, on two servers: both get the same answer, or one gets none. */
const toBoth: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers)
  const { pathname, search } = new URL(String(input))
  if (!headers.has(own.idempotencyKey) || !headers.has('Authorization')) return noteRefusals(input, init)
  const both = [installation.url, secondUrl()].map((url) => noteRefusals(`${url}${pathname}${search}`, init))
  const replies = (await Promise.allSettled(both)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const [first, other] = replies
  if (!first) throw new TypeError('neither server answers')
  if (other) {
    const said = await Promise.all([first, other].map(async (one) => [one.status, await one.clone().text()]))
    if (first.ok || other.ok) expect(said[0], pathname).toEqual(said[1])
  }
  return first
}

/** Who holds the lock of a loop: a connection of one housekeeper. */
async function holderOf(loop: string): Promise<number[]> {
  const lock = loopLock(loop) >>> 0
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(
    database.as.owner.database,
  )
  return rows.map(({ pid }) => pid)
}

const owner = () => database.as.owner.database

async function send(sender: Member, file: string): Promise<string> {
  const { transfer } = await sender.done(
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17', '--to', cast.police.first.email],
    ...passphraseOf(sender),
  )
  return transfer
}

async function collect(transfer: string): Promise<Buffer> {
  const { first } = cast.police
  const into = join(directory, `in-${transfer}`)
  const { files } = await first.done('collect', transfer, '--into', into, ...passphraseOf(first))
  await first.done('acknowledge', transfer, ...passphraseOf(first))
  return readFile(files[0].place)
}

describe('[operate/two-of-each] two servers', () => {
  const keyed = () => ({
    'Content-Type': 'application/json',
    [own.csrf]: '1',
    [own.client]: 'web',
    [own.idempotencyKey]: randomBytes(16).toString('hex'),
  })

  it('[operate/two-of-each] know each other’s sessions, and each other’s ends of them', async () => {
    const { approver } = cast.council
    const read = async (name: string) => (await readFile(join(approver.folder, name), 'utf8')).trim()
    const code = JSON.parse(await read('secrets.json')).codes[0]
    const signedIn = await noteRefusals(`${installation.url}/api/session`, {
      method: 'POST',
      headers: keyed(),
      body: JSON.stringify({ email: approver.email, password: await read('password'), code }),
    })
    expect(signedIn.status).toBe(200)
    const cookie = sessionCookieOf(signedIn)?.split(';')[0] ?? ''
    const account = (url: string) => noteRefusals(`${url}/api/account`, { headers: { cookie } })
    expect([(await account(secondUrl())).status, (await account(installation.url)).status]).toEqual([200, 200])
    const ended = await noteRefusals(`${secondUrl()}/api/session`, {
      method: 'DELETE',
      headers: { ...keyed(), cookie },
      body: '{}',
    })
    expect(ended.ok).toBe(true)
    expect((await account(installation.url)).status).toBe(401)
  })

  it('[operate/two-of-each] count wrong sign-ins together', async () => {
    const codes: string[] = []
    for (let attempt = 0; attempt < 11; attempt += 1) {
      const reply = await noteRefusals(`${attempt % 2 ? secondUrl() : installation.url}/api/session`, {
        method: 'POST',
        headers: keyed(),
        body: JSON.stringify({ email: 'nobody@northtown.example', password: 'a guess at it', code: '123456' }),
      })
      codes.push(((await reply.json()) as { code: string }).code)
    }
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'SIGN_IN_FAILED'), 'TOO_MANY_ATTEMPTS'])
  })
})

describe('[operate/two-of-each] two of each, one of each killed amid the work', () => {
  const contents = new Map<string, Buffer>()
  let holdersBefore: number[]

  it('[operate/two-of-each] bring every transfer to its recipient', async () => {
    holdersBefore = await holderOf('sequencer')
    expect(holdersBefore).toHaveLength(1)
    const { caseworker, approver } = cast.council
    const work = [caseworker, approver, caseworker, approver, caseworker].map(async (sender, index) => {
      const content = randomBytes(index === 0 ? 40 * mib + 77 : 1_000 + index)
      const file = join(directory, `report-${index}.bin`)
      await writeFile(file, content)
      contents.set(await send(sender, file), content)
    })
    const killed = killAmid()
    await Promise.all(work)
    await killed
    await until('all are released', async () => (await states()).every((state) => state === 'released'), 180)
    for (const [transfer, content] of contents) {
      expect(Buffer.compare(await collect(transfer), content), transfer).toBe(0)
    }
    expect(Math.min(...proxy.answered)).toBeGreaterThan(10)
  })

  /** Each where it stands: a server amid an upload, a scanner amid a scan, the housekeeper that holds the loops. */
  async function killAmid(): Promise<void> {
    await until(
      'parts are durable',
      async () => (await owner().selectFrom('upload_part').selectAll().execute()).length > 2,
    )
    await second.server.kill()
    await until('one is scanned', async () =>
      (await states()).some((state) => state !== 'uploading' && state !== 'draft'),
    )
    await installation.processes.scanner.kill()
    await installation.processes.housekeeper.kill()
    second.server = await installation.another('server')
    await until('the other housekeeper holds the lock', async () => {
      const [holder] = await holderOf('sequencer')
      return holder !== undefined && !holdersBefore.includes(holder)
    })
    await installation.start('scanner')
    await installation.start('housekeeper')
  }

  async function states(): Promise<string[]> {
    return (await owner().selectFrom('transfer').select('state').execute()).map(({ state }) => state)
  }

  it('[operate/two-of-each] did each thing once: in the log, which verifies, by mail, in the bucket and in the database', async () => {
    const { officer } = cast.council
    const log = join(directory, 'log')
    await until('the log has every entry', async () => {
      const { rows } = await sql<{ waiting: number }>`select count(*)::int as waiting from audit.intake`.execute(
        owner(),
      )
      return rows[0]?.waiting === 0
    })
    await officer.done('audit', 'export', cast.agreement, '--into', log)
    const { entries } = (await officer.done('audit', 'verify', log, '--entries')) as { entries: Told[] }
    const mails = await readMails(services.smtp.folder ?? '')
    for (const transfer of contents.keys()) {
      const events = entries.flatMap(({ entry }) =>
        entry.transfer === transfer && entry.outcome === 'success' ? [entry.event] : [],
      )
      const counts = Object.fromEntries(actsOnce.map((event) => [event, events.filter((one) => one === event).length]))
      expect(counts, transfer).toEqual({
        ...Object.fromEntries(actsOnce.map((event) => [event, 1])),
        'file.uploaded': 2,
        'file.fetched': 2,
      })
      // Cut off between the mail and its entry it goes again, under its own id: whoever receives it sees one.
      const ids = mails.filter((mail) => mail.includes(transfer)).map((mail) => /^message-id: (.*)$/im.exec(mail)?.[1])
      const told = await owner()
        .selectFrom('notified')
        .selectAll()
        .where('transfer', '=', transfer as never)
        .execute()
      expect(new Set(ids).size, transfer).toBe(told.length)
      expect(told.length, transfer).toBeGreaterThan(0)
    }
    const verdicts = await owner().selectFrom('verdict').select(['transfer', 'file', 'verdict']).execute()
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 2 * contents.size }, () => 'clean'))
    const certificates = await owner().selectFrom('scan_certificate').select('fingerprint').execute()
    const destroyed = await owner().selectFrom('scan_key_destroyed').select('fingerprint').execute()
    expect(destroyed.map((row) => row.fingerprint).toSorted()).toEqual(
      certificates.map((row) => row.fingerprint).toSorted(),
    )
    expect(certificates).toHaveLength(contents.size)
    const store = s3Store(bucket.settings)
    const keys = await owner().selectFrom('transfer_file').select('object_key').execute()
    expect(await Array.fromAsync(store.list(''))).toEqual(keys.map((row) => row.object_key).toSorted())
    // A server that was killed between the store and its row leaves an upload that nobody knows: it is swept.
    await until(
      'no upload is left over',
      async () => (await Array.fromAsync(store.uploadsInProgress(''))).length === 0,
      120,
    )
    expect(await holderOf('sequencer')).toHaveLength(1)
  })
})

describe('[batch/once] a long list over two of each, its sender killed, and a scanner amid the scans', () => {
  const references = Array.from({ length: 120 }, (_, index) => `L-${index}`)

  it('[batch/once] is sent by the next run, and every row is released exactly once', async () => {
    const { caseworker } = cast.council
    const folder = await mkdtemp(join(directory, 'list-'))
    await Promise.all(references.map((name) => writeFile(join(folder, `${name}.txt`), `Statement ${name}`)))
    const list = join(folder, 'list.csv')
    await writeFile(list, ['file,case-reference', ...references.map((name) => `${name}.txt,${name}`)].join('\n'))
    const argv = [
      ...['send', '--batch', list, '--agreement', cast.agreement, '--flow', 'council-to-police', '--json'],
      ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--to', cast.police.first.email],
      ...passphraseOf(caseworker),
    ]
    const env = { ...programEnv, SAFEHAND_HOME: caseworker.home }
    const killed = spawn(process.execPath, ['cli/main.ts', ...argv], { env, stdio: 'ignore' })
    const ended = once(killed, 'exit')
    await until('some rows are sent', async () => (await rows()).length > 20, 120)
    killed.kill('SIGKILL')
    await ended
    expect((await rows()).length).toBeLessThan(references.length)
    const next = promisify(execFile)(process.execPath, ['cli/main.ts', ...argv], { env })
    await until('more rows are sent', async () => (await rows()).length > 50, 120)
    await installation.processes.scanner.kill()
    const said = JSON.parse((await next).stdout)
    await installation.start('scanner')
    expect(said.sent + said['sent-before']).toBe(references.length)
    await until('all are released', async () => (await rows()).every(({ state }) => state === 'released'), 180)
    expect((await rows()).map(({ case_reference }) => case_reference).toSorted()).toEqual(references.toSorted())
  })

  /** What was begun and given up is nobody's. */
  function rows() {
    return owner()
      .selectFrom('transfer')
      .select(['case_reference', 'state'])
      .where('case_reference', 'in', references)
      .where('dispatched_at', 'is not', null)
      .execute()
  }
})

interface Told {
  readonly entry: { readonly event: string; readonly transfer?: string; readonly outcome: string }
}

/** Of each transfer; what is of a file is there twice, for its manifest too. */
const actsOnce = [
  'transfer.drafted',
  'file.uploaded',
  'scan.certificate.issued',
  'transfer.dispatched',
  'scan.started',
  'scan.verdict',
  'scan.key.destroyed',
  'transfer.released',
  'file.fetched',
  'transfer.acknowledged',
]
