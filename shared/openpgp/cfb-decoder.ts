// Decrypts a version 1 body's contents to the packets inside, streaming, and checks the MDC at the end (RFC 9580 5.13.1).
// The prefix's repeated octets are not looked at: that check is an oracle (RFC 9580 13.5) and the MDC says more.
import { MDC_HEADER, MDC_SIZE, PREFIX_SIZE, readCfbVersion } from './cfb-format.ts'
import { malformed } from './envelope-error.ts'
import type { Primitives } from './primitives.ts'
import type { SessionKey } from './session-key.ts'
import { rechunk } from './streams.ts'

/** Octets decrypted in one step; a body that is smaller yields nothing before its MDC was checked. */
const STEP = 256 * 1024

/**
 * Yields the plaintext packets. **Nothing is verified until it has ended without an error**: an attacker can flip any bit
 * of what is yielded before. Throws EnvelopeError.
 */
export async function* openCfb(input: {
  sessionKey: SessionKey
  contents: AsyncIterable<Uint8Array>
  primitives: Primitives
}): AsyncGenerator<Uint8Array> {
  const steps = rechunk({ source: input.contents, first: 1 + PREFIX_SIZE, size: STEP, tail: MDC_SIZE })
  const first = await steps.next()
  if (first.done || first.value.last) throw malformed('truncated')
  readCfbVersion(first.value.bytes)
  const cfb = input.primitives.cfb({ key: input.sessionKey, direction: 'decrypt' })
  const mdc = input.primitives.sha1()
  mdc.update(await cfb.update(first.value.bytes.subarray(1)))
  for await (const { bytes, last } of steps) {
    const plaintext = await cfb.update(bytes)
    const contents = last ? plaintext.subarray(0, -MDC_SIZE) : plaintext
    mdc.update(contents)
    if (last) {
      mdc.update(MDC_HEADER)
      if (!isMdc(plaintext.subarray(-MDC_SIZE), await mdc.digest())) throw malformed('altered')
    }
    if (contents.length > 0) yield contents
  }
}

function isMdc(found: Uint8Array, digest: Uint8Array): boolean {
  const expected = [...MDC_HEADER, ...digest]
  return expected.reduce((difference, octet, i) => difference | (octet ^ (found[i] ?? 0)), 0) === 0
}
