// The scanner's signed verdict on a verified note: signed by a key that the agreement lists as its scan authority, for this
// very note, for every file of it. Nothing here takes the service's word (ARCHITECTURE.md#verdict-document).
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import { parseDocument } from '#domain/document.ts'
import { amountOf } from '#domain/policy/approval-over.ts'
import { isNear } from '#domain/time.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { type VerdictDocument, verdictDocument } from '#domain/transfers/documents/verdict.ts'
import { type ReleaseNeeds, releaseNeeds } from '#domain/transfers/release-needs.ts'
import { type Verdict, worst } from '#domain/transfers/transfer.ts'
import { type Instant, manifestFileId, type Sha256Hex, sha256Hex } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'

declare const verified: unique symbol

export interface VerifiedVerdict {
  readonly [verified]: true
  readonly document: VerdictDocument
  readonly hash: Sha256Hex
  /** Of all files together: the worst. */
  readonly verdict: Verdict
  /** The first finding; null: none. */
  readonly finding: string | null
  /** What has to be there before anybody collects it. */
  readonly needs: ReleaseNeeds
}

export interface VerdictClaim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly document: SignedDocument
  /** The scan authority's certificate, as the service gives it. */
  readonly authority: string
  readonly now: Instant
}

/** Throws TrustRefused TRUST_VERDICT. */
export async function verifyVerdict({
  agreement,
  note,
  document,
  authority,
  now,
}: VerdictClaim): Promise<VerifiedVerdict> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(verdictDocument, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const isAbout = value.origin === agreement.agreement.origin && value.transfer === note.note.transfer
  if (!isAbout || value.note !== note.hash) throw refuse(`one about transfer ${value.transfer}, note ${value.note}`)
  if (note.note.keySets.some(({ scan }) => scan.fingerprint !== value.scanKey)) {
    throw refuse(`a scan with the key ${value.scanKey}`)
  }
  const certificate = Uint8Array.fromBase64(authority)
  const key = await inspectCertificate(certificate, value.at)
  const by = key.ok ? key.certificate.fingerprint : 'unreadable'
  const trusted: readonly string[] = agreement.scanAuthorityAt(value.at)
  if (by !== value.fingerprint || !trusted.includes(by)) throw refuse(`scan authority ${by}`)
  const found = await verifyDetached({ ...signed, certificate, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  if (!isNear(found.signedAt as Instant, value.at)) throw refuse(`a signature made at ${found.signedAt}`)
  const other = differenceOf(value, note.note)
  if (other !== null) throw refuse(other)
  return {
    document: value,
    hash: sha256Hex.parse(await sha256(signed.bytes)),
    verdict: worst(value.files.map(({ verdict }) => verdict)),
    finding: value.files.find(({ finding }) => finding !== null)?.finding ?? null,
    needs: needsOf(value, { note: note.note, agreement }),
  } as VerifiedVerdict
}

/** Every file of the note, and nothing else; what is called clean has the very body that was signed for. */
function differenceOf({ files }: VerdictDocument, note: DispatchNote): string | null {
  if (files.length !== note.files.length) return `a verdict on ${files.length} files, of ${note.files.length}`
  const other = files.find((file, index) => {
    const noted = note.files[index]
    return file.id !== noted?.id || (file.verdict === 'clean' && file.bodyDigest !== noted.bodyDigest)
  })
  return other === undefined ? null : `a verdict on file ${other.id}, ${other.bodyDigest}`
}

function needsOf(
  { files, fileTypes }: VerdictDocument,
  { note, agreement }: { readonly note: DispatchNote; readonly agreement: VerifiedAgreement },
): ReleaseNeeds {
  const flow = agreement.agreement.flows.find(({ code }) => code === note.flow)
  if (!flow) throw new TypeError('a verified note has a flow of its agreement')
  const altered = files.some(({ bodyDigest }, index) => bodyDigest !== note.files[index]?.bodyDigest)
  if (altered) return { needs: 'never', because: 'unscannable' }
  const fileBytes = files.filter(({ id }) => id !== manifestFileId).map(({ size }) => size ?? 0)
  const amount = amountOf({ records: note.records ?? null, fileBytes })
  return releaseNeeds(flow, { verdicts: files, amount, fileTypes })
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_VERDICT', saw })
}
