// Fail closed, for every operation of the contract, asked as it is really asked: while the cast does its whole work -
// bootstrap, agreement, transfer, audit - each request is first made with the log out of order, then for real. What was
// answered for real is compared with the examples that the reference of the API shows.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { headers } from '#contract/problem.ts'
import type { Example } from '#contract/example.ts'
import { changesState } from '#contract/operation.ts'
import { operations } from '#contract/operations.ts'
import { uploadOperations } from '#contract/openapi-uploads.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { uploadMetadataKey, uploadScheme, uploadsPath } from '#contract/uploads.ts'
import { systemClock } from '#platform/clock.ts'
import { randomId } from '#platform/crypto.ts'
import { sessionName } from '../../../server/http/session.ts'
import { readExamples } from '../../../server/reference/examples.ts'
import { type Cast, createCast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { startGnuPg } from '../../fixtures/gnupg.ts'
import { type Installation, startInstallation } from '../../fixtures/installation.ts'
import { operationOf } from '../../fixtures/operation-of.ts'
import { createRecorder, differences, type Recorder } from '../../fixtures/recorded-examples.ts'
import { askAgain } from '../../fixtures/ask-again.ts'
import { askWithoutAudit } from '../../fixtures/without-audit.ts'
import { zip } from '../../fixtures/zips.ts'
import { sessionCookieOf } from '../../fixtures/session-cookie.ts'

let database: TestDatabase
let installation: Installation
let directory: string
let recorder: Recorder
const asked = new Set<string>()
const faults: string[] = []
const repeated = new Set<string>()

beforeAll(async () => {
  const services = inject('services')
  database = await createTestDatabase(services)
  installation = await startInstallation({ services, databaseUrls: database.urls })
  recorder = createRecorder(installation.fetch, systemClock.now().slice(0, 10))
  directory = await mkdtemp(join(tmpdir(), 'safehand-every-'))
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

/** The first draft that was asked for, and what was fetched of it later: enough to upload it again by hand. */
let drafted: { readonly url: string; readonly init: RequestInit | undefined } | undefined
const fetched: Uint8Array[] = []

/** One request at a time, or one request's revoked right would be another's fault. */
let last: Promise<unknown> = Promise.resolve()
const probing: typeof fetch = (input, init) => {
  const next = last.then(() => probe(String(input), init))
  last = next.catch(() => undefined)
  return next
}

async function probe(url: string, init?: RequestInit): Promise<Response> {
  const operation = operationOf({ method: init?.method ?? 'GET', url })
  if (operation) {
    const fault = await askWithoutAudit(database.as.owner.database, () => installation.fetch(url, init))
    if (fault) faults.push(`${operation.name} ${fault}`)
    asked.add(operation.name)
  }
  const reply = await recorder.fetch(url, init)
  if (operation?.name === 'transfer.draft') drafted ??= { url, init }
  if (operation?.name === 'transfer.fetch') fetched.push(await reply.clone().bytes())
  // Once each: the cast asks for some of them a dozen times.
  if (operation && changesState(operation) && !repeated.has(operation.name)) {
    const again = { owner: database.as.owner.database, operation, url, init, reply: reply.clone() }
    const fault = await askAgain(again, installation.fetch)
    if (fault) faults.push(`${operation.name} ${fault}`)
    if (reply.ok) repeated.add(operation.name)
  }
  return reply
}

describe('every operation of the contract', () => {
  it('[api/every-operation] answers 503 and changes nothing while the log takes no entry, works when it does, and does it once', async () => {
    const cast = await createCast({ installation, directory, fetch: probing })
    await cast.council.caseworker.done('service', 'show')
    await transferOneFile(cast)
    await approveOneFile(cast)
    await sendOneMadeElsewhere(cast)
    await cast.council.officer.done('audit', 'export', cast.agreement, '--into', join(directory, 'export'))
    await uploadByHand()
    await tellAProgram(cast.council.administrator)
    await cast.council.approver.done('key', 'revoke', '--yes')
    await signInByCookie(cast.council.approver)
    await lifeOfAccounts(cast)
    expect(faults).toEqual([])
    expect(operations.map((one) => one.name).filter((name) => !asked.has(name))).toEqual([])
    const changing = operations.filter(changesState).map((one) => one.name)
    expect(changing.filter((name) => !repeated.has(name))).toEqual([])
  })

  it('[api/examples] has a tried example in the reference, and is answered now as it was then', async () => {
    const now = Object.fromEntries(recorder.examples())
    if (process.env.SAFEHAND_WRITE_EXAMPLES === 'yes') await writeExamples(now)
    const then = readExamples()
    const other = Object.keys(now).flatMap((name) => differences(then[name] ?? {}, now[name], name))
    expect(other, 'record them anew: scripts/api-examples.ts').toEqual([])
  })
})

/** For scripts/api-examples.ts. What was not asked this time keeps its example; what is no operation any more loses it. */
async function writeExamples(examples: Readonly<Record<string, Example>>): Promise<void> {
  const folder = join(import.meta.dirname, '../../../server/reference/examples')
  for (const [name, one] of Object.entries(examples)) {
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(one, null, 2)}\n`)
  }
  const known = new Set(
    [...operations.map(({ name }) => name), ...Object.values(uploadOperations)].map((name) => `${name}.json`),
  )
  for (const name of await readdir(folder)) if (!known.has(name)) await rm(join(folder, name))
}

async function transferOneFile({ council, police, agreement }: Cast): Promise<void> {
  const file = join(directory, 'report.txt')
  await writeFile(file, 'What happened on Tuesday.\n')
  const { transfer } = await council.caseworker.done(
    ...['send', file, '--agreement', agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', police.first.email, ...passphraseOf(council.caseworker)],
  )
  await until('the transfer is released', async () => {
    const { state } = await council.caseworker.done('status', transfer)
    return state === 'released'
  })
  const late = ['--to', police.second.email, '--reason', 'Takes over the case', '--yes']
  await council.caseworker.done('add-recipient', transfer, ...late, ...passphraseOf(council.caseworker))
  await council.caseworker.done('sent')
  await police.first.done('inbox')
  const passphrase = passphraseOf(police.first)
  const { files } = await police.first.done('collect', transfer, '--into', join(directory, 'in'), ...passphrase)
  expect(await readFile(files[0].place, 'utf8')).toBe('What happened on Tuesday.\n')
  await police.first.done('bundle', transfer, '--into', join(directory, 'zips'), ...passphrase)
  await police.first.done('acknowledge', transfer, ...passphrase)
  await council.officer.done('place-hold', transfer, '--reason', 'Something was reported')
  await council.officer.done('lift-hold', transfer, '--reason', 'It was nothing')
  await police.first.done('report', transfer, '--problem', 'wrong-content', '--reason', 'Another year')
  await council.caseworker.done('recall', transfer, '--reason', 'It was about another case')
  await police.first.done('state-destruction', transfer, '--how', 'Deleted', ...passphrase)
  await until('the transfer is destroyed', async () => {
    const { state } = await council.caseworker.done('status', transfer)
    return state === 'destroyed'
  })
  await police.first.done('certificate', transfer)
}

/** What a tus client asks, in its order; the command line's own speaks past `fetch`. */
async function uploadByHand(): Promise<void> {
  if (!drafted) throw new Error('nothing was drafted')
  const again = { ...drafted.init, headers: { ...drafted.init?.headers, [headers.idempotencyKey]: randomId() } }
  const { uploads } = sendOperations.draft.reply.parse(await (await installation.fetch(drafted.url, again)).json())
  const upload = uploads[0]!
  // The file itself: the list of files is longer. Its head, the wrapped keys, is not uploaded.
  const [shortest] = fetched.toSorted((one, other) => one.length - other.length)
  const body = shortest!.slice(-upload.length)
  const ask = (method: string, { path = uploadsPath, ...more }: Record<string, string>, bytes?: Uint8Array) =>
    recorder.fetch(`${installation.url}${path}`, {
      method,
      headers: { Authorization: `${uploadScheme} ${upload.token}`, 'Tus-Resumable': '1.0.0', ...more },
      ...(bytes && { body: bytes.slice() }),
    })
  const create = async () => {
    const metadata = `${uploadMetadataKey} ${Buffer.from(upload.file).toString('base64')}`
    const begun = await ask('POST', { 'Upload-Length': String(upload.length), 'Upload-Metadata': metadata })
    return begun.headers.get('location')!
  }
  const path = await create()
  expect((await ask('HEAD', { path })).headers.get('upload-offset')).toBe('0')
  expect((await ask('DELETE', { path })).status).toBe(204)
  await create()
  const append = { path, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
  expect((await ask('PATCH', append, body)).headers.get('upload-offset')).toBe(String(upload.length))
}

/** What could not be scanned, and an approver answers for. */
async function approveOneFile({ council, police, agreement }: Cast): Promise<void> {
  const { caseworker, approver } = council
  const file = join(directory, 'drawings.zip')
  await writeFile(file, zip([{ content: new TextEncoder().encode('a plan'), encrypted: true }]))
  const { transfer } = await caseworker.done(
    ...['send', file, '--agreement', agreement, '--flow', 'sealed-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', 'Safeguarding hub', ...passphraseOf(caseworker)],
  )
  await until('the transfer is held', async () => {
    const { state } = await caseworker.done('status', transfer)
    return state === 'awaiting-approval'
  })
  await police.first.done('take', transfer)
  await police.first.done('give-back', transfer)
  await approver.done('approvals')
  await approver.done('approve', transfer, '--reason', 'From our architect', ...passphraseOf(approver))
}

/** A file that gpg encrypted, for the keys that were written for it. */
async function sendOneMadeElsewhere({ council, police, agreement }: Cast): Promise<void> {
  const { caseworker } = council
  const keyring = join(directory, 'keyring.pgp')
  const { transfer, fingerprints } = await caseworker.done(
    ...['recipients', '--agreement', agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', police.first.email, '--export', keyring],
  )
  const { transfer: given } = await caseworker.done(
    ...['recipients', '--agreement', agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', police.first.email, '--export', join(directory, 'given-up.pgp')],
  )
  await caseworker.done('abandon', given)
  const gnupg = await startGnuPg()
  const file = join(directory, 'report.txt.pgp')
  try {
    const readers = fingerprints.flatMap((fingerprint: string) => ['-r', fingerprint])
    const keys = ['--no-default-keyring', '--keyring', keyring, ...readers]
    await gnupg.must([...keys, '--output', file, '--encrypt', join(directory, 'report.txt')])
  } finally {
    await gnupg.end()
  }
  await caseworker.done('send', file, '--encrypted', '--draft', transfer, ...passphraseOf(caseworker))
}

/** An address that nobody listens at: what is asked here is the service. */
async function tellAProgram(administrator: Member): Promise<void> {
  const { id } = await administrator.done('webhook', 'register', 'https://cases.northtown.example/safehand')
  await administrator.done('webhook', 'test', id)
  await administrator.done('webhook', 'rotate', id)
  await administrator.done('webhook', 'list')
  await administrator.done('webhook', 'remove', id)
}

interface Resetting {
  readonly administrator: Member
  readonly second: Member
  readonly member: Member
}

/** Of an administrator, as if the council's roster named three of them. */
async function resetCredentials({ administrator, second, member }: Resetting): Promise<void> {
  await database.as.owner.pool.query(
    `UPDATE roster_person SET roles = array_append(roles, 'organisation-administrator')
     FROM account WHERE account.id = roster_person.account AND account.email = ANY ($1)`,
    [[second.email, member.email]],
  )
  const at = (name: string) => join(member.folder, name)
  const open = () =>
    administrator.done('account', 'open-reset', '--email', member.email, '--reset-file', at('reset-code'))
  const { id } = await open()
  await administrator.done('account', 'resets')
  await administrator.done('account', 'withdraw-reset', id)
  await second.done('account', 'confirm-reset', (await open()).id, '--yes')
  const files = ['--password-file', at('password'), '--secrets-file', at('secrets-anew.json')]
  await member.done(
    ...['account', 'complete-reset', '--url', installation.url, '--email', member.email],
    ...['--reset-file', at('reset-code'), ...files],
  )
  const { codes } = JSON.parse(await readFile(at('secrets-anew.json'), 'utf8'))
  const code = async (index: number) => {
    await writeFile(at('code'), codes[index], { mode: 0o600 })
    return ['--password-file', at('password'), '--code-file', at('code')]
  }
  await member.done('sign-in', '--url', installation.url, '--email', member.email, ...(await code(0)))
  await writeFile(at('new-password'), randomBytes(18).toString('base64url'), { mode: 0o600 })
  await member.done('account', 'change-password', ...(await code(1)), '--new-password-file', at('new-password'))
}

/** Last, because somebody's account ends. */
async function lifeOfAccounts({ council: { administrator, approver, officer } }: Cast): Promise<void> {
  await resetCredentials({ administrator, second: officer, member: approver })
  await administrator.done('session', 'list')
  await administrator.done('account', 'deactivate', '--email', approver.email, '--yes')
}

/** What pages will use and the command line does not: a session, and tokens made and revoked from it. */
async function signInByCookie(member: Member): Promise<void> {
  const read = (name: string) => readFile(join(member.folder, name), 'utf8')
  const { codes } = JSON.parse(await read('secrets.json'))
  let cookie = ''
  const nameOf = (one: string) => sessionName(decodeURIComponent(one).match(/=s:([^.]+)/)?.[1] ?? '')
  const ask = async (method: string, path: string, body: unknown = {}) => {
    const reply = await probing(`${installation.url}/api${path}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        [headers.idempotencyKey]: randomId(),
        [headers.csrf]: '1',
        ...(cookie && { Cookie: cookie }),
      },
      body: JSON.stringify(body),
    })
    cookie = sessionCookieOf(reply)?.split(';')[0] ?? cookie
    return (await reply.json()) as { id: string }
  }
  const password = (await read('password')).trim()
  await ask('POST', '/session', { email: member.email, password, code: codes[0] })
  const before = cookie
  cookie = ''
  await ask('POST', '/session', { email: member.email, password, code: codes[1] })
  const { id } = await ask('POST', '/tokens', { scopes: ['account'], days: 1 })
  await ask('DELETE', `/tokens/${id}`)
  await ask('DELETE', `/sessions/${nameOf(before)}`)
  await ask('DELETE', '/account/access')
  await ask('DELETE', '/session')
}
