// The session keys of a transfer, from one's own wrapped keys: each packet must be one that the note or an addendum names
// for this person, and each key the one that every body of its set was committed to. Needed to wrap it once more, for somebody else.
import type { TransferView } from '#contract/transfers/view.ts'
import type { KeySet, Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { scanCommitment } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { BODY_VERSION } from '#openpgp/profile.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Sender } from '../trust/sender.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedNote } from './verify-note.ts'

export interface OwnKeyOf {
  readonly holder: Pick<Sender, 'person' | 'key'>
  readonly note: VerifiedNote
  readonly addenda: readonly VerifiedAddendum[]
  readonly view: Pick<TransferView, 'ownKeys'>
}

export interface OpenedSet {
  readonly id: number
  readonly sessionKey: SessionKey
}

/** Of every key set in the order of the note, the first being the one that its client made. Throws TrustRefused TRUST_NOTE. */
export async function unwrapOwn(own: OwnKeyOf): Promise<[OpenedSet, ...OpenedSet[]]> {
  const opened: OpenedSet[] = []
  for (const set of own.note.note.keySets) opened.push(await unwrapSet(own, set))
  const [first, ...others] = opened
  if (first?.id !== 0) throw refuse('a first key set that no client makes')
  return [first, ...others]
}

async function unwrapSet({ holder, note: { note }, addenda, view }: OwnKeyOf, set: KeySet): Promise<OpenedSet> {
  const { account } = holder.person
  const added = addenda.filter(({ addendum }) => addendum.reader.account === account)
  const named = [
    ...set.wrapped.filter((one) => one.account === account),
    ...added.flatMap(({ addendum }) => addendum.wrapped.filter(({ keySet }) => keySet === set.id)),
  ].map(({ pkesk }) => pkesk)
  const pkesk = await findNamed(view, named)
  if (!pkesk) throw refuse('another wrapped key than the one that was signed for')
  const sessionKey = await unwrap(holder, { pkesk, profile: note.profile })
  for (const { id: file, bodyDigest, commitment } of note.files.filter(({ keySet }) => keySet === set.id)) {
    const found = await scanCommitment({ sessionKey, transfer: note.transfer, file, bodyDigest })
    if (found !== commitment) throw refuse(`commitment ${found}`)
  }
  return { id: set.id, sessionKey }
}

/** The newest: a key that was replaced has its packet too. */
async function findNamed({ ownKeys }: OwnKeyOf['view'], named: readonly string[]): Promise<Uint8Array | null> {
  const packets = ownKeys.map(({ pkesk }) => Uint8Array.fromBase64(pkesk))
  const hashes = await Promise.all(packets.map((packet) => sha256(packet)))
  const newest = named.findLast((hash) => hashes.includes(hash))
  return newest === undefined ? null : (packets[hashes.indexOf(newest)] ?? null)
}

async function unwrap(
  { key }: Pick<Sender, 'key'>,
  { pkesk, profile }: { readonly pkesk: Uint8Array; readonly profile: Profile },
): Promise<SessionKey> {
  try {
    return await key.unwrap(pkesk, BODY_VERSION[profile])
  } catch (error) {
    if (error instanceof EnvelopeError) throw refuse(error.message)
    throw error
  }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_NOTE', saw })
}
