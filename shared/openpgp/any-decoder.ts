// Decrypts a body of either profile, or one made elsewhere by gpg, sq, openpgp.js and the like
// (ARCHITECTURE.md#grammar): version 1, or version 2 with GCM and chunks up to 4 MiB; one literal packet inside. OCB is
// refused, AES-128 too.
import { openChunks } from './body-decoder.ts'
import { ByteReader } from './byte-reader.ts'
import { openCfb } from './cfb-decoder.ts'
import { type EnvelopeError, malformed } from './envelope-error.ts'
import { packetContents, TAG } from './framing.ts'
import { refuseFirstOctet } from './head.ts'
import { type FoundInside, type MessageLimits, readMessage } from './message-grammar.ts'
import type { Inflate, Primitives } from './primitives.ts'
import type { SessionKey } from './session-key.ts'

export interface OpenedBody extends FoundInside {
  readonly bodyVersion: 1 | 2
}

export interface AnyBody {
  /**
   * The file's bytes. **Nothing is verified until it has ended without an error**: of a version 1 body every octet before
   * may be an attacker's. Write to a temporary place, rename or show only after the end. Throws EnvelopeError.
   */
  readonly file: AsyncGenerator<Uint8Array>
  /** What was found, once `file` has ended without an error; null before, and for ever when it failed. */
  opened(): OpenedBody | null
}

/** Reads once. `source` must not reuse a buffer it has yielded. `inflate`: null refuses compressed bodies. */
export function decodeAnyBody(input: {
  sessionKey: SessionKey
  source: AsyncIterable<Uint8Array>
  primitives: Primitives
  inflate: Inflate | null
  limits: MessageLimits
}): AnyBody {
  let opened: OpenedBody | null = null
  return {
    file: fileIn({ ...input, finished: (found) => (opened = found) }),
    opened: () => opened,
  }
}

async function* fileIn(input: {
  sessionKey: SessionKey
  source: AsyncIterable<Uint8Array>
  primitives: Primitives
  inflate: Inflate | null
  limits: MessageLimits
  finished: (found: OpenedBody) => void
}): AsyncGenerator<Uint8Array> {
  const outer = packetContents({ tag: TAG.encrypted, refuse: refuseOuter, source: input.source })
  const bytes = new ByteReader(outer)
  let plaintext: AsyncGenerator<Uint8Array> | null = null
  let found: FoundInside | null = null
  try {
    const version = await bytes.take(1)
    const bodyVersion = version[0] === 1 ? 1 : 2
    const contents = afterVersion(version, bytes)
    plaintext = bodyVersion === 1 ? openCfb({ ...input, contents }) : openChunks({ ...input, contents, chunks: 'any' })
    const source = keptOpen(plaintext)
    yield* integrityFirst({
      plaintext: source,
      file: readMessage({ ...input, source, found: (inside) => (found = inside) }),
    })
    if (found !== null) input.finished({ ...(found as FoundInside), bodyVersion })
  } finally {
    await plaintext?.return(undefined)
    await outer.return(undefined)
  }
}

function refuseOuter(octet: number, where: 'first' | 'after'): EnvelopeError {
  return where === 'after' ? malformed('trailing-bytes') : refuseFirstOctet(octet)
}

async function* afterVersion(version: Uint8Array, bytes: ByteReader): AsyncGenerator<Uint8Array> {
  yield version
  yield* bytes.rest()
}

/** The same stream, but stopping to read it does not end it: `integrityFirst` may want the rest. */
function keptOpen(source: AsyncGenerator<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) }
}

/**
 * When something inside is not as it should be, the rest is read before that is said: if the octets were altered, only that
 * is said. Otherwise what is said would tell an attacker about octets that he changed.
 */
async function* integrityFirst(input: {
  plaintext: AsyncIterable<Uint8Array>
  file: AsyncGenerator<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  try {
    yield* input.file
  } catch (error) {
    for await (const _ of input.plaintext);
    throw error
  }
}
