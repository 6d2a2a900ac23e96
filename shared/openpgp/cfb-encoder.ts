// Encrypts one file into a `v1-cfb` body (ARCHITECTURE.md#profiles): length known before the first byte, one pass, flat
// memory. GnuPG, any Sequoia and openpgp.js open it. One key and salt never meet two contents, as for `v2-gcm`
// (ARCHITECTURE.md#salt).
import { CFB_VERSION, cfbContentsLength, literalHeader, MDC_HEADER, prefixOf } from './cfb-format.ts'
import { packet, packetLength, TAG } from './framing.ts'
import type { Primitives } from './primitives.ts'
import type { SessionKey } from './session-key.ts'

/** Packets inside the body around the literal one: a one-pass signature before it, the signature after it. */
export interface Around {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** Octets of the body of a file of `length` octets, with that name inside and `around` octets around the literal packet. */
export function cfbBodyLength({ length, name, around = 0 }: { length: number; name: string; around?: number }): number {
  return packetLength(cfbContentsLength(literalHeader(name).length + length) + around)
}

/**
 * Yields the body, `cfbBodyLength` octets in all. `salt`: 16 random octets. `name`: for the file's own name inside, at most
 * 255 octets of UTF-8, or empty; only who opens the body sees it, and it is covered by the MDC but signed by nobody.
 * Throws EnvelopeError SOURCE_CHANGED when the source is longer or shorter than `length`.
 */
export async function* encodeCfbBody(input: {
  sessionKey: SessionKey
  salt: Uint8Array
  length: number
  name: string
  source: AsyncIterable<Uint8Array>
  around?: Around | undefined
  primitives: Primitives
}): AsyncGenerator<Uint8Array> {
  const { before = nothing, after = nothing } = input.around ?? {}
  const header = literalHeader(input.name)
  const literal = packet({
    tag: TAG.literal,
    length: header.length + input.length,
    contents: withHeader(header, input.source),
  })
  yield* packet({
    tag: TAG.encrypted,
    length: cfbContentsLength(header.length + input.length) + before.length + after.length,
    contents: sealed({ ...input, plaintext: between(before, literal, after) }),
  })
}

const nothing = new Uint8Array()

async function* between(before: Uint8Array, source: AsyncIterable<Uint8Array>, after: Uint8Array) {
  yield before
  yield* source
  yield after
}

async function* withHeader(header: Uint8Array, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield header
  yield* source
}

async function* sealed(input: {
  sessionKey: SessionKey
  salt: Uint8Array
  plaintext: AsyncIterable<Uint8Array>
  primitives: Primitives
}): AsyncGenerator<Uint8Array> {
  const cfb = input.primitives.cfb({ key: input.sessionKey, direction: 'encrypt' })
  const mdc = input.primitives.sha1()
  const seal = async (plaintext: Uint8Array) => {
    mdc.update(plaintext)
    return cfb.update(plaintext)
  }
  yield CFB_VERSION
  yield await seal(prefixOf(input.salt))
  for await (const piece of input.plaintext) if (piece.length > 0) yield await seal(piece)
  yield await seal(MDC_HEADER)
  yield await cfb.update(await mdc.digest())
}
