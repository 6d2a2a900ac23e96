// What a key's end does to transfers: revoked or expired, nothing more is sent to it; revoked, nothing more is collected
// with it, at once; and every agreement's log says so.
import { enums, type Key, readPrivateKey, reformatKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sendTransfer } from '#client/send/send.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { register, registerAndProve } from '#client/trust/key-proof.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { addSeconds } from '#domain/time.ts'
import type { Fingerprint, Instant } from '#domain/values.ts'
import { generateKey } from '#openpgp/keys.ts'
import { writePublic } from '#openpgp/public-certificate.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { systemClock } from '#platform/clock.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { codeOf, fetchManifest } from '../../fixtures/transfer-acts.ts'
import {
  effectsOf,
  fileOf,
  judge,
  type Member,
  prove,
  send,
  sendingOf,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(() => running?.stop())

const now = () => systemClock.now() as Instant
const files = () => [fileOf(new TextEncoder().encode('a line'))]
function revoke({ api, person }: Member): Promise<unknown> {
  const params = { fingerprint: person.key.fingerprint as Fingerprint }
  return api.call(certificateOperations.revoke, { params, body: { certificate: null } })
}

async function sendByName({ person }: Member): Promise<unknown> {
  const sending = await sendingOf(running, files())
  const recipient = sending.sender.agreement.resolveRecipient(person.email, running.world.police.id)!
  return sendTransfer(effectsOf(running), { ...sending, request: { ...sending.request, recipients: [recipient] } })
}

/** For two more days, by a program that keeps none of the older self-signatures. */
async function renewedElsewhere(key: Uint8Array): Promise<Key> {
  const privateKey = await readPrivateKey({ binaryKey: key })
  const life = Date.parse(now()) - privateKey.getCreationTime().getTime() + 2 * 86_400_000
  const { publicKey } = await reformatKey({
    privateKey,
    userIDs: privateKey.getUserIDs().map((name) => ({ name })),
    keyExpirationTime: Math.round(life / 1000),
    date: new Date(now()),
    format: 'object',
    config: { aeadProtect: true, preferredAEADAlgorithm: enums.aead.gcm },
  })
  return publicKey
}

describe('a key', () => {
  it('[keys/ended] renewed keeps what was signed with it, and is told in every agreement’s log', async () => {
    const { person, api } = running.olu
    const bytes = new TextEncoder().encode('signed before')
    const signature = await unlockedKey(person.key.privateKey).sign({
      bytes,
      at: addSeconds(running.world.at, -3600),
    })
    const renewed = await renewedElsewhere(person.key.privateKey)
    const entries = await entriesOf(running.database.as.owner.database, () => register({ api }, writePublic(renewed)))
    const { id } = running.world.agreement.value
    expect(entries.map(({ event, log }) => [event, log.split('/').slice(1).join('/')])).toEqual([
      ['key.renewed', `organisations/${running.world.police.id}`],
      ['key.renewed', `agreements/${id}`],
    ])
    const { bytes: certificate } = await running.database.as.owner.database
      .selectFrom('current_certificate')
      .select('bytes')
      .where('fingerprint', '=', renewed.getFingerprint() as Fingerprint)
      .executeTakeFirstOrThrow()
    expect(await verifyDetached({ bytes, signature, certificate, at: now() })).toMatchObject({ ok: true })
    expect(await codeOf(send(running, files()))).toBe('done')
  })

  it('[keys/ended] replaced is told in every agreement’s log, and counts until the roster names the other', async () => {
    const { carol, world } = running
    const { person, api } = carol
    const { name, email } = person
    const at = addSeconds(now(), -60)
    const other = await generateKey({ name, email, at, expiresAfterSeconds: null })
    const prover = {
      ...{ api, anchor: { origin: world.origin }, account: person.account, now },
      key: unlockedKey(other.privateKey),
      encryptionSubkey: other.encryptionSubkey as Fingerprint,
    }
    const act = () => registerAndProve(prover, other.certificate)
    const entries = await entriesOf(running.database.as.owner.database, act)
    expect(entries.map(({ event, log }) => [event, log.includes(world.agreement.value.id)])).toEqual([
      ['key.registered', false],
      ['key.registered', true],
      ['key.replaced', false],
      ['key.replaced', true],
    ])
    expect(await codeOf(send(running, files()))).toBe('done')
  })

  it('[keys/ended] expired is sent nothing, and still collects what was sent before', async () => {
    const { transfer } = await send(running, files())
    await judge(running, { transfer, verdict: 'clean' })
    running.app.clock.pass(3 * 86_400)
    expect(await codeOf(sendByName(running.olu))).toBe('KEY_EXPIRED')
    expect(await codeOf(prove(running, running.olu))).toBe('done')
    expect(await codeOf(fetchManifest(running.olu, transfer))).toBe('done')
    running.app.clock.pass(-3 * 86_400)
  })

  it('[keys/revoked] revoked is sent nothing, and what it proved before counts no more', async () => {
    const { transfer } = await send(running, files())
    await judge(running, { transfer, verdict: 'clean' })
    await prove(running, running.pat)
    expect(await codeOf(fetchManifest(running.pat, transfer))).toBe('done')
    const entries = await entriesOf(running.database.as.owner.database, () => revoke(running.pat))
    expect(entries).toMatchObject([{ event: 'key.revoked' }, { event: 'key.revoked', outcome: 'success' }])
    expect(entries[1]!.log).toContain(running.world.agreement.value.id)
    expect(await codeOf(fetchManifest(running.pat, transfer))).toBe('KEY_PROOF_REQUIRED')
    expect(await codeOf(prove(running, running.pat))).toBe('KEY_REVOKED')
    expect(await codeOf(send(running, files()))).toBe('KEY_REVOKED')
  })
})
