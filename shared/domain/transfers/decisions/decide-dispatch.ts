// Dispatch: the sender's signed note is compared with everything the service knows, the agreement is asked again, and
// only then the transfer is handed over (ARCHITECTURE.md#dispatch). OpenPGP work was done before; its results are
// facts.
import { decideTransfer } from '../../policy/decide-transfer.ts'
import type { AgreementFacts } from '../../policy/facts.ts'
import { isNear } from '../../time.ts'
import type { AccountId, Bytes, Fingerprint, Instant, Sha256Hex } from '../../values.ts'
import { type ActFacts, type Known, transferAct } from './act.ts'
import { refuseClosed } from './decide-draft.ts'
import { type DispatchNote, partSize, type Profile } from '../documents/dispatch-note.ts'
import type { Recipient } from '../../policy/recipient.ts'
import { inState } from '../entries.ts'
import type { GivenDocument, Signer, SigningFacts } from './given-document.ts'
import { type AgreementAsked, dueReaders, policyRequestOf, refuseByItsAgreement } from '../policy-request.ts'
import { mayFollow } from '../states.ts'
import { liveScanCertificate, type Reader, type TransferFacts } from '../transfer.ts'

/** One wrapped session key as it came with the note: hashed, and parsed as far as it can be without a key. */
export interface GivenKey {
  readonly keySet: number
  readonly bytes: Bytes
  readonly hash: Sha256Hex
  /** As the packet names its reader: the subkey's fingerprint (version 6) or key id (version 3); null when it cannot be read. */
  readonly reader: string | null
}

export interface Dispatch extends GivenDocument<DispatchNote> {
  readonly keys: readonly GivenKey[]
}

export interface DispatchFacts extends ActFacts, SigningFacts {
  readonly agreementFacts: AgreementFacts | null
  /** Of today's readers, one whose program says that it does not open the profile of the bodies. */
  readonly closedTo: AccountId | null
  /** SHA-256 of the draft's case reference. */
  readonly caseReferenceHash: Sha256Hex | null
}

export const decideDispatch = transferAct<
  'transfer.dispatched',
  DispatchFacts,
  Dispatch,
  { note: Sha256Hex },
  ActFacts & Pick<SigningFacts, 'signer'> & AgreementAsked
>({
  event: 'transfer.dispatched',
  knownTo: ({ caller, found }) => found.transfer.sender === caller.actor.account,
  refuses(standing, at) {
    const { found, signer } = standing
    if (!mayFollow(found.transfer.state, 'dispatched')) return inState(found.transfer)
    if (found.files.some(({ bodyDigest }) => bodyDigest === null)) return { code: 'UPLOAD_INCOMPLETE' }
    if (signer === null) return { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } }
    return refuseByItsAgreement(standing, at) ?? (liveScanCertificate(found, at) ? null : { code: 'SCAN_NOT_READY' })
  },
  act(facts, { document, signed, hash, keys }, at) {
    const { found, agreementFacts, signer, signatureRefusal, closedTo } = facts
    const { transfer } = found
    const scan = liveScanCertificate(found, at)
    if (!document.ok) return { code: 'DOCUMENT_INVALID', detail: { reason: document.reason } }
    if (signatureRefusal !== null) return { code: 'SIGNATURE_INVALID', detail: { reason: signatureRefusal } }
    if (!agreementFacts || !signer || !scan) return { code: 'NOT_FOUND' }
    const note = document.value
    const field =
      differingField(note, { ...facts, signer }, at) ??
      differingFile(note, found) ??
      differingKeySet(note, keys, { facts: agreementFacts, scan, at })
    if (field !== null) return { code: 'NOTE_MISMATCH', detail: { field } }
    const permission = decideTransfer(agreementFacts, policyRequestOf(found, at), at)
    if (!permission.permitted) return permission.refusal
    if (closedTo !== null) return refuseClosed(closedTo, transfer.profile)
    return {
      next: { note: hash },
      changes: [
        {
          kind: 'transfers.dispatch',
          transfer: transfer.id,
          note: { hash, signed },
          keys: keys.map((key) => ({ keySet: key.keySet, bytes: key.bytes, ...ownerOf(note, key) })),
          at,
        },
      ],
      detail: {
        note: hash,
        files: note.files.length,
        profile: note.profile,
        scanCertificate: scan.fingerprint,
      },
      jobs: [{ name: 'scan-transfer', data: { transfer: transfer.id } }],
    }
  },
})

type Signed = Known<DispatchFacts> & { readonly signer: Signer }

