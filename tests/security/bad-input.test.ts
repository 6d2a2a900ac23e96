// Bad input against a whole installation: server, scanner and housekeeper as processes, its people at the command line.
// Each attack is refused by name, changes nothing, has its one entry in the right log and shows nothing of the inside.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Api, createApi } from '#client/api.ts'
import { auditOperations } from '#contract/audit.ts'
import { certificateOperations } from '#contract/certificates.ts'
import type { Operation } from '#contract/operation.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { uploadsPath } from '#contract/uploads.ts'
import { type LogOrigin, logOriginOf } from '#domain/audit/entry.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant, Origin, TransferId } from '#domain/values.ts'
import { keyProofLine, makeChallenge } from '#openpgp/key-proof.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { systemClock } from '#platform/clock.ts'
import { randomId } from '#platform/crypto.ts'
import { fileStore } from '#platform/object-store/file-store.ts'
import { readMails } from '../../scripts/services.ts'
import { createHome } from '../../cli/home.ts'
import { type Cast, type Member, passphraseOf, type Ran, until } from '../fixtures/cast.ts'
import { copyGrown } from '../fixtures/copy-grown.ts'
import type { TestDatabase } from '../fixtures/database.ts'
import { readEntries } from '../fixtures/entries.ts'
import { type Installation, noteRefusals } from '../fixtures/installation.ts'
import { type Lie, lie, lyingServer } from '../fixtures/lying-server.ts'
import { createWitness, type Refused, refusedOnce, type Witness } from '../fixtures/refusal.ts'
import { collect as gather } from '../fixtures/streams.ts'

const services = inject('services')
let directory: string
let database: TestDatabase
let installation: Installation
let cast: Cast
let witness: Witness
/** What people's command lines talk to: the true service, or one that lies. */
let network: typeof fetch
/** From the caseworker to the first officer, released. */
let released: TransferId

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safehand-bad-input-'))
  witness = createWitness(noteRefusals)
  network = witness.fetch
  const asking: typeof fetch = (input, init) => network(input, init)
  ;({ database, installation, cast } = await copyGrown({ services, homes: directory, fetch: asking }))
  released = await send('What happened on Tuesday.\n')
  await untilState(released, 'released')
  await untilTold(released)
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

const owner = () => database.as.owner.database
const caseworker = () => cast.council.caseworker
const officer = () => cast.police.first
const stranger = () => cast.dwp.caseworker

async function sending(content: string | Uint8Array): Promise<Ran> {
  const file = join(directory, 'report.txt')
  await writeFile(file, content)
  return caseworker().run(
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', officer().email, ...passphraseOf(caseworker()), '--json'],
  )
}

async function send(content: string | Uint8Array): Promise<TransferId> {
  const { exit, json, text } = await sending(content)
  if (exit !== 0) throw new Error(text)
  return json.transfer
}

async function untilState(transfer: TransferId, state: string): Promise<void> {
  await until(`the transfer is ${state}`, async () => {
    const now = await caseworker().done('status', transfer)
    return now.state === state || now.ended?.as === state
  })
}

/** The mail went out, and nothing more is to come. */
async function untilTold(transfer: TransferId): Promise<void> {
  await until('somebody has mail', async () =>
    (await readEntries(owner())).some((entry) => entry.event === 'transfer.notified' && entry.transfer === transfer),
  )
}

const refused = (act: () => Promise<unknown>, except: readonly string[] = []): Promise<Refused> =>
  refusedOnce({ owner: owner(), witness, act, except })

async function apiOf(member: Member): Promise<Api> {
  const { token } = await createHome(member.home).readToken()
  return createApi({ url: installation.url, fetch: witness.fetch, token, newId: randomId, client: 'cli' })
}

function logOf(log: Parameters<typeof logOriginOf>[1]): LogOrigin {
  return logOriginOf(installation.origin as Origin, log)
}
const agreementLog = () => logOf({ kind: 'agreement', id: cast.agreement })

const now = () => systemClock.now() as Instant

const collectInto = (folder: string, transfer: TransferId) =>
  ['collect', transfer, '--into', join(directory, folder), ...passphraseOf(officer()), '--json'] as const

/** The body that a client sent, to be sent again. */
function sentTo(path: string) {
  const found = witness.asked.findLast((asked) => asked.path === path)
  if (!found) throw new Error(`nobody asked ${path}`)
  return JSON.parse(found.body)
}

/** A draft by API, which a client would go on with. */
async function draft() {
  const { account } = await createHome(officer().home).readSettings()
  return (await apiOf(caseworker())).call(sendOperations.draft, {
    body: {
      agreement: cast.agreement,
      flow: 'council-to-police',
      purpose: 'SAFEGUARD_CHILD',
      items: ['INCIDENT_SUMMARY'],
      marking: 'OFFICIAL',
      handlingInstruction: null,
      recipients: [{ kind: 'person', organisation: cast.organisations.police, account }],
      days: 7,
      caseReference: null,
      files: [{ size: 100_000 }],
      manifest: { size: 900 },
    },
  })
}

