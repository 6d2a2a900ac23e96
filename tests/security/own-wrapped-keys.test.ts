// One's own wrapped keys (ARCHITECTURE.md#add-a-recipient): whoever wraps a session key once more takes it from a
// packet that the note, or an addendum to it, names for them, and only when it is the key that every body was committed
// to. What a service gives instead is wrapped for nobody.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ownPerson } from '#client/trust/sender.ts'
import { type OwnKeyOf, unwrapOwn } from '#client/transfers/own-session-key.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { asSessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { systemClock } from '#platform/clock.ts'
import {
  agreementFor,
  fileOf,
  judge,
  send,
  senderOf,
  startTransferApp,
  type TransferApp,
} from '../fixtures/transfer-app.ts'

const now = () => systemClock.now() as Instant
let running: TransferApp
let own: OwnKeyOf

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const { transfer } = await send(running, [fileOf(new TextEncoder().encode('minutes'))])
  await judge(running, { transfer, verdict: 'clean' })
  const view = await running.carol.api.call(viewOperations.view, { params: { transfer } })
  const agreement = await agreementFor(running, running.carol)
  const note = await verifyNote({ agreement, transfer, document: view.note!, now: now() })
  own = { holder: await senderOf(running), note, addenda: [], view }
})
afterAll(() => running?.stop())

const refused = (saw: string) => ({ code: 'TRUST_NOTE', saw: expect.stringContaining(saw) })

function withNote(change: Partial<OwnKeyOf['note']['note']>): OwnKeyOf {
  return { ...own, note: { ...own.note, note: { ...own.note.note, ...change } } }
}

describe('one’s own wrapped key', () => {
  it('[scan/own-wrapped-keys] as the note names it is taken, newest first, whatever else the service gives', async () => {
    const [only, ...none] = await unwrapOwn(own)
    expect([only.id, only.sessionKey.length, none]).toEqual([0, 32, []])
    const other = { keySet: 0, pkesk: await packet() }
    const more = { ...own, view: { ownKeys: [other, ...own.view.ownKeys, other] } }
    expect(await unwrapOwn(more)).toEqual([only])
  })

  it('[scan/own-wrapped-keys] is no other packet than was signed for, and none of another person', async () => {
    for (const ownKeys of [[], [{ keySet: 0, pkesk: await packet() }]]) {
      await expect(unwrapOwn({ ...own, view: { ownKeys } })).rejects.toMatchObject(refused('another wrapped key'))
    }
    const agreement = await agreementFor(running, running.carol)
    const olu = agreement.people(running.world.police.id).find(({ name }) => name === running.olu.person.name)!
    expect(ownPerson(agreement, running.olu.person.account)).toBeNull()
    const holder = { ...own.holder, person: olu }
    await expect(unwrapOwn({ ...own, holder })).rejects.toMatchObject(refused('another wrapped key'))
  })

  it('[scan/own-wrapped-keys] is not another session key than the bodies were committed to', async () => {
    const files = own.note.note.files.map((file) => ({ ...file, commitment: 'a'.repeat(64) as Sha256Hex }))
    await expect(unwrapOwn(withNote({ files }))).rejects.toMatchObject(refused('commitment'))
  })

  it('[scan/own-wrapped-keys] is not of key sets that no client makes', async () => {
    const keySets = own.note.note.keySets.map((set) => ({ ...set, id: 1 }))
    const files = own.note.note.files.map((file) => ({ ...file, keySet: 1 }))
    await expect(unwrapOwn(withNote({ keySets, files }))).rejects.toMatchObject(refused('a first key set'))
  })

  /** Of some other session key, for the same person. */
  async function packet(): Promise<string> {
    const { certificateBytes: certificate, encryptionSubkey } = (await senderOf(running)).person
    const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
    return (await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: now() })).toBase64()
  }
})
