// Dispatch: wraps the session key for exactly the verified people and for a scan certificate that the agreement's scan
// authority signed for this transfer, and for nothing else (ARCHITECTURE.md#scan-certificate); then signs the note that
// covers every byte.
import { type ScanCertificateReply, sendOperations } from '#contract/transfers/send.ts'
import { decodeSigned, encodeSigned } from '#contract/documents.ts'
import { encodeDocument, parseDocument } from '#domain/document.ts'
import { addSeconds, isAhead, isOver } from '#domain/time.ts'
import {
  type BodyEntry,
  type DispatchNote,
  dispatchNote,
  type KeySet,
} from '#domain/transfers/documents/dispatch-note.ts'
import {
  type ScanCertificate,
  scanCertificate,
  scanKeyLifeSeconds,
} from '#domain/transfers/documents/scan-certificate.ts'
import {
  type Fingerprint,
  fingerprint,
  type Instant,
  type Sha256Hex,
  sha256Hex,
  type TransferId,
} from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { isFor, type Pkesk } from '#openpgp/head.ts'
import { BODY_VERSION, type ProfileChoice } from '#openpgp/profile.ts'
import { type SessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { RefusedByServer } from '../api.ts'
import { whoCanOpen } from '../trust/named-recipient.ts'
import { readersOf, type SendEffects, type Sending } from './sending.ts'
import type { Sender } from '../trust/sender.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface Dispatching extends Sending {
  readonly transfer: TransferId
  /** As it was drafted. */
  readonly expires: Instant
  /** Of every body that this client encrypted: key set 0. */
  readonly sessionKey: SessionKey
  /** Of bodies that another program encrypted, each with a session key of its own. */
  readonly otherKeySets?: readonly OtherKeySet[]
  /** Every body in the order of upload, the manifest last. */
  readonly bodies: readonly BodyEntry[]
}

/** Wrapped already, as the file's head has it; or to be wrapped again. */
export type OtherKeySet =
  | { readonly id: number; readonly pkesks: readonly Pkesk[] }
  | { readonly id: number; readonly sessionKey: SessionKey }

export type DispatchEffects = Pick<SendEffects, 'api' | 'now' | 'sleep' | 'signal'>

/** Gives the note's hash. Throws RefusedByServer, TrustRefused. */
export async function dispatchTransfer(effects: DispatchEffects, dispatching: Dispatching): Promise<Sha256Hex> {
  const { api, now, signal } = effects
  const { sender, request, transfer, sessionKey, otherKeySets = [] } = dispatching
  const bodyVersion = BODY_VERSION[dispatching.profile.profile]
  const scan = await trustedScanCertificate(effects, { sender, transfer })
  // A key may have ended while files were uploaded.
  const recipients = request.recipients.map((one) => {
    const able = whoCanOpen(one.members, now())
    return able.members.length > 0 ? { ...one, members: able.members } : one
  })
  const readers = readersOf(sender, recipients)
  const wrapped: WrappedSet[] = []
  for (const set of [{ id: 0, sessionKey }, ...otherKeySets]) {
    wrapped.push(await wrapSet({ set, readers, scan, bodyVersion, at: now() }))
  }
  const bytes = await encodeNote({ ...dispatching, at: now(), keySets: wrapped.map(({ keySet }) => keySet) })
  const signature = await sender.key.sign({ bytes, at: now() })
  const { note } = await api.call(sendOperations.dispatch, {
    params: { transfer },
    body: {
      note: encodeSigned({ bytes, signature }),
      keys: wrapped.flatMap(({ keySet, pkesks }) =>
        pkesks.map((pkesk) => ({ keySet: keySet.id, pkesk: pkesk.toBase64() })),
      ),
    },
    ...(signal && { signal }),
  })
  return note
}

/** The transfer's one-use scan certificate, believed. Throws RefusedByServer, TrustRefused TRUST_SCAN_CERTIFICATE. */
export async function trustedScanCertificate(
  effects: DispatchEffects,
  { sender, transfer }: { readonly sender: Pick<Sender, 'agreement'>; readonly transfer: TransferId },
): Promise<TrustedScanCertificate> {
  const reply = await askForScanCertificate(effects, transfer)
  return verifyScanCertificate({ reply, sender, transfer, now: effects.now() })
}

export interface TrustedScanCertificate {
  readonly statement: ScanCertificate
  readonly certificate: Uint8Array
}

/** How often a certificate is asked for before the sender is told to try later. */
const attempts = 12

async function askForScanCertificate({ api, sleep, signal }: DispatchEffects, transfer: TransferId) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const input = { params: { transfer }, ...(signal && { signal }) }
      return await api.call(sendOperations.requestScanCertificate, input)
    } catch (error) {
      const again = error instanceof RefusedByServer && error.code === 'SCAN_NOT_READY' && attempt < attempts
      if (!again) throw error
      await sleep((error.retryAfter ?? 5) * 1000)
    }
  }
}

interface ScanCertificateClaim {
  readonly reply: ScanCertificateReply
  readonly sender: Pick<Sender, 'agreement'>
  readonly transfer: TransferId
  readonly now: Instant
}