describe('an upload', () => {
  it('[send/plaintext] of plaintext, past every client, is refused and nothing of it is kept', async () => {
    const { uploads } = await draft()
    const [{ token, length }] = uploads as [(typeof uploads)[number]]
    const tus = { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}` }
    const address = `${installation.url}${uploadsPath}`
    const stored = await readdir(installation.objects, { recursive: true })
    const begun = await fetch(address, { method: 'POST', headers: { ...tus, 'Upload-Length': String(length) } })
    expect(begun.status).toBe(201)
    const plaintext = 'Name,Address\nSome One,1 High Street\n'.repeat(3000).slice(0, length)
    const headers = { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
    const place = new URL(begun.headers.get('location')!, address)
    // The lease of the upload comes and goes with each request.
    const act = () => witness.fetch(place.href, { method: 'PATCH', headers, body: Buffer.from(plaintext) })
    const { told, entry } = await refused(act, ['upload'])
    expect([told.code, told.status]).toEqual(['NOT_ENCRYPTED_TO_RECIPIENTS', 422])
    expect([entry.event, entry.log]).toEqual(['file.uploaded', agreementLog()])
    expect(await readdir(installation.objects, { recursive: true })).toEqual(stored)
  })
})

describe('EICAR', () => {
  it('[scan/infected] is rejected: the sender is told by mail and status, the recipient gets nothing', async () => {
    const eicar = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-${'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`
    const transfer = await send(eicar)
    await untilState(transfer, 'rejected')
    const view = await caseworker().done('status', transfer)
    expect(view).toMatchObject({ verdict: 'infected', finding: expect.stringMatching(/eicar/i) })
    expect((await caseworker().run('status', transfer)).text).toContain(view.said)
    const mails = async () => (await readMails(services.smtp.folder!)).filter((mail) => mail.includes(transfer))
    await untilTold(transfer)
    expect((await mails()).map((mail) => /^To: (.*)$/im.exec(mail)?.[1]?.trim())).toEqual([caseworker().email])

    let ran: Ran | undefined
    const collecting = async () => {
      ran = await officer().run(...collectInto('eicar', transfer))
    }
    // The key proof that comes first is granted.
    const { told, entry } = await refused(collecting, ['key_proof', 'idempotency'])
    expect(ran).toMatchObject({ exit: 3, json: { error: { code: 'SCAN_INFECTED', action: told.action } } })
    expect([told.code, told.status, entry.event, entry.log]).toEqual([
      ...['SCAN_INFECTED', 410, 'file.fetched', agreementLog()],
    ])
    expect(await readdir(directory)).not.toContain('eicar')
  })
})

