// Expiry, all acknowledged, destruction and its certificate (ARCHITECTURE.md#ends), under a clock that the test moves:
// reads refuse by the clock whether or not a job ran; each end leaves nothing but rows and a signed certificate that
// both sides verify.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { acknowledgeUnsigned } from '#client/collect/acknowledge.ts'
import { fetchDestructionCertificate } from '#client/transfers/destruction-certificate.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createHousekeeping, type Housekeeping } from '../../fixtures/housekeeping.ts'
import { lineOf } from '../../fixtures/person-line.ts'
import { entriesAbout, fetchAll, fetchManifest, look, recall, release } from '../../fixtures/transfer-acts.ts'
import {
  agreementFor,
  fileOf,
  judge,
  type Member,
  prove,
  send,
  startTransferApp,
  stateOf,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

const files = [fileOf(new TextEncoder().encode('Minutes of the meeting.'), 'minutes.txt')]
let running: TransferApp
let housekeeping: Housekeeping

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  housekeeping = createHousekeeping(running)
  await prove(running, running.olu)
})
afterAll(() => running?.stop())

/** Runs with the service's clock at this instant. */
const at = <T>(instant: Instant, act: () => Promise<T>) => running.app.clock.at(instant, act)

const released = () => release(running, files)

/** What a key proof is for ten minutes must be shown again when the clock moved on. */
const fetchAt = (instant: Instant, transfer: TransferId) =>
  at(instant, async () => {
    await running.database.as.owner.database
      .updateTable('key_proof')
      .set({ expires_at: addDays(instant, 1) })
      .execute()
    return fetchManifest(running.olu, transfer).then(
      () => 'fetched',
      ({ code }) => code as string,
    )
  })

async function keysOf(transfer: TransferId): Promise<readonly string[]> {
  const { database } = running.database.as.owner
  const rows = await database
    .selectFrom('transfer_file')
    .select('object_key')
    .where('transfer', '=', transfer)
    .execute()
  return rows.map(({ object_key }) => object_key)
}

/** Bodies, wrapped keys and unfinished uploads that are left of it. */
async function leftOf(transfer: TransferId): Promise<number> {
  const { database } = running.database.as.owner
  const sizes = await Promise.all((await keysOf(transfer)).map((key) => running.objects.size(key)))
  const keys = await database.selectFrom('pkesk').select('transfer').where('transfer', '=', transfer).execute()
  return sizes.filter((size) => size !== undefined).length + keys.length
}

const eventsOf = async (transfer: TransferId) => (await entriesAbout(running, transfer)).map(({ event }) => event)

async function certificateFor(member: Member, transfer: TransferId) {
  const { api } = member
  const { note } = await look(member, transfer)
  const agreement = await agreementFor(running, member)
  return fetchDestructionCertificate({ api, agreement, transfer, note, now: systemClock.now() as Instant })
}

describe('expiry', () => {
  it('[end/expiry] is refused by the clock from its very instant on, though no job ever ran', async () => {
    const transfer = await released()
    const { expiresAt } = await look(running.olu, transfer)
    expect(await fetchAt(addSeconds(expiresAt, -1), transfer)).toBe('fetched')
    expect(await fetchAt(expiresAt, transfer)).toBe('TRANSFER_EXPIRED')
    expect(await fetchAt(addDays(expiresAt, 30), transfer)).toBe('TRANSFER_EXPIRED')
    expect(await stateOf(running, transfer)).toBe('released')
    expect(await leftOf(transfer)).toBeGreaterThan(0)
  })

  it('[end/expiry] is found by the reconciler, and then nothing is left but a certificate; twice does nothing twice', async () => {
    const transfer = await released()
    const { expiresAt } = await look(running.carol, transfer)
    await housekeeping.expire(transfer)
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('released')
    await at(addSeconds(expiresAt, 1), async () => {
      expect(await housekeeping.round(transfer)).toContain('expire-transfer')
      expect(await stateOf(running, transfer)).toBe('expired')
    })
    await at(addSeconds(expiresAt, 2), async () => {
      expect(await housekeeping.round(transfer)).toContain('destroy-transfer')
      expect(await housekeeping.round(transfer)).toEqual([])
      await housekeeping.destroy(transfer)
    })
    expect(await stateOf(running, transfer)).toBe('destroyed')
    expect(await leftOf(transfer)).toBe(0)
    expect((await eventsOf(transfer)).slice(-2)).toEqual(['transfer.expired', 'transfer.destroyed'])
    const view = await look(running.carol, transfer)
    expect(view.ended).toEqual({ as: 'expired', at: expiresAt })
    expect(await fetchAt(addSeconds(expiresAt, 3), transfer)).toBe('TRANSFER_EXPIRED')
  })
})

