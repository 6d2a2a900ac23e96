// What a client needs from the world to send, and the values that go from step to step (DESIGN 4). Files, network, time
// and chance arrive here, so that browser and command line run the same lines.
import type { Marking, PurposeCode } from '#domain/agreements/agreement.ts'
import type { AccountId, FileId, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import type { Api } from './api.ts'
import type { KeyHolder } from './key-holder.ts'
import type { NamedRecipient, VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

export interface OutgoingFile {
  readonly name: string
  readonly mediaType: string
  readonly size: number
  /** When it was last changed, as the file system says: a file that changed is another attempt. */
  readonly modified: string
  /** Reads it once more from the start. Pieces must not be reused after they were yielded. */
  open(): AsyncIterable<Uint8Array>
}

/** Written before the first byte leaves (RISKS A14): which key and salt were used for which file. Never read back from the server. */
export interface JournalEntry {
  readonly transfer: TransferId
  readonly file: FileId
  readonly size: number
  readonly modified: string
  /** SHA-256 of the session key: tells keys apart and opens nothing. */
  readonly keyDigest: Sha256Hex
  readonly salt: string
  readonly at: Instant
}

export interface SendEffects {
  readonly api: Api
  /** Base of the service. */
  readonly url: string
  readonly now: () => Instant
  /** Cryptographic random octets. */
  readonly random: (octets: number) => Uint8Array<ArrayBuffer>
  readonly journal: (entry: JournalEntry) => Promise<void>
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Octets of the bodies that have left, of all. */
  readonly progress?: (sent: number, total: number) => void
  readonly signal?: AbortSignal
}

/** What a person asks to send. */
export interface SendRequest {
  readonly flow: string
  readonly purpose: PurposeCode
  readonly items: readonly string[]
  readonly marking: Marking
  readonly handlingInstruction: string | null
  readonly caseReference: string | null
  readonly expires: Instant
  readonly recipients: readonly NamedRecipient[]
  readonly files: readonly OutgoingFile[]
}

/** Who sends: as the verified roster has them, with their key. */
export interface Sender {
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
}

/** The person as the client's own organisation's verified roster has them; null when it does not. */
export function ownPerson(agreement: VerifiedAgreement, account: AccountId): VerifiedPerson | null {
  return agreement.people(agreement.own).find((person) => person.account === account) ?? null
}
