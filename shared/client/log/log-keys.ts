// Whose key signed an exported log's heads. Keys come from the agreement that the anchor verifies, or are only what the
// folder claims (`pinned` false); the anchor alone is trusted (ARCHITECTURE.md#verify-a-log).
import type { AgreementDocuments } from '#contract/documents.ts'
import { type Agreement, agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { parseDocument } from '#domain/document.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import type { AccountId, Instant, OrganisationId } from '#domain/values.ts'
import type { Sha256 } from '#tlog/bytes.ts'
import { checkpointSignaturesBy, type SignedCheckpoint } from '#tlog/checkpoint.ts'
import { cosignaturesBy } from '#tlog/cosignature.ts'
import { ED25519, formatVkey, parseVkey, type SignatureToVerify, type Vkey, vkeyOf } from '#tlog/note.ts'
import type { Anchor } from '../trust/anchor.ts'
import { decodeDocuments, documentsPath, type Reader } from './log-layout.ts'
import { type LogProblem, problemOf } from './log-problem.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import { type VerifiedAgreement, verifyAgreement } from '../trust/verify-agreement.ts'

export interface KeysToFind {
  readonly reader: Reader
  /** Null: nobody has pinned anything here. */
  readonly anchor: Anchor | null
  readonly now: Instant
  readonly sha256: Sha256
  readonly verifyEd25519: (claim: SignatureToVerify) => boolean
}

export interface LogKeys {
  readonly pinned: boolean
  readonly agreement: Agreement | null
  readonly asOf: Instant | null
  readonly reason: string | null
  /** The parties' people by that agreement's rosters; nobody when none is verified. */
  readonly people: readonly LogPerson[]
  /** The reader's own organisation by that agreement; null when none is verified. */
  readonly own: OrganisationId | null
}

/** Whom an account id in the log stands for. */
export interface LogPerson {
  readonly account: AccountId
  readonly name: string
  /** The organisation's name. */
  readonly organisation: string
}

interface KeySearch {
  readonly origin: string
  /** When the last entry was written, as it says. */
  readonly writtenAt: Instant | null
}

const noDocuments: LogKeys = {
  pinned: false,
  agreement: null,
  asOf: null,
  reason: `${documentsPath} cannot be read`,
  people: [],
  own: null,
}

/** The first agreement that the anchor verifies and that speaks for this log; else the first that claims to. */
export async function findKeys(log: KeysToFind, { origin, writtenAt }: KeySearch): Promise<LogKeys> {
  const documents = decodeDocuments(log.reader.read(documentsPath))
  if (!documents) return noDocuments
  const claimed: LogKeys[] = []
  for (const one of documents) {
    const parsed = parseDocument(agreementModel, Uint8Array.fromBase64(one.agreement.bytes))
    if (!parsed.ok || !speaksFor(parsed.value, origin)) continue
    const held = await holds(log, { documents: one, writtenAt })
    const found = { agreement: parsed.value, ...held }
    if (found.pinned) return found
    claimed.push(found)
  }
  return claimed[0] ?? { ...noDocuments, reason: `${documentsPath} has no agreement for this log` }
}

function speaksFor({ origin: installation, id, parties }: Agreement, origin: string): boolean {
  if (origin === `${installation}/agreements/${id}`) return true
  return parties.some(({ organisation }) => origin === `${installation}/organisations/${organisation}`)
}

interface Held {
  readonly documents: AgreementDocuments
  readonly writtenAt: Instant | null
}

const becauseOld: readonly TrustRefusalCode[] = [
  'TRUST_STATEMENT_EXPIRED',
  'TRUST_STATEMENT_OLD',
  'TRUST_ROSTER_EXPIRED',
  'TRUST_ROSTER_OLD',
  // Written before the pinned root was named by the one before it.
  'TRUST_ROOT',
]

/** Today, or else, when only age is against it, at the time of the last entry: an export stays verifiable. */
async function holds(log: KeysToFind, { documents, writtenAt }: Held): Promise<Omit<LogKeys, 'agreement'>> {
  const { anchor, now } = log
  const unheld = (reason: string) => ({ pinned: false, asOf: null, reason, people: [], own: null })
  if (!anchor) return unheld('no root is pinned here')
  const today = await attempt(() => verifyAgreement(anchor, documents, now))
  if (!(today instanceof Error)) return heldBy(today, now)
  const isOld = today instanceof TrustRefused && becauseOld.includes(today.code)
  if (isOld && writtenAt !== null && writtenAt <= now) {
    for (const root of [anchor.root, ...(anchor.former ?? [])]) {
      const then = await attempt(() => verifyAgreement({ ...anchor, root, seen: {} }, documents, writtenAt))
      if (!(then instanceof Error)) return heldBy(then, writtenAt)
    }
  }
  return unheld(today.message)
}

function heldBy(verified: VerifiedAgreement, asOf: Instant): Omit<LogKeys, 'agreement'> {
  return { pinned: true, asOf, reason: null, people: peopleOf(verified), own: verified.own }
}

function peopleOf(verified: VerifiedAgreement): LogPerson[] {
  return verified.agreement.parties.flatMap(({ organisation, name: party }) =>
    verified.people(organisation).map(({ account, name }) => ({ account, name, organisation: party })),
  )
}

/** What a folder that somebody made up does to a parser is a reason not to believe it, and no more. */
async function attempt(verify: () => Promise<VerifiedAgreement>): Promise<VerifiedAgreement | Error> {
  try {
    return await verify()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

interface SignedHead {
  readonly signed: SignedCheckpoint
  readonly keys: LogKeys
  readonly writtenAt: Instant | null
}

export function refuseSignature(log: KeysToFind, { signed, keys, writtenAt }: SignedHead): LogProblem | null {
  if (!keys.agreement) return null
  const signers = signersOf(log, { signed, agreement: keys.agreement })
  if (signers.length === 0) return problemOf('CHECKPOINT_SIGNATURE')
  if (writtenAt === null || signers.some(({ from, until }) => from <= writtenAt && writtenAt < until)) return null
  return problemOf('CHECKPOINT_KEY_PERIOD', { where: writtenAt })
}

export function refuseEarlier(
  log: KeysToFind,
  { heads, keys: { agreement } }: { readonly heads: readonly SignedCheckpoint[]; readonly keys: LogKeys },
): LogProblem | null {
  if (!agreement) return null
  const foreign = heads.find((signed) => signersOf(log, { signed, agreement }).length === 0)
  return foreign ? problemOf('EARLIER_SIGNATURE', { where: `size ${foreign.checkpoint.size}` }) : null
}

/** The C2SP verifier key of the agreement's log key that signed this checkpoint; null when none did. */
export function verifierKeyOf(
  log: KeysToFind,
  { signed, keys: { agreement } }: Omit<SignedHead, 'writtenAt'>,
): string | null {
  const [signer] = agreement ? signersOf(log, { signed, agreement }) : []
  return signer ? formatVkey(verifierKey(log, { signed, publicKey: signer.publicKey })) : null
}

type ToCheck = Pick<KeysToFind, 'sha256' | 'verifyEd25519'>

/** Whether a log key of the agreement signed this checkpoint. */
export function isSignedUnder(
  log: ToCheck,
  of: { readonly signed: SignedCheckpoint; readonly agreement: Agreement },
): boolean {
  return signersOf(log, of).length > 0
}

/** How many of the agreement's witnesses cosigned this checkpoint (C2SP tlog-cosignature). */
export function countCosignatures(
  log: ToCheck,
  { signed, agreement }: { readonly signed: SignedCheckpoint; readonly agreement: Agreement | null },
): number {
  const witnesses = new Set(agreement?.witnesses ?? [])
  return [...witnesses].filter((text) => {
    const vkey = parseVkey(log.sha256, text)
    const cosignatures = vkey ? cosignaturesBy(signed.note, vkey) : []
    return cosignatures.length > 0 && cosignatures.every(log.verifyEd25519)
  }).length
}

/** The agreement's log keys that signed this checkpoint. */
function signersOf(
  log: ToCheck,
  { signed, agreement }: { readonly signed: SignedCheckpoint; readonly agreement: Agreement },
) {
  return agreement.serviceKeys.log.filter(({ publicKey }) => {
    const signatures = checkpointSignaturesBy(signed, verifierKey(log, { signed, publicKey }))
    return signatures.length > 0 && signatures.every(log.verifyEd25519)
  })
}

function verifierKey(
  log: ToCheck,
  { signed, publicKey }: { readonly signed: SignedCheckpoint; readonly publicKey: string },
): Vkey {
  const key = Uint8Array.fromBase64(publicKey)
  return vkeyOf(log.sha256, { name: signed.checkpoint.origin, algorithm: ED25519, key })
}
