// Add a recipient: somebody late, a later member of an addressed team, a key that was replaced
// (ARCHITECTURE.md#add-a-recipient). The sender may, and a member of the addressed team for another member of it; the
// agreement is asked as for a dispatch to that one person. Only once released: before, the sender may have to sign
// another note, and an addendum belongs to one note.
import { decideJoin } from '../../policy/decide-transfer.ts'
import { isCaseworker, type AgreementFacts, type Rostered } from '../../policy/facts.ts'
import type { Job, Refusal } from '../../decision.ts'
import { parseDocument } from '../../document.ts'
import { isNear } from '../../time.ts'
import type { AccountId, Instant, Sha256Hex } from '../../values.ts'
import { type Known, type ReadFacts, transferAct } from './act.ts'
import type { Addendum } from '../documents/addendum.ts'
import type { MailTemplate, TransferChange } from '../changes.ts'
import { type CollectorFacts, keyNotProven } from './decide-collect.ts'
import { type GivenKey, nameInPacket, recipientKey } from './decide-dispatch.ts'
import { isAddressedTo } from '../delivery.ts'
import { dispatchNote } from '../documents/dispatch-note.ts'
import { inState } from '../entries.ts'
import type { GivenDocument, Signer, SigningFacts } from './given-document.ts'
import { type AgreementAsked, policyRequestOf, refuseByItsAgreement } from '../policy-request.ts'
import type { Transfer, TransferFacts } from '../transfer.ts'

export interface AddRecipientFacts extends CollectorFacts, SigningFacts {
  /** Of the recipient that the addendum names alone; of all whom the transfer names, when it cannot be read. */
  readonly agreementFacts: AgreementFacts | null
  /** Whether the program of the added key says that it opens the profile of the bodies. */
  readonly opensProfile: boolean
}

export interface GivenAddendum extends GivenDocument<Addendum> {
  readonly keys: readonly GivenKey[]
}

export const decideAddRecipient = transferAct<
  'transfer.recipient.added',
  AddRecipientFacts,
  GivenAddendum,
  { addendum: Sha256Hex },
  ReadFacts & Pick<SigningFacts, 'signer'> & AgreementAsked
>({
  event: 'transfer.recipient.added',
  knownTo: ({ caller, found, reader }) =>
    found.transfer.sender === caller.actor.account || isAddressedTo(found, reader),
  refuses(standing, at) {
    const { reader, signer } = standing
    const { held, state } = standing.found.transfer
    if (held !== null && held.reason !== 'cannot-open') return { code: 'INCIDENT_HOLD' }
    if (state !== 'released') return inState({ state })
    if (!reader || !signer || !isCaseworker(reader)) return { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } }
    return refuseByItsAgreement(standing, at)
  },
  act(facts, given, at) {
    const { found, reader, signer, signatureRefusal } = facts
    const { document, hash, keys } = given
    if (!document.ok) return { code: 'DOCUMENT_INVALID', detail: { reason: document.reason } }
    if (signatureRefusal !== null) return { code: 'SIGNATURE_INVALID', detail: { reason: signatureRefusal } }
    if (!reader || !signer) return { code: 'NOT_FOUND' }
    const { value } = document
    const field = differingField(value, { ...facts, signer }, at) ?? differingKeys(value, keys, found)
    if (field !== null) return { code: 'NOTE_MISMATCH', detail: { field } }
    const known = { ...facts, reader }
    const refusal = notTheirs(value, known) ?? notPermitted(value, known, at)
    if (refusal) return refusal
    const { transfer } = found
    const { account, encryptionSubkey } = value.reader
    return {
      next: { addendum: hash },
      changes: changesOf(value, { found, given, at }),
      detail: { addendum: hash, note: value.note, reader: account, encryptionSubkey },
      jobs: [
        mail('transfer-waiting', account, transfer),
        ...(transfer.sender === reader.account ? [] : [mail('recipient-added', transfer.sender, transfer)]),
      ],
    }
  },
})

function mail(template: MailTemplate, account: AccountId, { id }: Transfer): Job {
  return { name: 'send-mail', data: { template, account, transfer: id } }
}

type Signed = Known<AddRecipientFacts> & { readonly signer: Signer }

