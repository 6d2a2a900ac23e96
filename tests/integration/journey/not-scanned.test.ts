// A file that cannot be scanned, by the people of the cast on their command lines: held, approved by somebody else than
// the sender, collected as `not scanned`, never as clean (ARCHITECTURE.md#not-scanned).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Cast, type Member, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import type { Installation } from '../../fixtures/installation.ts'
import { zip } from '../../fixtures/zips.ts'

let database: TestDatabase
let installation: Installation
let directory: string
let cast: Cast
let locked: string

beforeAll(async () => {
  const services = inject('services')
  directory = await mkdtemp(join(tmpdir(), 'safehand-not-scanned-'))
  ;({ database, installation, cast } = await copyGrown({ services, homes: directory }))
  locked = join(directory, 'drawings.zip')
  await writeFile(locked, zip([{ content: new TextEncoder().encode('a plan of the building'), encrypted: true }]))
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

async function sendLocked(sender: Member): Promise<string> {
  const { transfer } = await sender.done(
    ...['send', locked, '--agreement', cast.agreement, '--flow', 'sealed-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', cast.police.first.email, ...passphraseOf(sender)],
  )
  await until('the transfer is held', async () => {
    const { state } = await sender.done('status', transfer)
    return state === 'awaiting-approval'
  })
  return transfer
}

const approving = (member: Member, transfer: string) =>
  ['approve', transfer, '--reason', 'Drawings from our architect', ...passphraseOf(member)] as const

describe('[approval/not-scanned] a file that cannot be scanned', () => {
  it('[approval/not-scanned] is released by one approver, once, and everyone reads that it was not scanned', async () => {
    const { council, police } = cast
    const transfer = await sendLocked(council.caseworker)
    const collect = ['collect', transfer, '--into', join(directory, 'in'), ...passphraseOf(police.first)]
    const early = await police.first.run(...collect)
    expect(early.text).toContain('APPROVAL_PENDING')

    const without = await council.caseworker.run(...approving(council.caseworker, transfer))
    expect(without.text).toContain('ROLE_REQUIRED')
    const stranger = await police.officer.run(...approving(police.officer, transfer))
    expect(stranger.text).toContain('NOT_FOUND')

    const both = await Promise.all([1, 2].map(() => council.approver.run(...approving(council.approver, transfer))))
    expect(both.map(({ exit }) => exit).toSorted()).toEqual([0, 3])
    expect(both.map(({ text }) => text).join()).toContain('APPROVAL_GIVEN')
    await until('the transfer is released', async () => {
      const { state } = await council.caseworker.done('status', transfer)
      return state === 'released'
    })
    const said = await council.caseworker.run('status', transfer)
    expect(said.text).toContain('NOT SCANNED')

    const collected = await police.first.run(...collect)
    expect(collected.text).toContain('NOT SCANNED')
    expect(collected.text).toContain('The scanner says: encrypted, with a password (Zip).')
    expect(collected.text).toContain('Drawings from our architect')
    expect(await readFile(join(directory, 'in', 'drawings.zip'))).toEqual(await readFile(locked))
    const { receipt } = await police.first.done('acknowledge', transfer, ...passphraseOf(police.first))
    expect(JSON.parse(Buffer.from(receipt.bytes, 'base64').toString())).toMatchObject({ scanned: false })

    const log = join(directory, 'log')
    await council.officer.done('audit', 'export', cast.agreement, '--into', log)
    const { entries } = await council.officer.done('audit', 'verify', log, '--entries')
    const released = entries.find(({ entry }: { entry: { event: string } }) => entry.event === 'transfer.released')
    expect(released.entry.detail.scan).toBe('not scanned')
  })

  it('[approval/not-scanned] is not approved by who sent it', async () => {
    const { approver } = cast.council
    const transfer = await sendLocked(approver)
    const own = await approver.run(...approving(approver, transfer))
    expect(own.text).toContain('APPROVER_IS_SENDER')
    const { state } = await approver.done('status', transfer)
    expect(state).toBe('awaiting-approval')
  })
})
