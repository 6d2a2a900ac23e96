// Transfers whose bodies lie in a bucket of S3 (Ceph's gateway), by the command line over a whole installation: the way
// to the recipient, an upload that is cut off, a store that is away, and one that gives back something else.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { s3Store } from '#platform/object-store/s3-store.ts'
import { type Services, startServices } from '../../../scripts/services.ts'
import { type Cast, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import type { Installation } from '../../fixtures/installation.ts'
import { type Bucket, createBucket, wireTo } from '../../fixtures/s3.ts'
import type { Wire } from '../../faults/wire.ts'

const services = inject('services')
const mib = 1024 * 1024

let clamd: Services<'clamd'>
let bucket: Bucket
let wire: Wire
let database: TestDatabase
let installation: Installation
let directory: string
let cast: Cast

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safehand-over-s3-'))
  clamd = await startServices({ directory: '.run/over-s3', only: ['clamd'], ignoreSettings: true })
  bucket = await createBucket()
  const wired = await wireTo(bucket.settings)
  wire = wired.wire
  ;({ database, installation, cast } = await copyGrown({
    services: { ...services, clamd: clamd.clamd },
    bucket: { ...(await bucket.processSettings(directory)), S3_ENDPOINT: wired.url },
    homes: directory,
  }))
})
afterAll(async () => {
  await installation?.stop()
  await clamd?.stop()
  await wire?.close()
  await bucket?.remove()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

async function fileOf(name: string, content: Uint8Array): Promise<string> {
  await writeFile(join(directory, name), content)
  return join(directory, name)
}

const send = (file: string) =>
  cast.council.caseworker.done(
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17', '--to', cast.police.first.email],
    ...passphraseOf(cast.council.caseworker),
  ) as Promise<{ transfer: string }>

const collect = (transfer: string, into: string) =>
  cast.police.first.run('collect', transfer, '--into', into, ...passphraseOf(cast.police.first), '--json')

async function untilState(transfer: string, wanted: string): Promise<void> {
  await until(`the transfer is ${wanted}`, async () => {
    const { state, ended } = await cast.council.caseworker.done('status', transfer)
    // What has ended is destroyed soon after.
    return state === wanted || ended?.as === wanted
  })
}

async function firstObjectOf(transfer: string): Promise<string> {
  const row = await database.as.owner.database
    .selectFrom('transfer_file')
    .select('object_key')
    .where('transfer', '=', transfer as never)
    .orderBy('position')
    .executeTakeFirstOrThrow()
  return row.object_key
}

/** One bit, in the store, past everything that Safehand knows of. */
async function alter(key: string): Promise<void> {
  const at = { Bucket: bucket.settings.bucket, Key: key }
  const { Body } = await bucket.client.send(new GetObjectCommand(at))
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
  bytes[bytes.length - 40]! ^= 1
  await bucket.client.send(new PutObjectCommand({ ...at, Body: bytes }))
}

const partsOf = (transfer: string) =>
  database.as.owner.database
    .selectFrom('upload_part')
    .select(['number', 'tag'])
    .where('transfer', '=', transfer as never)
    .orderBy('number')
    .execute()

describe('[storage/over-s3] a transfer over S3', () => {
  it('[storage/over-s3] is uploaded in parts, scanned and collected, though the server was killed amid the upload', async () => {
    const content = randomBytes(40 * mib + 77)
    const sending = send(await fileOf('report.bin', content))
    const begun = await upload()
    wire.stall()
    await installation.processes.server.kill()
    await wire.lift()
    const before = await partsOf(begun)
    expect(before.length).toBeGreaterThan(0)
    expect(before.length).toBeLessThan(6)
    await installation.start('server')
    const { transfer } = await sending
    expect(transfer).toBe(begun)
    await untilState(transfer, 'released')
    const into = join(directory, 'in')
    expect((await collect(transfer, into)).exit).toBe(0)
    expect(Buffer.compare(await readFile(join(into, 'report.bin')), content)).toBe(0)
    const store = s3Store(bucket.settings)
    expect(await Array.fromAsync(store.uploadsInProgress(''))).toEqual([])
    const keys = await database.as.owner.database.selectFrom('transfer_file').select('object_key').execute()
    expect(await Array.fromAsync(store.list(''))).toEqual(keys.map((row) => row.object_key).toSorted())
  })

  /** The transfer that has its first durable parts. */
  async function upload(): Promise<string> {
    let found: string | undefined
    await until('two parts are durable', async () => {
      const rows = await database.as.owner.database.selectFrom('upload_part').select('transfer').execute()
      found = rows[0]?.transfer
      return rows.length >= 2
    })
    return found ?? ''
  }

  it('[storage/over-s3] is rejected when the store gives the scanner other bytes than were signed', async () => {
    await clamd.parts.clamd!.kill()
    const { transfer } = await send(await fileOf('altered-early.txt', randomBytes(5_000)))
    await alter(await firstObjectOf(transfer))
    await clamd.parts.clamd!.start()
    await untilState(transfer, 'rejected')
    const verdicts = database.as.owner.database.selectFrom('verdict').select(['verdict', 'finding'])
    expect(await verdicts.where('transfer', '=', transfer as never).execute()).toContainEqual({
      verdict: 'unscannable',
      finding: 'Safehand.Body.Altered',
    })
    expect((await collect(transfer, join(directory, 'never'))).exit).toBe(3)
  })

  it('[storage/over-s3] is opened by nobody when the store gives the recipient other bytes than were scanned', async () => {
    const { transfer } = await send(await fileOf('altered-late.txt', randomBytes(5_000)))
    await untilState(transfer, 'released')
    await alter(await firstObjectOf(transfer))
    const into = join(directory, 'altered')
    const refused = await collect(transfer, into)
    expect(refused).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_BODY' } } })
    expect(await readdir(into).catch(() => [])).toEqual([])
    // Cut short as well: that the server sees by itself.
    const Key = await firstObjectOf(transfer)
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.settings.bucket, Key, Body: randomBytes(4_000) }))
    const cut = await collect(transfer, into)
    expect(cut).toMatchObject({ exit: 3, json: { error: { code: 'INTEGRITY_FAILED' } } })
  })

  it('[storage/over-s3] waits for a store that is away: 503 and nothing half done, then it goes on by itself', async () => {
    const { transfer } = await send(await fileOf('patient.txt', randomBytes(5_000)))
    await untilState(transfer, 'released')
    await wire.refuse()
    const ready = await fetch(`${installation.url}/health/ready`)
    expect([ready.status, await ready.json()]).toEqual([503, { missing: ['objects'] }])
    const refused = await collect(transfer, join(directory, 'away'))
    expect(refused).toMatchObject({ exit: 3, json: { error: { code: 'SERVICE_UNAVAILABLE' } } })
    const sending = send(await fileOf('later.txt', randomBytes(9 * mib)))
    await wire.lift()
    const later = await sending
    await untilState(later.transfer, 'released')
    expect((await collect(later.transfer, join(directory, 'later'))).exit).toBe(0)
    expect((await collect(transfer, join(directory, 'away'))).exit).toBe(0)
  })
})
