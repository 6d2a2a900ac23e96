// The end of a transfer by the processes themselves (ARCHITECTURE.md#destroy): the scan key goes first, then bodies,
// then wrapped keys with the certificate; whoever is killed in between leaves the rest to the next, and it is said
// once.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { PersonCaller } from '#domain/caller.ts'
import { parseDocument } from '#domain/document.ts'
import { decideRecall } from '#domain/transfers/decisions/decide-recall.ts'
import { destructionCertificate } from '#domain/transfers/documents/destruction-certificate.ts'
import type { CorrelationId, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createCommit } from '#store/commit.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { holderOf, newId } from '../../fixtures/documents.ts'
import {
  dispatchTransfer,
  draftTransfer,
  loadEvents,
  startWorkers,
  until,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'

const contents = [new TextEncoder().encode('sent to the wrong team'), new Uint8Array(100_000)]
let workers: Workers

beforeAll(async () => {
  workers = await startWorkers(inject('services'))
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})
afterAll(() => workers?.stop())

const owner = () => workers.database.as.owner.database

/** As the server does when its sender asks for it. */
async function recall(id: TransferId): Promise<void> {
  const { world, database } = workers
  const sender = holderOf(world.council, 'caseworker')
  const caller: PersonCaller = {
    actor: { kind: 'person', account: sender.account, organisation: world.council.id, roles: [] },
    client: 'cli',
    session: null,
    address: null,
    correlation: newId<CorrelationId>(),
  }
  const now = () => systemClock.now() as Instant
  const commit = createCommit({ database: database.as.server.database, installation: world.origin, now })
  const outcome = await commit({
    caller,
    load: async (tx) => ({ caller, found: await loadTransferFacts(tx, id), reader: null, agreementFacts: null }),
    decide: (facts, at) => decideRecall(facts, { transfer: id, reason: 'To the wrong team' }, at),
  })
  expect(outcome.ok).toBe(true)
}

async function bodiesOf(id: TransferId): Promise<number> {
  const rows = await owner().selectFrom('transfer_file').select('object_key').where('transfer', '=', id).execute()
  const sizes = await Promise.all(rows.map(({ object_key }) => workers.objects.size(object_key)))
  return sizes.filter((size) => size !== undefined).length
}

const keysOf = async (id: TransferId) =>
  (await owner().selectFrom('pkesk').select('transfer').where('transfer', '=', id).execute()).length

/** Nobody writes to the table until `free`; reading goes on. */
async function hold(table: 'pkesk') {
  const client = await workers.database.as.owner.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in share row exclusive mode`)
  const waiting = `select from pg_locks where relation = '${table}'::regclass and not granted`
  return {
    reached: () =>
      until(async () => (await client.query(waiting)).rowCount !== 0, {
        otherwise: async () => `nobody wrote to ${table}\n${workers.processes.housekeeper?.lastOutput()}`,
      }),
    async free() {
      await client.query('rollback')
      await client.end()
    },
  }
}

async function isDestroyedOnce(id: TransferId): Promise<void> {
  await untilState(workers, { id, state: 'destroyed' })
  expect(await bodiesOf(id)).toBe(0)
  expect(await keysOf(id)).toBe(0)
  const events = await loadEvents(workers, id)
  expect(events.filter((event) => event.startsWith('transfer.destroyed'))).toEqual(['transfer.destroyed'])
  expect(events.indexOf('scan.key.destroyed')).toBeLessThan(events.indexOf('transfer.destroyed'))
  const row = await owner()
    .selectFrom('destruction_certificate')
    .selectAll()
    .where('transfer', '=', id)
    .executeTakeFirstOrThrow()
  const certificate = parseDocument(destructionCertificate, row.bytes)
  expect(certificate).toMatchObject({ ok: true, value: { transfer: id, ended: { as: 'recalled' } } })
}

describe('a recalled transfer', () => {
  it('[end/destroyed] is destroyed after its release, and a killed housekeeper’s successor finishes what it began', async () => {
    const { id } = await dispatchTransfer(workers, { contents })
    await untilState(workers, { id, state: 'released' })
    const keys = await hold('pkesk')
    await recall(id)
    await keys.reached()
    expect(await bodiesOf(id)).toBe(0)
    expect(await keysOf(id)).toBeGreaterThan(0)
    await workers.processes.housekeeper!.kill()
    await keys.free()
    await untilState(workers, { id, state: 'recalled', seconds: 1 })
    await workers.start('housekeeper')
    await isDestroyedOnce(id)
  })

  it('[end/destroyed] before its scan keeps its bodies until the scan key is gone, whoever is killed meanwhile', async () => {
    const { id, dispatch } = await draftTransfer(workers, { contents })
    await workers.processes.scanner!.kill()
    await dispatch()
    await recall(id)
    await until(async () => (await loadEvents(workers, id)).includes('transfer.recalled'), {
      otherwise: async () => 'no entry',
    })
    await workers.processes.housekeeper!.stop()
    await workers.start('housekeeper')
    expect(await bodiesOf(id)).toBe(3)
    await workers.start('scanner')
    await isDestroyedOnce(id)
    expect(await loadEvents(workers, id)).not.toContain('scan.started')
  })
})
