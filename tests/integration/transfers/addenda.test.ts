// One more reader without another upload (ARCHITECTURE.md#add-a-recipient): somebody late, a later member of the team
// let in by a colleague, a key that was replaced; who may not; and what can be joined by nobody.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Adding, addRecipient, recipientFor } from '#client/transfers/add-recipient.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { verifyAddenda } from '#client/transfers/verify-addenda.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { addDays } from '#domain/time.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { folderSink } from '../../../cli/collecting/sink.ts'
import { holderOf, makePerson, type TestOrganisation } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { gpgKeyFor } from '../../fixtures/gnupg.ts'
import { agreementWith, enter, signLaterRoster, withOtherKey } from '../../fixtures/later-roster.ts'
import { sendToOlu } from '../../fixtures/transfer-acts.ts'
import {
  lookUnder,
  fileOf,
  judge,
  type Member,
  prove,
  send,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

const content = 'What the witness said.'
const files = [fileOf(new TextEncoder().encode(content), 'statement.txt')]
const now = () => systemClock.now() as Instant
let running: TransferApp
let police: TestOrganisation
/** Was sent to Olu alone. */
let toOlu: TransferId
/** Was sent to the team of Olu and Pat. */
let toTeam: TransferId
let notReleased: TransferId
/** A caseworker in no team. */
let lena: Member
/** Joined the team after it was sent. */
let mia: Member
/** Pat with another key. */
let pat: Member
/** A caseworker whose key is in gpg. */
let gus: Member

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  toOlu = await sendToOlu(running, files)
  toTeam = (await send(running, files)).transfer
  await judge(running, { transfer: toOlu, verdict: 'clean' })
  await judge(running, { transfer: toTeam, verdict: 'clean' })
  notReleased = await sendToOlu(running, files)
  const { world } = running
  const at = addDays(now(), -1)
  const teams = [world.team.id]
  const roles = ['caseworker'] as const
  const [late, member, guest] = [
    await makePerson({ name: 'Lena Late', email: 'lena@police.example', roles, at }),
    await makePerson({ name: 'Mia Member', email: 'mia@police.example', roles, teams, at }),
    await makePerson({ name: 'Gus Guest', email: 'gus@police.example', roles, at }),
  ]
  const replaced = await withOtherKey(running.pat.person)
  const others = world.police.people.filter((one) => one !== running.pat.person)
  const inGpg = await withOtherKey(guest, await gpgKeyFor(guest.email))
  const people = [...others, replaced, late, member, inGpg]
  police = await signLaterRoster(running, { organisation: world.police, people })
  lena = await enter(running, { organisation: police, person: late })
  mia = await enter(running, { organisation: police, person: member })
  gus = await enter(running, { organisation: police, person: inGpg })
  pat = { ...running.pat, person: replaced }
})
afterAll(() => running?.stop())

const agreementOf = (reader: Member) => agreementWith(running, { later: police, reader })

interface Wish {
  readonly by: Member
  readonly added: Member
  readonly change?: Partial<Adding>
}

/** As the command does it; the transfer as Olu sees it when the one who adds sees nothing. */
async function add(transfer: TransferId, { by, added, change }: Wish) {
  const agreement = await agreementOf(by)
  const looked = [by, running.olu].map(({ api }) => api.call(viewOperations.view, { params: { transfer } }))
  const [mine, seen] = await Promise.allSettled(looked)
  const view = mine!.status === 'fulfilled' ? mine!.value : (seen as PromiseFulfilledResult<never>).value
  const note = await verifyNote({ agreement, transfer, document: view.note!, now: now() })
  const person = agreement.people(police.id).find(({ account }) => account === added.person.account)!
  const own = ownPerson(agreement, by.person.account)!
  return addRecipient({
    api: by.api,
    by: {
      agreement,
      person: own,
      key: unlockedKey(by.person.key.privateKey),
    },
    note,
    addenda: await verifyAddenda({ agreement, note, documents: view.addenda, now: now() }),
    view,
    person,
    recipient: recipientFor(note.note, { by: own, person, agreement }),
    reason: 'Takes over the case',
    now,
    ...change,
  })
}

