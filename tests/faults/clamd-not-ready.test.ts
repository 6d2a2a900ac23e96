// When clamd cannot be believed, nothing is judged: it misses the canary, its signatures are old, its memory is full.
import { mkdtemp, rm } from 'node:fs/promises'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { Instant } from '#domain/values.ts'
import { openLog } from '#platform/log.ts'
import { checkReadiness } from '../../worker/scanner/readiness.ts'
import { startBlindClamd } from '../fakes/blind-clamd.ts'

const { clamd } = inject('services')
const log = openLog({ name: 'test', level: 'silent' })
const local = { localSignatures: true, signaturesDays: 3 }
const now = () => '2026-11-22T09:00:00Z' as Instant
const stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function memoryFolder(): Promise<string> {
  const memory = await mkdtemp('/dev/shm/safehand-test-')
  stops.push(() => rm(memory, { recursive: true }))
  return memory
}

async function blind(version: string) {
  const { clamd: address, stop } = await startBlindClamd(version)
  stops.push(stop)
  return address
}

describe('[scan/not-ready] a scanner that cannot be believed', () => {
  it('[scan/not-ready] judges nothing when clamd misses the canary', async () => {
    const wanted = { clamd: await blind('ClamAV 1.4.3'), memory: await memoryFolder(), ...local, now, log }
    await expect(checkReadiness(wanted, 1)).rejects.toThrow('missed the canary')
  })

  it('[scan/not-ready] judges nothing with signatures older than agreed', async () => {
    const address = await blind('ClamAV 1.4.3/27500/Wed Nov 18 08:00:00 2026')
    const wanted = { clamd: address, memory: await memoryFolder(), localSignatures: false, now, log }
    await expect(checkReadiness({ ...wanted, signaturesDays: 4 }, 1)).rejects.toThrow('signatures are 4 days old')
    await expect(checkReadiness({ ...wanted, signaturesDays: 5 }, 1)).rejects.toThrow('missed the canary')
  })

  it('[scan/not-ready] judges nothing before the first signatures have come: our own find the canary and little else', async () => {
    const wanted = { clamd, memory: await memoryFolder(), ...local, localSignatures: false, now, log }
    await expect(checkReadiness(wanted, 1)).rejects.toThrow('no signatures but our own')
  })

  it('[scan/not-ready] judges nothing without room in memory, and is ready with it', async () => {
    const wanted = { clamd, memory: await memoryFolder(), ...local, now, log }
    await expect(checkReadiness(wanted, 2 ** 50)).rejects.toThrow('SCAN_NO_ROOM')
    await expect(checkReadiness(wanted, 1)).resolves.toMatchObject({ engine: expect.stringMatching(/^ClamAV/) })
  })
})
