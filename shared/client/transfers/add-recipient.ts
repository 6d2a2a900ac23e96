// Add a recipient to a released transfer: the session key, from one's own wrapped key, is wrapped for one verified person
// more and the addendum signed; nothing is uploaded (ARCHITECTURE.md#add-a-recipient). The person at this client has
// compared name and fingerprint before: nothing here decides whom to let in.
import { encodeSigned, type SignedDocument } from '#contract/documents.ts'
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { encodeDocument } from '#domain/document.ts'
import { addendum } from '#domain/transfers/documents/addendum.ts'
import type { DispatchNote, Profile } from '#domain/transfers/documents/dispatch-note.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import { type Instant, sha256Hex } from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { BODY_VERSION, canJoin } from '#openpgp/profile.ts'
import { wrapSessionKey } from '#openpgp/session-key.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Api } from '../api.ts'
import { CannotOpen } from './cannot-open.ts'
import type { Sender } from '../trust/sender.ts'
import { unwrapOwn } from './own-session-key.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface Adding {
  readonly api: Api
  /** Who adds: the sender, or a member of the addressed team. */
  readonly by: Sender
  readonly note: VerifiedNote
  readonly addenda: readonly VerifiedAddendum[]
  readonly view: Pick<TransferView, 'ownKeys'>
  readonly person: VerifiedPerson
  readonly recipient: Recipient
  readonly reason: string
  readonly now: () => Instant
}

/** Gives the signed addendum. Throws CannotOpen, TrustRefused TRUST_NOTE, RefusedByServer, ServerUnreachable. */
export async function addRecipient(adding: Adding): Promise<SignedDocument> {
  const { api, by, note: verified, addenda, view, person, now } = adding
  const { note } = verified
  await refuseClosed(note.profile, { person, at: now() })
  const sets = await unwrapOwn({ holder: by, note: verified, addenda, view })
  const keys: { keySet: number; pkesk: Uint8Array }[] = []
  for (const { id: keySet, sessionKey } of sets) {
    const { certificateBytes: certificate, encryptionSubkey } = person
    const bodyVersion = BODY_VERSION[note.profile]
    keys.push({
      keySet,
      pkesk: await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, bodyVersion, at: now() }),
    })
  }
  const bytes = await encodeAddendum(adding, keys)
  const signed = encodeSigned({ bytes, signature: await by.key.sign({ bytes, at: now() }) })
  await api.call(addRecipientOperations.addRecipient, {
    params: { transfer: note.transfer },
    body: { addendum: signed, keys: keys.map(({ keySet, pkesk }) => ({ keySet, pkesk: pkesk.toBase64() })) },
  })
  return signed
}

/** Before anything is signed: a packet could be made, and would open nothing. */
async function refuseClosed(
  profile: Profile,
  { person, at }: { readonly person: VerifiedPerson; readonly at: Instant },
) {
  const found = await inspectNow(person.certificateBytes, at)
  if (!found.ok) throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: `${person.email}: ${found.code}` })
  if (!canJoin({ profile, ...found }).ok) throw new CannotOpen(profile)
}

async function encodeAddendum(
  { by, note, person, recipient, reason, now }: Adding,
  keys: readonly { readonly keySet: number; readonly pkesk: Uint8Array }[],
) {
  const { agreement } = by
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const hashed = keys.map(async ({ keySet, pkesk }) => ({ keySet, pkesk: sha256Hex.parse(await sha256(pkesk)) }))
  return encodeDocument(addendum, {
    type: 'safehand.addendum/1',
    origin: agreement.agreement.origin,
    transfer: note.note.transfer,
    note: note.hash,
    signer: { account: by.person.account, organisation: agreement.own, fingerprint: by.person.certificate, roster },
    recipient,
    reader: { account: person.account, encryptionSubkey: person.encryptionSubkey },
    wrapped: await Promise.all(hashed),
    reason,
    at: now(),
  })
}

/** As whom somebody at the flow's end is addressed: by name if the note does so, in an addressed team, or newly by name. */
export function recipientFor(
  { recipients, flow, sender }: DispatchNote,
  {
    by,
    person,
    agreement,
  }: { readonly by: VerifiedPerson; readonly person: VerifiedPerson } & Pick<Sender, 'agreement'>,
): Recipient {
  const to = agreement.agreement.flows.find(({ code }) => code === flow)?.to
  if (to === undefined) throw new TypeError('a verified note has a flow of its agreement')
  const bySender = by.account === sender.account
  const team = recipients.find(
    (one) => one.kind === 'team' && person.teams.includes(one.team) && (bySender || by.teams.includes(one.team)),
  )
  const named = recipients.find((one) => one.kind === 'person' && one.account === person.account)
  // A colleague lets somebody in as a member of their own team, or not at all.
  const found = bySender ? (named ?? team) : (team ?? named)
  return found ?? { kind: 'person', organisation: to, account: person.account }
}