describe('all acknowledged', () => {
  it('[end/expiry] ends it the flow’s days later by the clock, and it says which day that is', async () => {
    const transfer = await released()
    expect((await look(running.carol, transfer)).keptUntil).toBeNull()
    await fetchAll(running.olu, transfer)
    await acknowledgeUnsigned(running.olu.api, transfer)
    const { deliveries, keptUntil } = await look(running.carol, transfer)
    expect(keptUntil).toBe(addDays(deliveries[0]!.acknowledgedAt!, 3))
    expect(await fetchAt(addSeconds(keptUntil!, -1), transfer)).toBe('fetched')
    expect(await fetchAt(keptUntil!, transfer)).toBe('TRANSFER_DESTROYED')
    await at(addSeconds(keptUntil!, 1), async () => {
      expect(await housekeeping.round(transfer)).toContain('expire-transfer')
    })
    await housekeeping.destroy(transfer)
    expect(await leftOf(transfer)).toBe(0)
    expect(await stateOf(running, transfer)).toBe('destroyed')
    expect((await look(running.carol, transfer)).ended).toEqual({ as: 'acknowledged', at: keptUntil })
    expect(await fetchAt(addDays(keptUntil!, 1), transfer)).toBe('TRANSFER_DESTROYED')
  })
})

describe('a destruction certificate', () => {
  it('[end/certificate] of a recalled transfer is verified by both sides, with what was destroyed and until when backups last', async () => {
    const { transfer } = await send(running, files)
    await recall(running.carol, transfer)
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('recalled')
    await expect(certificateFor(running.carol, transfer)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    await at(addSeconds(systemClock.now() as Instant, 5), () => housekeeping.round(transfer))
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('destroyed')
    expect(await leftOf(transfer)).toBe(0)
    const { files: shown } = await look(running.carol, transfer)
    const bodies = shown.map(({ id, length, bodyDigest }) => ({ id, length, bodyDigest }))
    const [{ certificate }, theirs] = [
      await certificateFor(running.carol, transfer),
      await certificateFor(running.olu, transfer),
    ]
    expect(theirs.certificate).toEqual(certificate)
    expect(certificate).toMatchObject({ ended: { as: 'recalled' }, files: bodies, wrappedKeys: 4 })
    expect(certificate.backupsUntil).toBe(addDays(certificate.at, 35))
    expect(certificate.scanKeys).toHaveLength(1)
    await expect(certificateFor(running.dora, transfer)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('[end/certificate] is refused by the client when it is of another transfer, another note, or signed by another key', async () => {
    const [one, other] = [await send(running, files), await send(running, files)]
    for (const { transfer } of [one, other]) {
      await recall(running.carol, transfer)
      await at(addSeconds(systemClock.now() as Instant, 5), () => housekeeping.round(transfer))
      await housekeeping.destroy(transfer)
    }
    const agreement = await agreementFor(running, running.carol)
    const { note } = await look(running.carol, one.transfer)
    const { note: otherNote } = await look(running.carol, other.transfer)
    const true_ = await running.carol.api.call(endingOperations.destructionCertificate, {
      params: { transfer: one.transfer },
    })
    const { scanAuthority } = running.world.service
    const authority = { fingerprint: scanAuthority.fingerprint, certificate: scanAuthority.certificate.toBase64() }
    const lies = {
      'another transfer': { transfer: other.transfer, note: otherNote },
      'another note': { note: otherNote },
      'another key': { reply: { ...true_, housekeeper: authority } },
      'another signature': { reply: { ...true_, certificate: { ...true_.certificate, signature: note!.signature } } },
    }
    for (const [what, lie] of Object.entries(lies)) {
      const { reply, ...asked } = { reply: true_, transfer: one.transfer, note, ...lie }
      const api = { ...running.carol.api, call: async () => reply as never }
      const claim = { ...asked, api, agreement, now: systemClock.now() as Instant }
      await expect(fetchDestructionCertificate(claim), what).rejects.toMatchObject({ code: 'TRUST_DESTRUCTION' })
    }
  })

  it('[end/certificate] is fetched, verified and kept by `safehand certificate`', async () => {
    const { transfer } = await send(running, files)
    await recall(running.carol, transfer)
    await at(addSeconds(systemClock.now() as Instant, 5), () => housekeeping.round(transfer))
    await housekeeping.destroy(transfer)
    const carol = await lineOf(running, running.carol)
    try {
      const place = carol.path('certificate.json')
      const said = await carol.run('certificate', transfer, '--save', place)
      expect(said).toMatchObject({ exit: 0, out: expect.stringContaining('Backups hold its wrapped keys until') })
      expect(Object.keys(JSON.parse(await readFile(place, 'utf8'))).toSorted()).toEqual([
        'housekeeper',
        'note',
        'signed',
      ])
      expect((await carol.run('status', transfer)).out).toContain(`safehand certificate ${transfer}`)
    } finally {
      await carol.remove()
    }
  })
})

describe('what is rejected', () => {
  it('[end/expiry] is destroyed as well, and its sender still reads why', async () => {
    const { transfer } = await send(running, files)
    await judge(running, { transfer, verdict: 'infected' })
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('destroyed')
    expect(await leftOf(transfer)).toBe(0)
    const view = await look(running.carol, transfer)
    expect(view).toMatchObject({ verdict: 'infected', ended: { as: 'rejected' } })
    await expect(fetchManifest(running.olu, transfer)).rejects.toMatchObject({ code: 'SCAN_INFECTED' })
  })
})
