// Add a recipient to a released transfer: the session key, from one's own wrapped key, is wrapped for one verified person
// more and the addendum signed; nothing is uploaded (RISKS A13). The person at this client has compared name and
// fingerprint before: nothing here decides whom to let in.
import { encodeSigned, type SignedDocument } from '#contract/documents.ts'
import { type TransferView, transferOperations } from '#contract/transfers.ts'
import { encodeDocument } from '#domain/document.ts'
import { addendum } from '#domain/transfers/addendum.ts'
import type { DispatchNote, Recipient } from '#domain/transfers/dispatch-note.ts'
import { type Instant, sha256Hex } from '#domain/values.ts'
import { BODY_VERSION } from '#openpgp/profile.ts'
import { wrapSessionKey } from '#openpgp/session-key.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Api } from './api.ts'
import type { Sender } from './outgoing.ts'
import { unwrapOwn } from './own-session-key.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

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

/** Gives the signed addendum. Throws TrustRefused TRUST_NOTE, RefusedByServer, ServerUnreachable. */
export async function addRecipient(adding: Adding): Promise<SignedDocument> {
  const { api, by, note: verified, addenda, view, person, now } = adding
  const { note } = verified
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
  await api.call(transferOperations.addRecipient, {
    params: { transfer: note.transfer },
    body: { addendum: signed, keys: keys.map(({ keySet, pkesk }) => ({ keySet, pkesk: pkesk.toBase64() })) },
  })
  return signed
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
  { recipients, flow }: DispatchNote,
  { person, agreement }: { readonly person: VerifiedPerson; readonly agreement: VerifiedAgreement },
): Recipient {
  const named = recipients.find((one) => one.kind === 'person' && one.account === person.account)
  const team = recipients.find((one) => one.kind === 'team' && person.teams.includes(one.team))
  const to = agreement.agreement.flows.find(({ code }) => code === flow)?.to
  if (to === undefined) throw new TypeError('a verified note has a flow of its agreement')
  return named ?? team ?? { kind: 'person', organisation: to, account: person.account }
}
