// Acknowledge: the recipient signs that the transfer with this note arrived (DESIGN 4.7, 5). Only for a note that was
// verified here; and before it, `opened`: this client's own word that the files were opened.
import { encodeSigned } from '#contract/documents.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { encodeDocument } from '#domain/document.ts'
import { receipt } from '#domain/transfers/receipt.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import type { Api } from './api.ts'
import type { KeyHolder } from './key-holder.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

export interface Acknowledging {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
  readonly note: VerifiedNote
  /** Whether it was scanned before it was released, as the service says. */
  readonly scanned: boolean
  readonly now: () => Instant
}

/** Throws RefusedByServer, ServerUnreachable. */
export async function reportOpened({ api, note }: Pick<Acknowledging, 'api' | 'note'>): Promise<void> {
  await api.call(collectOperations.opened, { params: { transfer: note.note.transfer } })
}

/** Without a signature: for a key that is used by hand. Throws RefusedByServer, ServerUnreachable. */
export async function acknowledgeUnsigned(api: Api, transfer: TransferId): Promise<void> {
  await api.call(collectOperations.acknowledge, { params: { transfer }, body: { receipt: null } })
}

/** Gives the signed receipt, for the person to keep. Throws RefusedByServer, ServerUnreachable. */
export async function acknowledge(acknowledging: Acknowledging): Promise<{ bytes: string; signature: string }> {
  const { api, agreement, person, key, note, scanned, now } = acknowledging
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const { transfer } = note.note
  const at = now()
  const bytes = encodeDocument(receipt, {
    type: 'safehand.receipt/1',
    origin: agreement.agreement.origin,
    transfer,
    note: note.hash,
    scanned,
    account: person.account,
    fingerprint: person.certificate,
    at,
    roster,
  })
  const signed = encodeSigned({ bytes, signature: await key.sign({ bytes, at }) })
  await api.call(collectOperations.acknowledge, { params: { transfer }, body: { receipt: signed } })
  return signed
}
