// Dispatch: the sender's signed note is compared with everything the service knows, the agreement is asked again, and
// only then the transfer is handed over (ARCHITECTURE.md#dispatch). OpenPGP work was done before; its results are
// facts.
import { decideTransfer, type PolicyFacts } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Refusal } from '../decision.ts'
import { isNear } from '../time.ts'
import type { AccountId, Fingerprint, Instant, Origin, Sha256Hex } from '../values.ts'
import { refuseClosed } from './decide-draft.ts'
import { type DispatchNote, partSize, type Profile, type Recipient } from './dispatch-note.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { GivenDocument, Signer } from './given-document.ts'
import { expectedReaders, policyRequestOf } from './policy.ts'
import { mayFollow } from './states.ts'
import { liveScanCertificate, type Reader, type TransferFacts } from './transfer.ts'

/** One wrapped session key as it came with the note: hashed, and parsed as far as it can be without a key. */
export interface GivenKey {
  readonly keySet: number
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly hash: Sha256Hex
  /** As the packet names its reader: the subkey's fingerprint (version 6) or key id (version 3); null when it cannot be read. */
  readonly reader: string | null
}

export interface Dispatch extends GivenDocument<DispatchNote> {
  readonly keys: readonly GivenKey[]
}

export interface DispatchFacts {
  readonly caller: PersonCaller
  readonly origin: Origin
  readonly found: TransferFacts | undefined
  readonly policy: PolicyFacts | null
  readonly signer: Signer | null
  /** Of today's readers, one whose program says that it does not open the profile of the bodies. */
  readonly closedTo: AccountId | null
  /** SHA-256 of the draft's case reference. */
  readonly caseReferenceHash: Sha256Hex | null
}

export function decideDispatch(facts: DispatchFacts, dispatch: Dispatch, at: Instant): Decision<{ note: Sha256Hex }> {
  const event = 'transfer.dispatched'
  const { caller, found, policy, signer } = facts
  if (found?.transfer.sender !== caller.actor.account || policy === null) {
    return refuseStranger({ event, caller, transfer: dispatch.transfer })
  }
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  if (!mayFollow(transfer.state, 'dispatched')) {
    return refuse({ code: 'TRANSFER_STATE', detail: { state: transfer.state } })
  }
  if (found.files.some(({ bodyDigest }) => bodyDigest === null)) return refuse({ code: 'UPLOAD_INCOMPLETE' })
  if (!dispatch.document.ok) return refuse({ code: 'DOCUMENT_INVALID', detail: { reason: dispatch.document.reason } })
  if (signer === null) return refuse({ code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } })
  if (dispatch.signatureRefusal !== null) {
    return refuse({ code: 'SIGNATURE_INVALID', detail: { reason: dispatch.signatureRefusal } })
  }
  const note = dispatch.document.value
  const scan = liveScanCertificate(found, at)
  if (scan === undefined) return refuse({ code: 'SCAN_NOT_READY' })
  const known = { ...facts, found, policy, signer, scan }
  const field =
    differingField(note, known, at) ??
    differingFile(note, found) ??
    differingKeySet(note, dispatch.keys, { readers: expectedReaders(policy), scan })
  if (field !== null) return refuse({ code: 'NOTE_MISMATCH', detail: { field } })
  const permission = decideTransfer(policy, policyRequestOf(transfer), at)
  if (!permission.permitted) return refuse(permission.refusal)
  if (facts.closedTo !== null) return refuse(refuseClosed(facts.closedTo, transfer.profile))
  return {
    next: { note: dispatch.hash },
    changes: [
      {
        kind: 'transfers.dispatch',
        transfer: transfer.id,
        note: { hash: dispatch.hash, signed: dispatch.signed },
        keys: dispatch.keys.map(({ keySet, bytes, hash }) => ({ keySet, bytes, ...ownerOf(note, { keySet, hash }) })),
        at,
      },
    ],
    event: {
      event,
      ...inAgreement(transfer),
      detail: {
        note: dispatch.hash,
        files: note.files.length,
        profile: note.profile,
        scanCertificate: scan.fingerprint,
      },
    },
    jobs: [{ name: 'scan-transfer', data: { transfer: transfer.id } }],
  }
}

type Known = Omit<DispatchFacts, 'found' | 'signer'> & { readonly found: TransferFacts; readonly signer: Signer }

/** The first field that does not say what the draft, the agreement and the roster say. */
function differingField(note: DispatchNote, { origin, found, signer, caseReferenceHash }: Known, at: Instant) {
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

/** Exactly the expected readers and the scan certificate, each with the packet that the note names. Nobody else. */
function differingKeySet(
  note: DispatchNote,
  given: readonly GivenKey[],
  expected: {
    readonly readers: readonly Reader[]
    readonly scan: { fingerprint: Fingerprint; encryptionSubkey: Fingerprint }
  },
): string | null {
  const ids = note.keySets.map(({ id }) => id)
  if (new Set(ids).size !== ids.length || ids.some((id) => !note.files.some((file) => file.keySet === id))) {
    return 'keySets'
  }
  for (const { id, wrapped, scan } of note.keySets) {
    if (!sameList(wrapped.map(readerKey), expected.readers.map(readerKey))) return `keySets.${id}.wrapped`
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