/** The first field that does not say what the note, the roster and the transfer say. */
function differingField({ signer: said, ...document }: Addendum, { origin, found, signer }: Signed, at: Instant) {
  const { recipient, reader } = document
  const same: Record<string, boolean> = {
    origin: document.origin === origin,
    transfer: document.transfer === found.transfer.id,
    note: document.note === found.transfer.note?.hash,
    'signer.account': said.account === signer.account && said.organisation === signer.organisation,
    'signer.fingerprint': said.fingerprint === signer.fingerprint,
    'signer.roster': said.roster.hash === signer.roster.hash && said.roster.sequence === signer.roster.sequence,
    at: isNear(document.at, at),
    recipient: recipient.kind === 'person' ? recipient.account === reader.account : isAddressed(document, found),
  }
  return Object.keys(same).find((field) => !same[field]) ?? null
}

/** One packet for each key set of the note, each the one that the addendum names. */
function differingKeys({ wrapped, reader }: Addendum, keys: readonly GivenKey[], { transfer }: TransferFacts) {
  const note = transfer.note && parseDocument(dispatchNote, transfer.note.signed.bytes)
  if (!note?.ok) return 'note'
  const sets = note.value.keySets.map(({ id }) => id)
  if (wrapped.length !== sets.length || wrapped.some(({ keySet }, index) => keySet !== sets[index])) return 'wrapped'
  const name = nameInPacket(transfer.profile, reader)
  const same = (index: number, key: GivenKey | undefined) =>
    key?.keySet === wrapped[index]?.keySet && key?.hash === wrapped[index]?.pkesk && key?.reader === name
  return keys.length === wrapped.length && wrapped.every((_, index) => same(index, keys[index])) ? null : 'packets'
}

type Adding = Known<AddRecipientFacts> & { readonly reader: Rostered }

/** Whoever is not the sender lets nobody in but a member of a team that they stand in themselves, with the key they have. */
function notTheirs({ recipient }: Addendum, { found, reader, ...facts }: Adding): Refusal | null {
  if (found.transfer.sender === reader.account) return null
  const colleagues = recipient.organisation === reader.organisation && recipient.kind === 'team'
  if (!colleagues || !reader.teams.includes(recipient.team)) return { code: 'SENDER_REQUIRED' }
  return keyNotProven({ ...facts, found, reader })
}

/** The agreement, asked about the one who adds and this one person, both with their keys of today. */
function notPermitted(
  { recipient, reader: { account, encryptionSubkey } }: Addendum,
  { found, reader: by, agreementFacts, opensProfile }: Adding,
  at: Instant,
): Refusal | null {
  const members =
    agreementFacts?.recipients.flatMap((one) => one.members).filter((member) => member.account === account) ?? []
  const [added] = members
  if (!agreementFacts || !added) return { code: 'RECIPIENT_NOT_LISTED', detail: { recipient: account } }
  const asked = { ...agreementFacts, sender: by, recipients: [{ recipient, members }] }
  const permission = decideJoin(asked, policyRequestOf(found, at), at)
  if (!permission.permitted) return permission.refusal
  const expired = [by, added].find(({ keyExpiresAt }) => keyExpiresAt !== null && keyExpiresAt <= at)
  if (expired) return { code: 'KEY_EXPIRED', detail: { account: expired.account } }
  if (added.encryptionSubkey !== encryptionSubkey) return { code: 'NOTE_MISMATCH', detail: { field: 'reader' } }
  const has = found.readers.some((one) => one.account === account && one.encryptionSubkey === encryptionSubkey)
  if (has) return { code: 'RECIPIENT_HAS_KEY' }
  return opensProfile ? null : { code: 'PROFILE_CANNOT_OPEN', detail: { profile: found.transfer.profile } }
}

function changesOf(
  { recipient, reader, note }: Addendum,
  { found, given, at }: { readonly found: TransferFacts; readonly given: GivenAddendum; readonly at: Instant },
): readonly TransferChange[] {
  return [
    {
      kind: 'transfers.add-recipient',
      transfer: found.transfer.id,
      addendum: { hash: given.hash, note, signed: given.signed },
      reader,
      /** Null: addressed already, by name or in a team. */
      recipient: isAddressed({ recipient }, found) ? null : recipient,
      keys: given.keys.map(({ keySet, bytes }) => ({ keySet, bytes, ...reader })),
      at,
    },
  ]
}

function isAddressed({ recipient }: Pick<Addendum, 'recipient'>, { deliveries }: TransferFacts): boolean {
  return deliveries.some((delivery) => recipientKey(delivery.recipient) === recipientKey(recipient))
}
