// Opens one `PKESK || body` as it streams: the packet is the one the note names, the body has the note's digest and
// commitment, the plaintext its digest. **Nothing is verified before the end**: the caller writes to a temporary place.
import type { BodyEntry, Profile, WrappedFor } from '#domain/transfers/documents/dispatch-note.ts'
import type { TransferId } from '#domain/values.ts'
import { bodyDigest, PartHasher, plaintextDigest, scanCommitment } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { isFor, type Pkesk, readHead } from '#openpgp/head.ts'
import type { Primitives } from '#openpgp/primitives.ts'
import { BODY_VERSION } from '#openpgp/profile.ts'
import { decodeProfiled } from '#openpgp/profiled-body.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { KeyHolder } from '../trust/key-holder.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

export interface EnvelopeToOpen {
  readonly transfer: TransferId
  readonly profile: Profile
  readonly primitives: Primitives
  /** From the verified note. */
  readonly entry: BodyEntry
  readonly wrapped: WrappedFor
  readonly key: KeyHolder
  /** Octets of the plaintext, at most. */
  readonly limit: number
  readonly source: AsyncIterable<Uint8Array>
  /** Octets received so far. */
  readonly progress?: ((received: number) => void) | undefined
}

export interface Opened {
  readonly size: number
  readonly plaintextDigest: string
}

/** Writes the plaintext piece by piece and returns what it was, once everything agreed. Throws TrustRefused TRUST_BODY. */
export async function openEnvelope(
  envelope: EnvelopeToOpen,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<Opened> {
  const pieces = envelope.source[Symbol.asyncIterator]()
  try {
    return await open(envelope, { pieces, write })
  } catch (error) {
    if (error instanceof EnvelopeError) throw refuse(error.message)
    throw error
  } finally {
    await pieces.return?.()
  }
}

interface Passing {
  readonly pieces: AsyncIterator<Uint8Array>
  readonly write: (piece: Uint8Array) => Promise<void>
}

async function open(envelope: EnvelopeToOpen, { pieces, write }: Passing): Promise<Opened> {
  const { transfer, profile, primitives, entry, limit } = envelope
  const { pkesk, bodyVersion, rest } = await readOwnHead(pieces)
  if (bodyVersion !== BODY_VERSION[profile]) throw refuse(`a body of version ${bodyVersion}, not ${profile}`)
  const sessionKey = await unwrap(pkesk, envelope)
  const body = new PartHasher(entry.partSize)
  const plaintext = new PartHasher()
  const source = hashed({ rest, pieces, hasher: body, envelope })
  for await (const piece of decodeProfiled({ profile, sessionKey, source, primitives, limit })) {
    await plaintext.push(piece)
    await write(piece)
  }
  const parts = await body.finish()
  const digest = await bodyDigest(parts)
  if (parts.length !== entry.length || digest !== entry.bodyDigest) throw refuse(`body digest ${digest}`)
  const commitment = await scanCommitment({ sessionKey, transfer, file: entry.id, bodyDigest: digest })
  if (commitment !== entry.commitment) throw refuse(`commitment ${commitment}`)
  const opened = await plaintext.finish()
  return { size: opened.length, plaintextDigest: await plaintextDigest(opened) }
}

interface BodyStream {
  readonly rest: Uint8Array
  readonly pieces: AsyncIterator<Uint8Array>
  readonly hasher: PartHasher
  readonly envelope: EnvelopeToOpen
}

async function* hashed({ rest, pieces, hasher, envelope }: BodyStream): AsyncGenerator<Uint8Array> {
  let received = 0
  for (let piece = rest; ; ) {
    await hasher.push(piece)
    received += piece.length
    envelope.progress?.(received)
    yield piece
    const next = await pieces.next()
    if (next.done) return
    piece = next.value
  }
}

/** Reads until the one wrapped key and the first octets of the body are there. */
async function readOwnHead(
  pieces: AsyncIterator<Uint8Array>,
): Promise<{ pkesk: Pkesk; bodyVersion: 1 | 2; rest: Uint8Array }> {
  const { pkesks, bodyVersion, rest } = await readHead(pieces)
  const [pkesk] = pkesks
  if (!pkesk || pkesks.length !== 1) throw refuse(`${pkesks.length} wrapped keys`)
  return { pkesk, bodyVersion, rest }
}

async function unwrap(pkesk: Pkesk, { wrapped, key, profile }: EnvelopeToOpen): Promise<SessionKey> {
  const hash = await sha256(pkesk.bytes)
  if (hash !== wrapped.pkesk || !isFor(pkesk.recipient, wrapped.encryptionSubkey)) throw refuse(`wrapped key ${hash}`)
  return key.unwrap(pkesk.bytes, BODY_VERSION[profile])
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_BODY', saw })
}
