// What is too large for one scan, the whole way by people's commands: text in windows, everything else held until an
// approver releases it. A scanner and a clamd that take 8 MiB at once stand for those that take 2,000; the same code
// carries 4 and 10 GiB in `npm run bench -- --sizes`.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Services, startServices } from '../../../scripts/services.ts'
import { agreeOnLarge } from '../../bench/large-agreement.ts'
import { openSite, type Site } from '../../bench/site.ts'
import { carrySize } from '../../bench/sizes.ts'
import { askGrown } from '../../fixtures/copy-grown.ts'

const smallWindows = fileURLToPath(new URL('../../bench/small-windows.ts', import.meta.url))

let small: Services<'clamd'>
let site: Site
let agreement: string

beforeAll(async () => {
  small = await startServices({ directory: '.run/small-windows', only: ['clamd'], ignoreSettings: true, largestMib: 8 })
  site = await openSite(
    { ...inject('services'), clamd: small.clamd },
    { grown: await askGrown(), settings: { scanner: { NODE_OPTIONS: `--import ${smallWindows}` } } },
  )
  agreement = await agreeOnLarge(site)
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await small?.stop()
})

describe('[scan/size-limit] files of any size', () => {
  it('[scan/size-limit] text that is larger than one scan takes is scanned in windows, and released', async () => {
    const { said } = await carrySize(site, { name: 'windows', mib: 20, agreement })
    expect(said).not.toContain('NOT SCANNED')
  })

  it('[scan/size-limit] anything else of that size is held, and released unscanned by an approver', async () => {
    const { said } = await carrySize(site, { name: 'held', mib: 20, agreement })
    expect(said).toContain('NOT SCANNED')
  })

  it('[collect/no-room] nothing is written where there is no room for it', async () => {
    const beyondAnyDisk = 2 ** 40
    await expect(carrySize(site, { name: 'held', mib: beyondAnyDisk, agreement })).rejects.toThrow(/MiB are free/)
  })
})