/** Signed by the agreement's scan authority, for this transfer and this installation, for a day at most, and for that key. */
async function verifyScanCertificate({
  reply,
  sender,
  transfer,
  now,
}: ScanCertificateClaim): Promise<TrustedScanCertificate> {
  const refuse = (saw: string) => new TrustRefused({ code: 'TRUST_SCAN_CERTIFICATE', saw })
  const { agreement } = sender
  const authority = await inspectNow(Uint8Array.fromBase64(reply.authority.certificate), now)
  const trusted: readonly string[] = agreement.scanAuthorityAt(now)
  if (!authority.ok || !trusted.includes(authority.certificate.fingerprint)) {
    throw refuse(`scan authority ${authority.ok ? authority.certificate.fingerprint : 'unreadable'}`)
  }
  const signed = decodeSigned(reply.statement)
  const certificate = Uint8Array.fromBase64(reply.authority.certificate)
  const verified = await verifyDetached({ ...signed, certificate, at: now })
  if (!verified.ok) throw refuse(`a signature that is ${verified.reason}`)
  const parsed = parseDocument(scanCertificate, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const statement = parsed.value
  if (statement.origin !== agreement.agreement.origin) throw refuse(`origin ${statement.origin}`)
  if (statement.transfer !== transfer) throw refuse(`transfer ${statement.transfer}`)
  const lives = !isOver(statement.expires, now) && statement.expires <= addSeconds(statement.issued, scanKeyLifeSeconds)
  if (!lives || isAhead(statement.issued, now)) throw refuse(`from ${statement.issued} to ${statement.expires}`)
  const key = await inspectNow(Uint8Array.fromBase64(reply.certificate), now)
  if (!key.ok || key.certificate.fingerprint !== statement.fingerprint) throw refuse('another key than was signed')
  return { statement, certificate: Uint8Array.fromBase64(reply.certificate) }
}

interface SetToWrap {
  readonly set: OtherKeySet
  readonly readers: readonly VerifiedPerson[]
  readonly scan: TrustedScanCertificate
  readonly bodyVersion: 1 | 2
  readonly at: Instant
}

interface WrappedSet {
  readonly keySet: KeySet
  readonly pkesks: readonly Uint8Array[]
}

async function wrapSet({ set, readers, scan, bodyVersion, at }: SetToWrap): Promise<WrappedSet> {
  const wrapFor = (to: Pick<ToWrap, 'certificate' | 'encryptionSubkey'>) =>
    'pkesks' in set ? take(set.pkesks, to) : wrap({ ...to, sessionKey: set.sessionKey, bodyVersion, at })
  const wrapped = await Promise.all(
    readers.map(async ({ account, encryptionSubkey, certificateBytes: certificate }) => {
      return { account, ...(await wrapFor({ certificate, encryptionSubkey })) }
    }),
  )
  const { fingerprint, encryptionSubkey } = scan.statement
  const forScan = await wrapFor({ certificate: scan.certificate, encryptionSubkey })
  return {
    keySet: {
      id: set.id,
      wrapped: wrapped.map(({ account, encryptionSubkey, hash }) => ({ account, encryptionSubkey, pkesk: hash })),
      scan: { fingerprint, encryptionSubkey, pkesk: forScan.hash },
    },
    pkesks: [...wrapped, forScan].map(({ pkesk }) => pkesk),
  }
}

/** From a head that was compared with the same readers before. */
async function take(pkesks: readonly Pkesk[], { encryptionSubkey }: Pick<ToWrap, 'encryptionSubkey'>) {
  const found = pkesks.find(({ recipient }) => isFor(recipient, encryptionSubkey))
  if (!found)
    throw new TrustRefused({ code: 'TRUST_SCAN_CERTIFICATE', saw: 'another key than the files were encrypted for' })
  return { encryptionSubkey, pkesk: found.bytes, hash: sha256Hex.parse(await sha256(found.bytes)) }
}

interface ToWrap {
  readonly sessionKey: SessionKey
  readonly bodyVersion: 1 | 2
  readonly certificate: Uint8Array
  readonly encryptionSubkey: Fingerprint
  readonly at: Instant
}

async function wrap<T extends ToWrap>(to: T): Promise<T & { readonly pkesk: Uint8Array; readonly hash: Sha256Hex }> {
  const pkesk = await wrapSessionKey(to)
  return { ...to, pkesk, hash: sha256Hex.parse(await sha256(pkesk)) }
}

interface NoteContents extends Dispatching {
  readonly at: Instant
  readonly keySets: readonly KeySet[]
}

async function encodeNote({ sender, request, expires, profile, transfer, bodies, keySets, at }: NoteContents) {
  const { agreement, person } = sender
  const { id, version, origin } = agreement.agreement
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const { caseReference } = request
  return encodeDocument(dispatchNote, {
    type: 'safehand.dispatch-note/1',
    origin,
    transfer,
    sender: { account: person.account, organisation: agreement.own, fingerprint: person.certificate, roster },
    agreement: { id, version, hash: agreement.hash },
    flow: request.flow,
    purpose: request.purpose,
    items: [...request.items],
    marking: request.marking,
    handlingInstruction: request.handlingInstruction,
    caseReference: caseReference === null ? null : await sha256(new TextEncoder().encode(caseReference)),
    ...((request.records ?? null) !== null && { records: request.records! }),
    expires,
    at,
    ...noted(profile),
    recipients: request.recipients.map(({ recipient }) => recipient),
    files: bodies.map(({ id, length, bodyDigest, partSize, commitment, keySet }) => ({
      ...{ id, length, bodyDigest, partSize, commitment, keySet },
    })),
    keySets: [...keySets],
  })
}

/** Which profile, and for whose sake when it is not the better one. */
function noted({ profile, because }: ProfileChoice): Pick<DispatchNote, 'profile' | 'profileFor'> {
  if (because.code === 'every-key-lists-aes256-gcm') return { profile }
  if (because.code === 'made-elsewhere') return { profile, profileFor: [] }
  return { profile, profileFor: because.fingerprints.map((one) => fingerprint.parse(one)) }
}
