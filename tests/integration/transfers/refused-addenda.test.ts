// Addenda as a client would make them that does not look: rightly signed, and each about something else than the service
// knows, or by somebody who may not. And those by a colleague, which depend on nothing of the sender
// (ARCHITECTURE.md#add-a-recipient).
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Dispatching, dispatchTransfer } from '#client/send/dispatch.ts'
import { draftTransfer } from '#client/send/draft.ts'
import type { Beginning } from '#client/send/sending.ts'
import { encodeSigned } from '#contract/documents.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import { type Addendum, addendum } from '#domain/transfers/documents/addendum.ts'
import type { AccountId, Fingerprint, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import { asSessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { systemClock } from '#platform/clock.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { makePerson, rosterReferenceOf, signDocument, type TestOrganisation } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { gpgKeyFor } from '../../fixtures/gnupg.ts'
import { agreementWith, enter, signLaterRoster, withOtherKey } from '../../fixtures/later-roster.ts'
import {
  fileOf,
  judge,
  type Member,
  prove,
  send,
  effectsOf,
  startTransferApp,
  stateOf,
  type TransferApp,
  upload,
} from '../../fixtures/transfer-app.ts'

const now = () => systemClock.now() as Instant
let running: TransferApp
let police: TestOrganisation
/** Was sent to the team of Olu and Pat. */
let transfer: TransferId
let note: Sha256Hex
/** A caseworker who joined the team after it was sent. */
let mia: Member
/** Another one, whose key is in gpg. */
let gus: Member
/** No caseworker, and in the team. */
let max: Member

/** Bodies that were encrypted before Gus joined. */
let begun: Dispatching & Beginning

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  begun = await upload(running, [fileOf(new TextEncoder().encode('Another statement.'))])
  const sent = await send(running, [fileOf(new TextEncoder().encode('What the witness said.'))])
  transfer = sent.transfer
  note = sent.note
  await judge(running, { transfer, verdict: 'clean' })
  const { world } = running
  const at = addDays(now(), -1)
  const teams = [world.team.id]
  const joined = await Promise.all([
    makePerson({ name: 'Mia Member', email: 'mia@police.example', roles: ['caseworker'], teams, at }),
    makePerson({ name: 'Gus Guest', email: 'gus@police.example', roles: ['caseworker'], teams, at }),
    makePerson({ name: 'Max Manager', email: 'max@police.example', roles: ['auditor'], teams, at }),
  ])
  const [late, guest, manager] = [joined[0], await withOtherKey(joined[1], await gpgKeyFor(joined[1].email)), joined[2]]
  const people = [...world.police.people, late, guest, manager]
  police = await signLaterRoster(running, { organisation: world.police, people })
  mia = await enter(running, { organisation: police, person: late })
  gus = await enter(running, { organisation: police, person: guest })
  max = await enter(running, { organisation: police, person: manager })
})
afterAll(() => running?.stop())

interface Given {
  readonly by: Member
  readonly added?: Member
  /** Whose key the packet is for. */
  readonly packetFor?: Member
  readonly change?: Partial<Addendum> | ((value: Addendum) => Partial<Addendum>)
  readonly keys?: (keys: readonly Key[]) => readonly Key[]
  readonly bytes?: Uint8Array<ArrayBuffer>
}
interface Key {
  readonly keySet: number
  readonly pkesk: string
}

/** Nothing would open with the packet: the service cannot know. */
async function give({ by, added = mia, packetFor = added, change, keys = (same) => same, bytes }: Given) {
  const at = now()
  const { certificate } = packetFor.person.key
  const encryptionSubkey = packetFor.person.key.encryptionSubkey as Fingerprint
  const pkesk = await wrapSessionKey({ sessionKey: asSessionKey(randomBytes(32)), certificate, encryptionSubkey, at })
  const roster = rosterReferenceOf(by.organisation.id === police.id ? police : by.organisation)
  const plain: Addendum = {
    type: 'safehand.addendum/1',
    origin: running.world.origin,
    transfer,
    note,
    signer: {
      account: by.person.account,
      organisation: by.organisation.id,
      fingerprint: by.person.key.fingerprint as Fingerprint,
      roster,
    },
    recipient: { kind: 'team', organisation: police.id, team: running.world.team.id },
    reader: {
      account: added.person.account,
      encryptionSubkey: added.person.key.encryptionSubkey as Fingerprint,
    },
    wrapped: [{ keySet: 0, pkesk: sha256Hex(pkesk) as Sha256Hex }],
    reason: 'Takes over the case',
    at,
  }
  const value = { ...plain, ...(typeof change === 'function' ? change(plain) : change) }
  const signed = await signDocument({ model: addendum, value, key: by.person.key, at })
  return by.api.call(addRecipientOperations.addRecipient, {
    params: { transfer },
    body: {
      addendum: encodeSigned(bytes ? { ...signed, bytes } : signed),
      keys: [...keys([{ keySet: 0, pkesk: pkesk.toBase64() }])],
    },
  })
}

