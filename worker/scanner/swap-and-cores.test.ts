import { describe, expect, it } from 'vitest'
import { hasSwap, mayDumpCore } from './swap-and-cores.ts'

const heading = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'
const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units     
Max stack size            8388608              unlimited            bytes     
Max core file size        ${soft.padEnd(20)} unlimited            bytes     
`

describe('[scan/no-disk] ways from memory to a disk', () => {
  it('[scan/no-disk] sees swap', () => {
    expect(hasSwap(heading)).toBe(false)
    expect(hasSwap(`${heading}/dev/sda2                               partition\t2097148\t0\t-2\n`)).toBe(true)
  })

  it('[scan/no-disk] sees core dumps, and takes silence for them', () => {
    expect(mayDumpCore(limits('0'))).toBe(false)
    expect(mayDumpCore(limits('unlimited'))).toBe(true)
    expect(mayDumpCore(limits('1'))).toBe(true)
    expect(mayDumpCore('')).toBe(true)
  })
})
