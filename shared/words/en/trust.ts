// What a client says when it refuses what the service gave it. Each begins with what was found, ends with what to do.
import type { TrustRefusalCode } from '#domain/trust.ts'

export const trustWords = {
  TRUST_ORIGIN:
    'A document is from another installation than the one you pinned. Do not go on; tell your administrator.',
  TRUST_ROOT:
    'The organisation’s root key is not the one that was agreed. Do not go on; compare the fingerprint by phone.',
  TRUST_ROOT_DIFFERS:
    'This is not the root that this service has for your organisation. Compare it by phone with a colleague, character by character. Nothing was signed under it, so it can be pinned again.',
  TRUST_DOCUMENT: 'A signed document cannot be read as what it should be. Do not go on; tell your administrator.',
  TRUST_ORGANISATION: 'A document speaks of another organisation. Do not go on; tell your administrator.',
  TRUST_STATEMENT_SIGNATURE:
    'A statement is not signed by the organisation’s root. Do not go on; tell your administrator.',
  TRUST_STATEMENT_CHAIN:
    'The organisation’s statements do not follow one another. Do not go on; tell your administrator.',
  TRUST_STATEMENT_EXPIRED: 'The organisation’s statement has expired. Its administrator must sign a new one.',
  TRUST_STATEMENT_OLD: 'An older statement was served than you have seen. Do not go on; tell your administrator.',
  TRUST_ROSTER_MISSING: 'The organisation has no roster yet. Its administrator must sign one.',
  TRUST_ROSTER_KEY:
    'A roster is not signed by a roster key of the organisation. Do not go on; tell your administrator.',
  TRUST_ROSTER_CHAIN: 'The organisation’s rosters do not follow one another. Do not go on; tell your administrator.',
  TRUST_ROSTER_EXPIRED: 'The organisation’s roster has expired. Its administrator must sign a new one.',
  TRUST_ROSTER_OLD: 'An older roster was served than you have seen. Do not go on; tell your administrator.',
  TRUST_PERSON_NOT_LISTED: 'A person was served who is in none of the rosters. Do not go on; tell your administrator.',
  TRUST_PERSON_TWICE: 'Somebody stands twice in one roster. Do not go on; tell your administrator.',
  TRUST_PERSON_RENAMED:
    'Somebody was offered for the roster with the key or the account of somebody else. Nothing was signed; compare fingerprints with both by phone.',
  TRUST_CERTIFICATE: 'A person’s certificate is not the one in the roster. Do not go on; tell your administrator.',
  TRUST_KEY_REVOKED:
    'Somebody’s key was revoked, says the agreement’s log, and their roster has it still. Nothing is sent to it; their administrator must sign a new roster.',
  TRUST_AGREEMENT: 'The agreement contradicts itself. Do not go on; tell your information officer.',
  TRUST_AGREEMENT_NOT_OURS:
    'The agreement does not name the root you pinned as that of your organisation. Do not go on; tell your information officer.',
  TRUST_AGREEMENT_NOT_SIGNED: 'A party has not signed this version of the agreement, so it cannot be used yet.',
  TRUST_AGREEMENT_SIGNATURE:
    'A signature under the agreement does not hold for this version. Do not go on; tell your information officer.',
  TRUST_SIGNATORY:
    'The agreement was signed by somebody whose organisation’s roster does not make them its signatory. Do not go on; tell your information officer.',
  TRUST_CHALLENGE:
    'The service asked your key for something else than a key proof. It got no answer. This is an attack.',
  TRUST_SCAN_CERTIFICATE:
    'The scan key is not one that the agreement’s scan authority made for this transfer. Nothing was handed over; tell your information officer.',
  TRUST_UPLOAD:
    'The service gave other places for the files, or asked for other bytes of them, than were being sent. Nothing was handed over; tell your administrator.',
  TRUST_EXPIRY:
    'The service counted another time until the files are deleted than you asked for. Nothing was sent; tell your administrator.',
  TRUST_NOTE:
    'The sender’s signed note does not hold for this transfer. Nothing was opened; ask the sender by phone what they sent.',
  TRUST_MANIFEST:
    'The encrypted list of files is not the one the sender signed for. Nothing was opened; ask the sender to send again.',
  TRUST_BODY:
    'A file is not what the sender signed for. It was not kept; collect again, and if it stays so, ask the sender to send again.',
  TRUST_LOG:
    'The log’s entries do not lead to what the service signed. Keep what was written; tell both information officers.',
  TRUST_HISTORY:
    'The service shows a log that does not contain what was seen of it here before: it was cut, rolled back or written again. Nothing was sent or opened; have your information officer export the log, and tell both parties’ officers.',
  TRUST_VERDICT:
    'No scan result that the agreement’s scanner signed lets these files go. Nothing was opened or signed; ask the sender to send again, and tell your information officer.',
  TRUST_APPROVAL:
    'These files may go only when an approver of the sender’s organisation has signed for it, and there is no such signature that holds. Do not open them; ask the sender’s organisation by phone.',
  TRUST_RECEIPT:
    'The service shows a receipt that no recipient of this transfer signed. It was not kept; ask the recipient by phone whether it arrived.',
  TRUST_RESCAN:
    'The service asks for another scan of something that, by its own log or your journal, needs none. Nothing was wrapped for it; tell your information officer.',
  TRUST_DESTRUCTION:
    'A statement that files were destroyed does not hold. Do not rely on it; ask the one who is said to have made it by phone.',
  TRUST_ADDENDUM:
    'The service shows an addition of a recipient that nobody who may has signed. Nothing was opened; ask the sender by phone.',
} as const satisfies Record<TrustRefusalCode, string>
