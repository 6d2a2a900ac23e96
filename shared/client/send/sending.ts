// What a client needs from the world to send, and the values that go from step to step. Files, network, time
// and chance arrive here, so that browser and command line run the same lines.
import type { Marking, PurposeCode } from '#domain/agreements/agreement.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import type { Primitives } from '#openpgp/primitives.ts'
import { chooseProfile, type ProfileChoice } from '#openpgp/profile.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { JournalEntry } from '#domain/transfers/send-journal.ts'
import type { Bytes, Instant } from '#domain/values.ts'
import type { Api } from '../api.ts'
import type { IdleTimer } from '../idle-timeout.ts'
import type { Sender } from '../trust/sender.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { NamedRecipient } from '../trust/named-recipient.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface OutgoingFile {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  /** When it was last changed, as the file system says: a file that changed is another attempt. */
  readonly modified: Instant
  /** Where this client finds it again, when another run goes on. */
  readonly place?: string
  /** Reads it once more from the start. Pieces must not be reused after they were yielded. */
  open(): AsyncIterable<Uint8Array>
}

/** What a content is by a library, from its beginning; null: it cannot tell. */
export type SeeFileType = (head: Uint8Array) => Promise<string | null>

export interface SendEffects {
  readonly api: Api
  /** Base of the service. */
  readonly url: string
  readonly now: () => Instant
  /** Cryptographic random octets. */
  readonly random: (octets: number) => Bytes
  readonly primitives: Primitives
  readonly seeFileType: SeeFileType
  /** Keeps an entry; it is durable when the promise resolves. */
  readonly journal: (entry: JournalEntry) => Promise<void>
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Octets of the bodies that have left, of all. */
  readonly progress?: (sent: number, total: number) => void
  readonly signal?: AbortSignal
  /** Calls back when an upload was silent for too long, unless it stirred. */
  readonly idleTimer: (tooLong: () => void) => IdleTimer
}

/** What is sent, to whom, and under what: all that the note says of it beside its bytes and its end. */
export interface SendTerms {
  readonly flow: string
  readonly purpose: PurposeCode
  readonly items: readonly string[]
  readonly marking: Marking
  readonly handlingInstruction: string | null
  readonly caseReference: string | null
  /** How many there are in the files, where the flow asks for them. */
  readonly records?: number | null
  readonly recipients: readonly NamedRecipient[]
  readonly files: readonly OutgoingFile[]
}

/** What a person asks to send. */
export interface SendRequest extends SendTerms {
  /** Until it is deleted. The service counts them, from the draft on. */
  readonly days: number
}

/** All that a client sends by. */
export interface Sending {
  readonly sender: Sender
  readonly request: SendTerms
  /** From `profileFor`; shown to the person before anything leaves. */
  readonly profile: ProfileChoice
}

/** Of a transfer that is not begun yet. */
export interface Beginning extends Sending {
  readonly request: SendRequest
  /** With the same key and request the service gives the same transfer, however often it is asked. Made up when left out. */
  readonly draft?: { readonly key: string; readonly firstAskedAt: Instant }
}

/** The sender and every rostered caseworker behind the recipients, each once, in ascending order of account. */
export function readersOf(
  sender: Pick<Sender, 'person'>,
  recipients: readonly NamedRecipient[],
): readonly VerifiedPerson[] {
  const everyone = [sender.person, ...recipients.flatMap(({ members }) => members)]
  const byAccount = new Map(everyone.map((person) => [person.account, person]))
  return [...byAccount.values()].toSorted((one, other) => (one.account < other.account ? -1 : 1))
}

/** By what everybody's rostered certificate declares, the sender's own among them (ARCHITECTURE.md#profiles). */
export async function profileFor(readers: readonly VerifiedPerson[], now: Instant): Promise<ProfileChoice> {
  const inspected = await Promise.all(readers.map(({ certificateBytes }) => inspectNow(certificateBytes, now)))
  return chooseProfile(inspected.map((found, index) => declared(found, readers[index])))
}

/** A certificate that could be inspected when its roster was verified and cannot any more is nobody's to encrypt to. */
function declared(found: Awaited<ReturnType<typeof inspectNow>>, reader: VerifiedPerson | undefined) {
  if (found.ok) return found.certificate
  throw new TrustRefused({
    code: 'TRUST_CERTIFICATE',
    saw: `the certificate of ${reader?.email ?? 'nobody'}: ${found.code}`,
  })
}

/** As it was chosen when the note was signed: bodies keep their profile. */
export function profileIn({ profile, profileFor }: DispatchNote): ProfileChoice {
  if (profileFor === undefined) return { profile, because: { code: 'every-key-lists-aes256-gcm' } }
  if (profileFor.length === 0) return { profile, because: { code: 'made-elsewhere' } }
  return { profile, because: { code: 'keys-without-aes256-gcm', fingerprints: profileFor } }
}
