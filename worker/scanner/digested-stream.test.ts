import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DigestedStream } from './digested-stream.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function source() {
  const seen = { closed: false }
  async function* pieces() {
    try {
      for (const text of ['one ', 'two ', 'three']) yield new TextEncoder().encode(text)
    } finally {
      seen.closed = true
    }
  }
  return { stream: new DigestedStream(pieces()), seen }
}

describe('a digested stream', () => {
  it('digests what was read, and the rest when its reader stopped early', async () => {
    const { stream, seen } = source()
    for await (const piece of stream.bytes) {
      expect(new TextDecoder().decode(piece)).toBe('one ')
      break
    }
    expect(seen.closed).toBe(false)
    expect(await stream.finish()).toMatchObject({ length: 13, parts: [sha256('one two three')] })
    expect(seen.closed).toBe(true)
  })

  it('lets its source go unread', async () => {
    const { stream, seen } = source()
    for await (const _ of stream.bytes) break
    await stream.close()
    expect(seen.closed).toBe(true)
  })
})