describe('somebody of no party who guesses ids', () => {
  const ownLog = () => logOf({ kind: 'organisation', id: cast.organisations.dwp })
  const entriesOfAgreement = async () => (await readEntries(owner())).filter(({ log }) => log === agreementLog()).length

  /** The same answer for what is there and for what never was; in DWP's own log alone. */
  async function findsNothing(ask: (id: (there: string) => string) => Promise<unknown>): Promise<void> {
    const there = await refused(() => ask((id) => id))
    const invented = await refused(() => ask(() => randomId()))
    for (const { told, entry } of [there, invented]) {
      expect([told.code, told.status, entry.log]).toEqual(['NOT_FOUND', 404, ownLog()])
    }
    const { correlation: _, instance: _instance, text: _text, ...told } = there.told
    expect(invented.told).toMatchObject(told)
  }

  it('[transfer/strangers] finds nothing at the command line', async () => {
    const before = await entriesOfAgreement()
    const own = passphraseOf(stranger())
    const file = join(directory, 'report.txt')
    const commands: ((id: (there: string) => string) => readonly string[])[] = [
      (id) => ['status', id(released)],
      (id) => ['collect', id(released), '--into', join(directory, 'guessed'), ...own],
      (id) => ['acknowledge', id(released), ...own],
      (id) => ['agreement', 'show', id(cast.agreement)],
      (id) => ['audit', 'export', id(cast.agreement), '--into', join(directory, 'no-log')],
      (id) => [
        ...['send', file, '--agreement', id(cast.agreement), '--flow', 'council-to-police'],
        ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--to', officer().email, ...own],
      ],
    ]
    for (const command of commands) {
      await findsNothing(async (id) => {
        const ran = await stranger().run(...command(id), '--json')
        expect(ran).toMatchObject({ exit: 3, json: { error: { code: 'NOT_FOUND' } } })
      })
    }
    expect(await readdir(directory)).not.toContain('guessed')
    expect(await readdir(join(directory, 'no-log'))).toEqual([])
    expect(await entriesOfAgreement()).toBe(before)
  })

  it('[transfer/strangers] finds nothing by the API, with requests that were right for another', async () => {
    await officer().done(...collectInto('in', released))
    await officer().done('acknowledge', released, ...passphraseOf(officer()))
    const { files } = await caseworker().done('status', released)
    const api = await apiOf(stranger())
    const { encryptionSubkey } = await createHome(officer().home).readKey('key')
    const replayed = (of: string) => sentTo(`/api/transfers/${released}/${of}`)
    const { council } = cast.organisations
    const before = await entriesOfAgreement()
    const asks: ((id: (there: string) => string) => Promise<unknown>)[] = [
      (id) => ask(viewOperations.view, { transfer: id(released) }),
      (id) => api.bytes(collectOperations.fetch, { params: { transfer: id(released), file: 'manifest' } }),
      (id) => api.bytes(collectOperations.fetch, { params: { transfer: released, file: id(files[0].id) } }),
      (id) => ask(collectOperations.opened, { transfer: id(released) }),
      (id) => ask(collectOperations.acknowledge, { transfer: id(released) }, replayed('acknowledge')),
      (id) => ask(sendOperations.requestScanCertificate, { transfer: id(released) }),
      (id) => ask(sendOperations.dispatch, { transfer: id(released) }, replayed('dispatch')),
      (id) => ask(sendOperations.draft, {}, { ...sentTo('/api/transfers'), agreement: id(cast.agreement) }),
      (id) => ask(auditOperations.export, { kind: 'agreement', id: id(cast.agreement) }),
      (id) => ask(auditOperations.export, { kind: 'organisation', id: id(council) }),
      (id) => entriesIn('agreement', id(cast.agreement)),
      (id) => entriesIn('organisation', id(council)),
      (id) => ask(certificateOperations.challenge, {}, { encryptionSubkey: id(encryptionSubkey).padEnd(64, '0') }),
    ]
    function ask(operation: Operation, params: object, body: unknown = {}): Promise<unknown> {
      return api.call(operation, { params, body } as never)
    }
    function entriesIn(kind: string, id: string): Promise<unknown> {
      return api.call(auditOperations.entries, { params: { kind, id }, query: { from: 0, to: 1 } } as never)
    }
    for (const one of asks) await findsNothing(one)
    expect(await entriesOfAgreement()).toBe(before)
  })
})

describe('a dispatch note', () => {
  it('[send/replayed-note] replayed by its own sender, for its transfer or another, is refused', async () => {
    const api = await apiOf(caseworker())
    const body = sentTo(`/api/transfers/${released}/dispatch`)
    const replay = (transfer: TransferId) => () => api.call(sendOperations.dispatch, { params: { transfer }, body })
    const again = await refused(replay(released))
    expect([again.told.code, again.told.status, again.entry.event]).toEqual([
      ...['TRANSFER_STATE', 409, 'transfer.dispatched'],
    ])
    const { transfer } = await draft()
    const other = await refused(replay(transfer))
    expect([other.told.code, other.entry.transfer]).toEqual(['TRANSFER_STATE', transfer])
    expect([again.entry.log, other.entry.log]).toEqual([agreementLog(), agreementLog()])
  })
})