/** Code, and what to do; nothing was added and one entry says so. */
async function refused(act: () => Promise<unknown>): Promise<readonly [string, string]> {
  const owner = running.database.as.owner.database
  const stored = () => owner.selectFrom('addendum').select('hash').execute()
  const before = await stored()
  const told: { code?: string; action?: string } = {}
  const entries = await entriesOf(owner, () => act().catch((error: typeof told) => Object.assign(told, error)))
  expect(await stored()).toEqual(before)
  const [last] = entries.filter(({ event }) => event === 'transfer.recipient.added')
  expect([last?.outcome, last?.code]).toEqual(['refused', told.code ?? 'nothing was refused'])
  return [told.code ?? '', told.action ?? '']
}

const of = (member: Member) => member.person.account
const differing = (field: string) => ['NOTE_MISMATCH', expect.stringContaining(`differs in ${field}.`)]

describe('an addendum that says something else', () => {
  const others: readonly (readonly [string, () => Omit<Given, 'by'>])[] = [
    ['origin', () => ({ change: { origin: 'other.safehand.invalid' as Addendum['origin'] } })],
    ['transfer', () => ({ change: { transfer: 'f'.repeat(32) as TransferId } })],
    ['note', () => ({ change: { note: 'f'.repeat(64) as Sha256Hex } })],
    ['signer.account', () => ({ change: ({ signer }) => ({ signer: { ...signer, account: of(running.olu) } }) })],
    ['signer.account', () => ({ change: ({ signer }) => ({ signer: { ...signer, organisation: police.id } }) })],
    [
      'signer.fingerprint',
      () => ({
        change: ({ signer }) => ({
          signer: { ...signer, fingerprint: running.olu.person.key.fingerprint as Fingerprint },
        }),
      }),
    ],
    [
      'signer.roster',
      () => ({ change: ({ signer }) => ({ signer: { ...signer, roster: { ...signer.roster, sequence: 9 } } }) }),
    ],
    ['at', () => ({ change: { at: addSeconds(now(), -3600) } })],
    [
      'recipient',
      () => ({ change: { recipient: { kind: 'person', organisation: police.id, account: of(running.olu) } } }),
    ],
    [
      'recipient',
      () => ({ change: { recipient: { kind: 'team', organisation: police.id, team: 'f'.repeat(32) as never } } }),
    ],
    ['wrapped', () => ({ change: ({ wrapped }) => ({ wrapped: [...wrapped, ...wrapped] }) })],
    ['wrapped', () => ({ change: ({ wrapped: [only] }) => ({ wrapped: [{ ...only!, keySet: 1 }] }) })],
    ['packets', () => ({ change: ({ wrapped: [only] }) => ({ wrapped: [{ ...only!, pkesk: note }] }) })],
    ['packets', () => ({ packetFor: gus })],
    ['packets', () => ({ keys: ([key]) => [key!, key!] })],
    ['packets', () => ({ keys: ([key]) => [{ ...key!, keySet: 1 }] })],
    [
      'reader',
      () => ({
        packetFor: gus,
        change: ({ reader }) => ({
          reader: { ...reader, encryptionSubkey: gus.person.key.encryptionSubkey as Fingerprint },
        }),
      }),
    ],
  ]
  it.each(others)('[addendum/refused] in %s is refused', async (field, given) => {
    expect(await refused(() => give({ by: running.carol, ...given() }))).toEqual(differing(field))
  })

  it('[addendum/refused] or is no document at all is refused', async () => {
    const bytes = new TextEncoder().encode('{"type": "safehand.addendum/1"}')
    expect(await refused(() => give({ by: running.carol, bytes }))).toMatchObject(['DOCUMENT_INVALID', /./])
  })
})

