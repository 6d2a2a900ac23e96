// A whole transfer in one download, for programs of one's own (ARCHITECTURE.md#bundle): the rules of a single file, one
// entry for all.
import type { SignedBytes } from '../../document.ts'
import type { FileId, Instant, TransferId } from '../../values.ts'
import { transferAct } from './act.ts'
import { advance, type CollectorFacts, type Envelope, notFetchable } from './decide-collect.ts'
import { isAddressedTo } from '../delivery.ts'

export interface FetchedEnvelope {
  readonly file: FileId
  readonly envelope: Envelope
}

export interface BundleFacts extends CollectorFacts {
  /** In the order of the files; null where nothing is wrapped for the reader. */
  readonly envelopes: readonly (Envelope | null)[]
  /** To the note, oldest first. */
  readonly addenda: readonly SignedBytes[]
}

export interface Bundle {
  readonly envelopes: readonly FetchedEnvelope[]
  readonly note: SignedBytes
  readonly addenda: readonly SignedBytes[]
  readonly at: Instant
}

/** What the zip is like, without an octet of it (HEAD). */
export const decideBundleHead = transferAct<
  'transfer.viewed',
  CollectorFacts,
  { readonly transfer: TransferId },
  null,
  CollectorFacts
>({
  event: 'transfer.viewed',
  knownTo: ({ found, reader }) => isAddressedTo(found, reader),
  refuses: notFetchable,
  act: ({ found }) => ({ next: null, detail: { state: found.transfer.state } }),
})

export const decideBundle = transferAct<
  'transfer.fetched',
  BundleFacts,
  { readonly transfer: TransferId },
  Bundle,
  CollectorFacts
>({
  event: 'transfer.fetched',
  knownTo: ({ found, reader }) => isAddressedTo(found, reader),
  refuses: notFetchable,
  act(facts, _given, at) {
    const { files, transfer } = facts.found
    const envelopes = files.flatMap(({ id: file }, index) => {
      const envelope = facts.envelopes[index]
      return envelope ? [{ file, envelope }] : []
    })
    const { reader } = facts
    if (!reader || envelopes.length < files.length || !transfer.note) return { code: 'KEY_PROOF_REQUIRED' }
    if (envelopes.some(({ envelope }) => !envelope.intact)) return { code: 'INTEGRITY_FAILED' }
    return {
      next: { envelopes, note: transfer.note.signed, addenda: facts.addenda, at },
      changes: advance(facts, 'fetched', at),
      detail: { files: files.length, encryptionSubkey: reader.encryptionSubkey },
    }
  },
})
