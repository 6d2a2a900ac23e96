// Rescan: the scan key was lost before a verdict, and only the sender can wrap the session key again
// (ARCHITECTURE.md#scan-key-lost). This is also how a lying service would have a finished transfer opened once more, so
// it is done only when the verified log says that this key was lost, and neither the log nor this client's journal
// knows of a verdict.
import type { TransferView } from '#contract/transfers/view.ts'
import type { Entry } from '#domain/audit/entry.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { type DispatchEffects, dispatchTransfer } from './dispatch.ts'
import { profileIn } from './sending.ts'
import type { Sender } from '../trust/sender.ts'
import { unwrapOwn } from '../transfers/own-session-key.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import { type NamedRecipient, refuseExpired, whoCanOpen } from '../trust/named-recipient.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedNote } from '../transfers/verify-note.ts'

export interface Rescanning {
  readonly sender: Sender
  readonly note: VerifiedNote
  readonly view: TransferView
  /** The agreement's log, whole and verified under the anchor. */
  readonly entries: readonly Entry[]
  /** What this client's journal saw become of the transfer; null: nothing. */
  readonly seen: string | null
}

/** Gives the new note's hash. Throws TrustRefused TRUST_RESCAN and TRUST_NOTE, RefusedByServer, ServerUnreachable. */
export async function rescanTransfer(effects: DispatchEffects, rescanning: Rescanning): Promise<Sha256Hex> {
  refuseNeedless(rescanning)
  const { sender, note: verified, view } = rescanning
  const { note } = verified
  const { agreement, person } = sender
  if (note.sender.account !== person.account || note.sender.fingerprint !== person.certificate) {
    throw new TrustRefused({ code: 'TRUST_NOTE', saw: `a note by ${note.sender.fingerprint}` })
  }
  await refuseOtherReference(note, view.caseReference)
  const [{ sessionKey }, ...otherKeySets] = await unwrapOwn({ holder: sender, note: verified, addenda: [], view })
  return dispatchTransfer(effects, {
    sender,
    transfer: note.transfer,
    expires: note.expires,
    sessionKey,
    otherKeySets,
    bodies: note.files,
    profile: profileIn(note),
    request: {
      ...note,
      files: [],
      caseReference: view.caseReference,
      records: note.records ?? null,
      recipients: note.recipients.map((recipient) => currentRecipient(agreement, { recipient, now: effects.now() })),
    },
  })
}

/** Each says that the scan is over, one way or the other. */
const afterTheScan = ['scan.verdict', 'transfer.held', 'transfer.released', 'transfer.rejected']

function refuseNeedless({ note: { note }, entries, seen }: Rescanning): void {
  if (seen !== null) throw refuse(`a transfer that was ${seen}`)
  const about = entries.filter(({ transfer, outcome }) => transfer === note.transfer && outcome === 'success')
  const judged = about.find(({ event }) => afterTheScan.includes(event))
  if (judged) throw refuse(`${judged.event} at ${judged.at}`)
  const lost = about.some(({ event, detail }) => event === 'scan.key.lost' && isScanKeyOf(note, detail.fingerprint))
  if (!lost) throw refuse('a log that knows of no lost scan key')
}

function isScanKeyOf({ keySets }: DispatchNote, fingerprint: unknown): boolean {
  return keySets.some(({ scan }) => scan.fingerprint === fingerprint)
}

async function refuseOtherReference(note: DispatchNote, reference: string | null): Promise<void> {
  const hash = reference === null ? null : await sha256(new TextEncoder().encode(reference))
  if (hash !== note.caseReference) throw new TrustRefused({ code: 'TRUST_NOTE', saw: 'another case reference' })
}

/**
 * Who stands behind a recipient today: a team may have other members than at the first dispatch. Throws TrustRefused
 * TRUST_NOTE, TRUST_ROSTER_EXPIRED.
 */
export function currentRecipient(
  agreement: VerifiedAgreement,
  { recipient, now }: { readonly recipient: Recipient; readonly now: Instant },
): NamedRecipient {
  const expires = agreement.rosterExpires(recipient.organisation)
  if (expires !== null) refuseExpired(expires, now)
  const caseworkers = agreement.people(recipient.organisation).filter(isCaseworker)
  const members = caseworkers.filter(({ account, teams }) =>
    recipient.kind === 'person' ? account === recipient.account : teams.includes(recipient.team),
  )
  const name = agreement.nameOf(recipient)
  if (members.length === 0 || name === null) {
    throw new TrustRefused({ code: 'TRUST_NOTE', saw: `a recipient who is gone: ${JSON.stringify(recipient)}` })
  }
  const able = whoCanOpen(members, now)
  // Nobody left: it was begun for them, and what is said of their keys is said where they are wrapped for.
  return { recipient, name, ...(able.members.length > 0 ? able : { members, leftOut: [] }) }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_RESCAN', saw })
}