describe('a service that wants the key to open something', () => {
  /** The session key of the transfer, wrapped for the officer, and the manifest it opens: what a thief of both would send. */
  async function realMessage(): Promise<Uint8Array> {
    const { account } = await createHome(officer().home).readSettings()
    const wrapped = await owner()
      .selectFrom('pkesk')
      .select('bytes')
      .where('transfer', '=', released)
      .where('account', '=', account)
      .executeTakeFirstOrThrow()
    const manifest = await owner()
      .selectFrom('transfer_file')
      .select('object_key')
      .where('transfer', '=', released)
      .where('file', '=', 'manifest' as never)
      .executeTakeFirstOrThrow()
    const body = await (await fileStore(installation.objects)).read(manifest.object_key)
    return Buffer.concat([wrapped.bytes, await gather(body)])
  }

  type Claim = Parameters<typeof keyProofLine>[0]

  /** A challenge as the true service would make it, but for what `change` says. */
  async function challengeWith(change: Partial<Claim>): Promise<Uint8Array> {
    const { account } = await createHome(officer().home).readSettings()
    const { encryptionSubkey: subkey } = await createHome(officer().home).readKey('key')
    const { bytes: certificate } = await owner()
      .selectFrom('certificate')
      .select('bytes')
      .where('account', '=', account)
      .executeTakeFirstOrThrow()
    const line = keyProofLine({
      ...{ origin: installation.origin, purpose: 'collect', account, subkey, transfer: '-' },
      ...{ nonce: randomBytes(32).toString('hex'), expires: addSeconds(now(), 300) },
      ...change,
    })
    const sessionKey = asSessionKey(new Uint8Array(randomBytes(32)))
    const salt = new Uint8Array(randomBytes(32))
    return makeChallenge({ line, certificate, encryptionSubkey: subkey, sessionKey, salt, at: now() })
  }

  const provenKeys = async () =>
    (await readEntries(owner())).filter(({ event, outcome }) => event === 'key.proven' && outcome === 'success').length

  /** Runs it against the liar: it ends with 4, says what it saw, and after the lie not one request leaves. */
  async function getsNoAnswer(command: readonly string[], lies: readonly Lie[]): Promise<string> {
    const proven = await provenKeys()
    const from = witness.asked.length
    network = lyingServer({ truth: witness.fetch, lies }) as typeof fetch
    try {
      const { exit, text } = await officer().run(...command)
      expect([exit, text]).toEqual([4, expect.stringContaining('It got no answer. This is an attack.')])
      const [lied] = lies
      const after = witness.asked.slice(from)
      expect(after.at(-1)?.path).toBe(`/api${lied!.operation.path}`)
      expect(after.filter(({ path }) => path.includes('/answer') || path.includes('/files/'))).toEqual([])
      expect(await provenKeys()).toBe(proven)
      return /\(saw: (.*)\)/.exec(text)?.[1] ?? 'nothing'
    } finally {
      network = witness.fetch
    }
  }

  const collecting = (message: Uint8Array) =>
    getsNoAnswer(
      ['collect', released, '--into', join(directory, 'attacked'), ...passphraseOf(officer())],
      [lie(certificateOperations.challenge, (told) => ({ ...told, message: Buffer.from(message).toString('base64') }))],
    )

  const proving = (message: Uint8Array) =>
    getsNoAnswer(
      ['key', 'prove', ...passphraseOf(officer())],
      [
        lie(certificateOperations.register, ({ challenge, ...told }) => ({
          ...told,
          challenge: { ...challenge, message: Buffer.from(message).toString('base64') },
        })),
      ],
    )

  it('[keys/no-oracle] gets no answer to a PKESK and manifest of a real transfer', async () => {
    const message = await realMessage()
    expect(message.length).toBeLessThan(2048)
    const saw = /^\d+ characters of something that is not a key proof$/
    expect(await collecting(message)).toMatch(saw)
    expect(await proving(message)).toMatch(saw)
    expect(await readdir(directory)).not.toContain('attacked')
  })

  it('[keys/no-oracle] gets no answer to a challenge for anything else than was asked for', async () => {
    const account = (await createHome(cast.police.second.home).readSettings()).account
    const lies: readonly (readonly [Partial<Claim>, string])[] = [
      [{ account }, `account ${account}`],
      [{ purpose: 'register' }, 'purpose register'],
      [{ origin: 'other.safehand.invalid' }, 'origin other.safehand.invalid'],
      [{ transfer: released }, `transfer ${released}`],
    ]
    for (const [change, saw] of lies) expect(await collecting(await challengeWith(change))).toBe(saw)
    expect(await proving(await challengeWith({}))).toBe('purpose collect')
  })

  it('[keys/no-oracle] gets no answer to a challenge that was made for somebody else', async () => {
    const { encryptionSubkey } = await createHome(cast.police.second.home).readKey('key')
    const second = await apiOf(cast.police.second)
    const { message } = await second.call(certificateOperations.challenge, { body: { encryptionSubkey } })
    expect(await collecting(Uint8Array.fromBase64(message))).toBe('a message that is not a key proof for this key')
  })
})

describe('a scanner that is away', () => {
  it('[scan/not-ready] keeps the sender waiting with SCAN_NOT_READY, and the same send goes on when it is back', async () => {
    await installation.processes.scanner.stop()
    const from = witness.told.length
    const sent = sending('Waiting for the scanner.')
    const told = () => witness.told.slice(from)
    await until('the sender is told to wait', async () => told().length > 0)
    expect(told()).toMatchObject([{ code: 'SCAN_NOT_READY', status: 503, retryAfter: '5' }])
    expect(told()[0]!.action).toBe('Try again in 5 seconds.')
    const entries = (await readEntries(owner())).filter(({ correlation }) => correlation === told()[0]!.correlation)
    const refusals = entries.filter(({ outcome }) => outcome === 'refused')
    expect(refusals).toMatchObject([{ event: 'scan.certificate.requested', log: agreementLog() }])
    const { transfer } = refusals[0]!
    expect((await caseworker().done('status', transfer!)).state).toBe('uploading')
    await installation.start('scanner')
    expect(await sent).toMatchObject({ exit: 0, json: { transfer } })
    await untilState(transfer!, 'released')
  })
})
