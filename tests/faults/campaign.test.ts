// A sample of the campaign that `npm run faults` carries out whole: each fault strikes one transfer at one step, and the
// oracle looks at everything afterwards. Also what the oracle is worth: it finds what was planted.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, drawCases, newCanaries, runAudit, runCase } from './campaign.ts'
import { findCanary } from './canary.ts'
import { openSite, type Site } from './site.ts'

/** Each once went wrong; what follows is the seed's. */
const chosen: readonly Omit<Case, 'number'>[] = [
  { step: 'make the scan certificate', fault: { part: 'scan-keys', kind: 'silence' }, milliseconds: 0 },
  { step: 'upload part 1', fault: { part: 'postgres', kind: 'cut' }, milliseconds: 0 },
  { step: 'dispatch', fault: { part: 'network', kind: 'lose answer' }, milliseconds: 0 },
  { step: 'collect', fault: { part: 'client', kind: 'kill' }, milliseconds: 0 },
  { step: 'destroy what was recalled', fault: { part: 'postgres', kind: 'kill' }, milliseconds: 300 },
  { step: 'scan', fault: { part: 'clamd', kind: 'kill' }, milliseconds: 300 },
  { step: 'mail', fault: { part: 'smtp', kind: 'cut' }, milliseconds: 0 },
  { step: 'verdict', fault: { part: 'redis', kind: 'slow' }, milliseconds: 300 },
  ...drawCases({ seed: 11, count: 1 }),
]
const overS3: readonly Omit<Case, 'number'>[] = [
  { step: 'upload part 2', fault: { part: 's3', kind: 'slow' }, milliseconds: 300 },
  { step: 'read by clamd', fault: { part: 's3', kind: 'cut' }, milliseconds: 0 },
  { step: 'collect', fault: { part: 's3', kind: 'reset' }, milliseconds: 0 },
]
const numbered = (cases: readonly Omit<Case, 'number'>[]) => cases.map((one, index) => ({ ...one, number: index + 1 }))

describe.each([
  ['a folder of objects', 'files', numbered(chosen)],
  ['S3', 's3', numbered(overS3)],
] as const)('[operate/faults] a fault, over %s', (_, store, sample) => {
  const canaries = newCanaries()
  let site: Site
  beforeAll(async () => {
    site = await openSite(store)
  })
  afterAll(() => site?.[Symbol.asyncDispose]())

  it.each(sample.map((one) => [`${one.fault.part}: ${one.fault.kind} at ${one.step}`, one] as const))(
    '[operate/faults] %s: nothing is lost, twice, half-sent or legible, and all goes on',
    async (_, one) => {
      expect((await runCase(site, canaries, one)).wrong).toEqual([])
    },
  )

  it('[operate/faults] leaves nothing legible anywhere, and a log that both parties verify', async () => {
    expect(await runAudit(site, canaries, 'sample')).toEqual([])
  })
})

describe('[operate/faults] the search for plaintext', () => {
  it.each([
    ['in the clear', (text: string) => text],
    ['in hex', (text: string) => Buffer.from(text).toString('hex')],
    ['in Base64, wherever it begins', (text: string) => Buffer.from(`x${text}`).toString('base64')],
    ['in Base64, one further', (text: string) => Buffer.from(`xy${text}z`).toString('base64')],
    ['across two reads', (text: string) => `${'.'.repeat(1024 * 1024 - 10)}${text}`],
  ])('[operate/faults] finds it %s', async (_, written) => {
    const folder = await mkdtemp(join(tmpdir(), 'safehand-canary-'))
    try {
      const text = `CANARY-${randomBytes(12).toString('hex')}`
      const search = { folders: [folder], pids: [], text, since: 0 }
      await writeFile(join(folder, 'nothing'), randomBytes(1000))
      expect(await findCanary(search)).toEqual([])
      await writeFile(join(folder, 'file'), `before ${written(text)} after`)
      expect(await findCanary(search)).toEqual([join(folder, 'file')])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
