// 512 MiB through every process of a transfer, each beside what it held at most for 16 MiB (ARCHITECTURE.md#measures).
// Peaks are the kernel's own counts; how long it takes is nobody's business here.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openSite, type Site } from '../../bench/site.ts'
import { growthOf, measureTransfer } from '../../bench/transfer-memory.ts'
import { askGrown } from '../../fixtures/copy-grown.ts'

let site: Site

beforeAll(async () => {
  site = await openSite(inject('services'), { grown: await askGrown() })
})

afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
})

describe('[run/memory] everything streams', () => {
  it('[run/memory] 512 MiB go through client, server and scanner, none growing by more than 64 MiB', async () => {
    const small = await measureTransfer(site, { mib: 16 })
    const large = await measureTransfer(site, { mib: 512 })
    const growth = growthOf({ small, large })
    const tooMuch = Object.entries(growth).filter(([, mib]) => mib > 64)
    expect(tooMuch, JSON.stringify(growth)).toEqual([])
  })
})