/** The first field that does not say what the draft, the agreement and the roster say. */
function differingField(note: DispatchNote, { origin, found, signer, caseReferenceHash }: Signed, at: Instant) {
  const { transfer, deliveries } = found
  const same: Record<string, boolean> = {
    origin: note.origin === origin,
    transfer: note.transfer === transfer.id,
    'sender.account': note.sender.account === signer.account && note.sender.organisation === signer.organisation,
    'sender.fingerprint': note.sender.fingerprint === signer.fingerprint,
    'sender.roster':
      note.sender.roster.hash === signer.roster.hash && note.sender.roster.sequence === signer.roster.sequence,
    agreement:
      note.agreement.id === transfer.agreement.id &&
      note.agreement.version === transfer.agreement.version &&
      note.agreement.hash === transfer.agreement.hash,
    flow: note.flow === transfer.flow,
    purpose: note.purpose === transfer.purpose,
    items: sameList(note.items, transfer.items),
    marking: note.marking === transfer.marking,
    handlingInstruction: note.handlingInstruction === transfer.handlingInstruction,
    caseReference: note.caseReference === caseReferenceHash,
    records: (note.records ?? null) === transfer.records,
    expires: note.expires === transfer.expiresAt,
    profile: note.profile === transfer.profile,
    at: isNear(note.at, at),
    recipients: sameList(
      note.recipients.map(recipientKey).toSorted(),
      deliveries.map(({ recipient }) => recipientKey(recipient)).toSorted(),
    ),
  }
  return Object.keys(same).find((field) => !same[field]) ?? null
}

/** Each body as it arrived, in the order of the draft; every one of them in a key set that exists. */
function differingFile(note: DispatchNote, { files }: TransferFacts): string | null {
  if (note.files.length !== files.length) return 'files'
  const index = note.files.findIndex((entry, position) => {
    const file = files[position]
    const arrived = entry.id === file?.id && entry.length === file.length && entry.bodyDigest === file.bodyDigest
    return !arrived || entry.partSize !== partSize || !note.keySets.some(({ id }) => id === entry.keySet)
  })
  return index < 0 ? null : `files.${index}`
}

/** The expected readers, without whom may be left out, as long as each recipient has somebody; and the scan certificate, each with the packet that the note names. Nobody else. */
function differingKeySet(
  note: DispatchNote,
  given: readonly GivenKey[],
  expected: {
    readonly facts: AgreementFacts
    readonly scan: { fingerprint: Fingerprint; encryptionSubkey: Fingerprint }
    readonly at: Instant
  },
): string | null {
  const ids = note.keySets.map(({ id }) => id)
  if (new Set(ids).size !== ids.length || ids.some((id) => !note.files.some((file) => file.keySet === id))) {
    return 'keySets'
  }
  for (const { id, wrapped, scan } of note.keySets) {
    const readers = dueReaders(expected.facts, { wrapped, at: expected.at })
    if (!readers || !sameList(wrapped.map(readerKey), readers.map(readerKey))) return `keySets.${id}.wrapped`
    if (scan.fingerprint !== expected.scan.fingerprint || scan.encryptionSubkey !== expected.scan.encryptionSubkey) {
      return `keySets.${id}.scan`
    }
    const named = [...wrapped, scan].map((key) => `${nameInPacket(note.profile, key)} ${key.pkesk}`).toSorted()
    const packets = given
      .filter(({ keySet }) => keySet === id)
      .map(({ reader, hash }) => `${reader} ${hash}`)
      .toSorted()
    if (!sameList(named, packets)) return `keySets.${id}.packets`
  }
  return given.every(({ keySet }) => ids.includes(keySet)) ? null : 'keySets'
}

/** Version 6 packets have the whole fingerprint, version 3 its key id (RFC 9580 5.1, 5.5.4). The hash beside it is exact. */
export function nameInPacket(profile: Profile, { encryptionSubkey }: Pick<Reader, 'encryptionSubkey'>): string {
  if (profile === 'v2-gcm') return encryptionSubkey
  return encryptionSubkey.length === 64 ? encryptionSubkey.slice(0, 16) : encryptionSubkey.slice(-16)
}

function ownerOf(note: DispatchNote, { keySet, hash }: { readonly keySet: number; readonly hash: Sha256Hex }) {
  const set = note.keySets.find(({ id }) => id === keySet)
  const reader = set?.wrapped.find(({ pkesk }) => pkesk === hash)
  if (reader) return { account: reader.account, encryptionSubkey: reader.encryptionSubkey }
  if (set) return { account: null, encryptionSubkey: set.scan.encryptionSubkey }
  throw new TypeError('a packet of no key set passed the checks')
}

function readerKey({ account, encryptionSubkey }: Reader): string {
  return `${account} ${encryptionSubkey}`
}

export function recipientKey(recipient: Recipient): string {
  const named = recipient.kind === 'person' ? recipient.account : recipient.team
  return `${recipient.kind} ${recipient.organisation} ${named}`
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
