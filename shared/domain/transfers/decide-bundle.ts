// A whole transfer in one download, for programs of one's own (ARCHITECTURE.md#bundle): the rules of a single file, one
// entry for all.
import type { Decision, Refusal } from '../decision.ts'
import type { SignedBytes } from '../document.ts'
import type { FileId, Instant, TransferId } from '../values.ts'
import { advance, type CollectorFacts, type Envelope, keyNotProven, notCollectable } from './decide-collect.ts'
import { isAddressedTo } from './delivery.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'

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

export function decideBundle(facts: BundleFacts, id: TransferId, at: Instant): Decision<Bundle> {
  const event = 'transfer.fetched'
  const { caller, found, reader } = facts
  if (!found || !reader || !isAddressedTo(found, reader)) return refuseStranger({ event, caller, transfer: id })
  const { transfer, files } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const refusal = notCollectable(facts, found, at) ?? keyNotProven(facts, found)
  if (refusal) return refuse(refusal)
  const envelopes = files.flatMap(({ id: file }, index) => {
    const envelope = facts.envelopes[index]
    return envelope ? [{ file, envelope }] : []
  })
  if (envelopes.length < files.length || !transfer.note) return refuse({ code: 'KEY_PROOF_REQUIRED' })
  if (envelopes.some(({ envelope }) => !envelope.intact)) return refuse({ code: 'INTEGRITY_FAILED' })
  return {
    next: { envelopes, note: transfer.note.signed, addenda: facts.addenda, at },
    changes: advance(found, { reader, to: 'fetched', at }),
    event: {
      event,
      ...inAgreement(transfer),
      detail: { files: files.length, encryptionSubkey: reader.encryptionSubkey },
    },
    jobs: [],
  }
}