describe('a v2-gcm transfer to a team with a key in gpg', () => {
  const refusal = { code: 'PROFILE_CANNOT_OPEN', action: expect.stringContaining('v2-gcm') }

  it('[addendum/refused] is refused at the draft, before anything is encrypted', async () => {
    await expect(draftTransfer(effectsOf(running), begun)).rejects.toMatchObject(refusal)
    const profile = { profile: 'v1-cfb', because: { code: 'made-elsewhere' } } as const
    await expect(draftTransfer(effectsOf(running), { ...begun, profile })).resolves.toMatchObject({ files: [{}] })
  })

  it('[addendum/refused] and at the dispatch, when the key came after the draft', async () => {
    const today = await agreementWith(running, { later: police, reader: running.carol })
    const recipients = [today.resolveRecipient('Public Protection Unit', police.id)!]
    const request = { ...begun.request, recipients }
    const act = dispatchTransfer(effectsOf(running), { ...begun, request })
    await expect(act).rejects.toMatchObject(refusal)
    expect(await stateOf(running, begun.transfer)).toBe('uploading')
  })
})

describe('an addendum by or for somebody', () => {
  it('[addendum/refused] whose program cannot open the bodies is refused by the service too', async () => {
    expect(await refused(() => give({ by: running.carol, added: gus }))).toMatchObject(['PROFILE_CANNOT_OPEN', /./])
  })

  it('[addendum/refused] who is no caseworker, on either side, is refused', async () => {
    expect(await refused(() => give({ by: max, added: mia }))).toMatchObject(['ROLE_REQUIRED', /./])
    expect(await refused(() => give({ by: running.carol, added: max }))).toMatchObject(['RECIPIENT_NOT_LISTED', /./])
    const nobody = { ...mia, person: { ...mia.person, account: 'f'.repeat(32) as AccountId } }
    expect(await refused(() => give({ by: running.carol, added: nobody }))).toMatchObject(['RECIPIENT_NOT_LISTED', /./])
  })

  it('[addendum/refused] in the team who has shown no key of theirs, or was never given one, is refused', async () => {
    expect(await refused(() => give({ by: running.olu }))).toMatchObject(['KEY_PROOF_REQUIRED', /./])
    await prove(running, mia)
    expect(await refused(() => give({ by: mia, added: gus }))).toMatchObject(['KEY_PROOF_REQUIRED', /./])
  })

  it('[addendum/refused] once the transfer has ended is refused', async () => {
    const { clock } = running.app
    clock.pass(8 * 86_400)
    const change = { at: clock.now() as Instant }
    expect(await refused(() => give({ by: running.carol, change }))).toMatchObject(['TRANSFER_EXPIRED', /./])
    clock.pass(-8 * 86_400)
  })

  it('[addendum/refused] by a colleague holds whatever became of the sender, who is told', async () => {
    const owner = running.database.as.owner.database
    await revoke(running.carol)
    await prove(running, running.olu)
    await give({ by: running.olu })
    const jobs = await owner.selectFrom('outbox').select('data').where('job', '=', 'send-mail').execute()
    const told = jobs.map(({ data }) => data)
    const sender = of(running.carol)
    expect(told).toContainEqual(expect.objectContaining({ template: 'recipient-added', account: sender, transfer }))
    expect(told).toContainEqual(expect.objectContaining({ template: 'transfer-waiting', account: of(mia), transfer }))
  })

  it('[addendum/refused] whose key has ended or was revoked is refused', async () => {
    const owner = running.database.as.owner.database
    const expires = (expires_at: Instant | null) =>
      owner
        .updateTable('certificate')
        .set({ expires_at })
        .where('fingerprint', '=', mia.person.key.fingerprint as Fingerprint)
        .execute()
    await expires(addSeconds(now(), -60))
    expect(await refused(() => give({ by: running.olu }))).toMatchObject(['KEY_EXPIRED', /./])
    await expires(null)
    await revoke(mia)
    expect(await refused(() => give({ by: running.olu }))).toMatchObject(['KEY_REVOKED', /./])
  })
})

function revoke({ api, person }: Member): Promise<unknown> {
  const params = { fingerprint: person.key.fingerprint as Fingerprint }
  return api.call(certificateOperations.revoke, { params, body: { certificate: null } })
}