async function collect(transfer: TransferId, member: Member): Promise<string> {
  await prove(running, member)
  const agreement = await agreementOf(member)
  const folder = await mkdtemp(join(tmpdir(), 'safehand-added-'))
  try {
    await collectAndOpen({
      api: member.api,
      look: await lookUnder(agreement, { api: member.api, transfer }),
      person: ownPerson(agreement, member.person.account)!,
      key: unlockedKey(member.person.key.privateKey),
      primitives: openpgpPrimitives,
      transfer,
      sink: folderSink(folder),
    })
    return await readFile(join(folder, 'statement.txt'), 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The code; nothing changed and one entry says so. */
async function refused(act: () => Promise<unknown>): Promise<string> {
  const owner = running.database.as.owner.database
  const stored = () => owner.selectFrom('addendum').select('hash').execute()
  const before = await stored()
  let code = 'nothing was refused'
  const entries = await entriesOf(owner, async () => {
    code = await act().then(
      () => code,
      (error: { code?: string }) => error.code ?? String(error),
    )
  })
  expect(await stored()).toEqual(before)
  const [last] = entries.filter(({ event }) => event === 'transfer.recipient.added')
  expect([last?.outcome, last?.code]).toEqual(['refused', code])
  return code
}

describe('an addendum', () => {
  it('[addendum/late-recipient] lets a late recipient collect, with no upload, and stands in the agreement’s log', async () => {
    await expect(collect(toOlu, lena)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const owner = running.database.as.owner.database
    const bodies = () => owner.selectFrom('transfer_file').selectAll().where('transfer', '=', toOlu).execute()
    const before = await bodies()
    const entries = await entriesOf(owner, () => add(toOlu, { by: running.carol, added: lena }))
    expect(entries.filter(({ event }) => event === 'transfer.recipient.added')).toMatchObject([
      {
        outcome: 'success',
        transfer: toOlu,
        detail: { encryptionSubkey: lena.person.key.encryptionSubkey },
        log: expect.stringContaining(running.world.agreement.value.id),
      },
    ])
    expect(await bodies()).toEqual(before)
    expect(await collect(toOlu, lena)).toBe(content)
    expect(await collect(toOlu, running.olu)).toBe(content)
  })

  it('[addendum/late-recipient] by a colleague lets a later member of the team in', async () => {
    await expect(collect(toTeam, mia)).rejects.toMatchObject({ code: 'TRUST_NOTE', saw: 'no wrapped key for you' })
    const early = await running.olu.api.call(viewOperations.view, { params: { transfer: notReleased } })
    expect(early.ownKeys).toEqual([])
    await prove(running, running.olu)
    await add(toTeam, { by: running.olu, added: mia })
    expect(await collect(toTeam, mia)).toBe(content)
    await add(toTeam, { by: mia, added: pat })
    expect(await collect(toTeam, pat)).toBe(content)
  })

  it('[addendum/late-recipient] lets a recipient with a replaced key in again', async () => {
    const replaced = await withOtherKey(running.olu.person)
    const people = [...police.people.filter(({ account }) => account !== replaced.account), replaced]
    police = await signLaterRoster(running, { organisation: police, people })
    const olu = { ...running.olu, person: replaced }
    await expect(collect(toOlu, olu)).rejects.toMatchObject({ code: 'TRUST_NOTE' })
    await add(toOlu, { by: running.carol, added: olu })
    expect(await collect(toOlu, olu)).toBe(content)
    running = { ...running, olu }
  })

  it('[addendum/late-recipient] is not made for a key in gpg on a v2-gcm body, which its program could not open', async () => {
    const owner = running.database.as.owner.database
    const act = () => add(toOlu, { by: running.carol, added: gus })
    const refusal = { name: 'CannotOpen', code: 'PROFILE_CANNOT_OPEN' }
    const entries = await entriesOf(owner, () => expect(act()).rejects.toMatchObject(refusal))
    expect(entries.map(({ event }) => event).filter((event) => event === 'transfer.recipient.added')).toEqual([])
  })

  it('[addendum/late-recipient] is refused for who has a key already, before release, and to who is no caseworker at the flow’s end', async () => {
    expect(await refused(() => add(toOlu, { by: running.carol, added: running.olu }))).toBe('RECIPIENT_HAS_KEY')
    const siro = { ...lena, person: holderOf(police, 'siro') }
    expect(await refused(() => add(toOlu, { by: running.carol, added: siro }))).toBe('RECIPIENT_NOT_LISTED')
    const { ownKeys } = await running.carol.api.call(viewOperations.view, { params: { transfer: toOlu } })
    expect(ownKeys).toHaveLength(1)
    const owner = running.database.as.owner.database
    const keys = owner.selectFrom('pkesk').select(['key_set as keySet', 'bytes']).where('transfer', '=', notReleased)
    const [own] = await keys.where('account', '=', running.carol.person.account).execute()
    const change = { view: { ownKeys: [{ keySet: 0, pkesk: own!.bytes.toBase64() }] } }
    expect(await refused(() => add(notReleased, { by: running.carol, added: lena, change }))).toBe('TRANSFER_STATE')
  })

  it('[addendum/late-recipient] is not an outsider’s: neither another party’s nor a recipient’s who is no colleague', async () => {
    const { world, carol, dora } = running
    const recipient = { kind: 'person', organisation: world.police.id, account: pat.person.account } as const
    // Mia stands in no team that this was sent to; Lena collects it, and lets nobody in.
    expect(await refused(() => add(toOlu, { by: carol, added: pat, change: { api: dora.api } }))).toBe('NOT_FOUND')
    expect(await refused(() => add(toOlu, { by: carol, added: pat, change: { api: mia.api } }))).toBe('NOT_FOUND')
    await prove(running, lena)
    expect(await refused(() => add(toOlu, { by: lena, added: pat, change: { recipient } }))).toBe('SENDER_REQUIRED')
  })

  it('[addendum/late-recipient] forged in another’s name, or about another packet, is refused', async () => {
    const key = unlockedKey(lena.person.key.privateKey)
    const { carol } = running
    const forged = async () => {
      const agreement = await agreementOf(carol)
      const person = ownPerson(agreement, carol.person.account)!
      const own = unlockedKey(carol.person.key.privateKey)
      return add(toOlu, {
        by: carol,
        added: pat,
        change: { by: { agreement, person, key: { ...own, sign: key.sign } } },
      })
    }
    expect(await refused(forged)).toBe('SIGNATURE_INVALID')
    const api = {
      ...carol.api,
      call: ((operation: never, input: { body: { keys: { pkesk: string }[] } }) => {
        const [first] = input.body.keys
        const bytes = Uint8Array.fromBase64(first!.pkesk)
        bytes[bytes.length - 1]! ^= 1
        const body = { ...input.body, keys: [{ ...first!, pkesk: bytes.toBase64() }] }
        return carol.api.call(operation, { ...input, body } as never)
      }) as never,
    }
    expect(await refused(() => add(toOlu, { by: carol, added: pat, change: { api } }))).toBe('NOTE_MISMATCH')
  })

  it('[addendum/late-recipient] without one, no process adds a wrapped key or a delivery to what is released', async () => {
    const { pool } = running.database.as.server
    const { account, key } = gus.person
    const packet = `INSERT INTO pkesk VALUES ('${toOlu}', 0, '${account}', '${key.encryptionSubkey}', '\\x00')`
    await expect(pool.query(packet)).rejects.toThrow('or with an addendum that names it')
    const delivery = `INSERT INTO delivery (transfer, organisation, account) VALUES ('${toOlu}', '${police.id}', '${account}')`
    await expect(pool.query(delivery)).rejects.toThrow('or with an addendum')
    await expect(pool.query(`UPDATE addendum SET account = '${account}'`)).rejects.toMatchObject({ code: '42501' })
    await expect(pool.query('DELETE FROM addendum')).rejects.toMatchObject({ code: '42501' })
  })
})
