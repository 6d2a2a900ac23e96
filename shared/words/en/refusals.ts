// Every refusal in plain words: what happened, and what to do next (ARCHITECTURE.md#refusals). Pages, the command line
// and mail take them from here; a code without words does not compile.
import type { Refusal } from '#domain/decision.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import { day, instant } from '#domain/values.ts'
import { dateInWords, dayInWords } from './dates.ts'

export interface Words {
  readonly title: string
  readonly action: string
}

/** What the refusal's detail says under a name, or the words that stand for it when it says nothing. */
type Said = (name: string, otherwise: string) => string

const because = (said: Said, otherwise: string) => capitalised(said('reason', otherwise))

const refusalWords = {
  REQUEST_INVALID: (said) => ({
    title: 'Something in this request is not as it should be',
    action: `Correct ${said('field', 'the request')}: ${said('reason', 'it is not as described')}.`,
  }),
  REQUEST_TOO_LARGE: () => ({
    title: 'This request is too large',
    action: 'Send less at once. Files are uploaded, not put in a request.',
  }),
  MEDIA_TYPE_UNSUPPORTED: () => ({
    title: 'This service cannot read that kind of content',
    action: 'Send JSON, uncompressed, with the content type application/json.',
  }),
  NOT_FOUND: () => ({
    title: 'There is nothing here that you can see',
    action: 'Check the address or the id. If you were given it, ask who gave it to you.',
  }),
  CSRF_REFUSED: () => ({
    title: 'This request did not come from the service’s own pages',
    action: 'Go to the service itself and do it there. If you did not start this, tell your administrator.',
  }),
  TOO_MANY_ATTEMPTS: (said) => ({
    title: said('kind', '')
      ? `You have asked for too many ${said('kind', '')} in a short time`
      : 'There were too many attempts',
    action: `Wait ${said('retryAfter', 'some')} seconds, then try again.`,
  }),
  IDEMPOTENCY_CONFLICT: () => ({
    title: 'This idempotency key was used for another request',
    action: 'Draw a new key for a new request; use the same key only to repeat the same one.',
  }),
  AUDIT_UNAVAILABLE: () => ({
    title: 'Sorry, you cannot send or open files right now',
    action: 'Nothing has been sent or changed. Try again in a few minutes; do not send the files another way.',
  }),
  SERVICE_UNAVAILABLE: () => ({
    title: 'Sorry, the service is not working right now',
    action: 'Nothing has been sent or changed. Try again in a few minutes.',
  }),
  INTERNAL_ERROR: () => ({
    title: 'Sorry, there is a problem with the service',
    action: 'Try again. If it happens again, give the correlation id to whoever runs the service.',
  }),

  SIGN_IN_REQUIRED: () => ({
    title: 'You need to sign in',
    action: 'Sign in, then try again. A token may have expired or been revoked.',
  }),
  SIGN_IN_FAILED: () => ({
    title: 'The e-mail address, password or code is not right',
    action: 'Check all three. A code works once: wait for the next one, or use a one-time code.',
  }),
  SCOPE_REQUIRED: (said) => ({
    title: 'This token may not be used for that',
    action: `Sign in for a token with the scope “${said('scope', 'it needs')}”.`,
  }),
  ROLE_REQUIRED: (said) => ({
    title: `You need the role ${said('role', 'that may do this')}`,
    action: 'Ask your organisation’s administrator: roles come from the signed roster.',
  }),
  INVITATION_INVALID: () => ({
    title: 'This invitation does not work any more',
    action: 'It was used, has expired, or was not copied whole. Ask who invited you for a new one.',
  }),
  ACCOUNT_EXISTS: () => ({
    title: 'There is already an account with this e-mail address',
    action: 'Sign in with it, or use another address.',
  }),
  ADDRESS_OUTSIDE: (said) => ({
    title: 'This address is not one of your organisation’s',
    action: `Invite people by their work address at ${said('domains', 'a domain of yours')}. Further domains are registered by whoever runs the service.`,
  }),
  DOMAIN_TAKEN: (said) => ({
    title: `${said('domain', 'This domain')} is registered for another organisation`,
    action: 'A domain belongs to one organisation. Check whose it is.',
  }),
  ORGANISATION_STANDS: () => ({
    title: 'This organisation has people of its own already, or there is none with this id',
    action: 'Once it has a signed roster, its own administrators invite, and reset what was lost.',
  }),
  ACCOUNT_ENDED: () => ({
    title: 'This account has ended already',
    action: 'Nobody can act as it. Who should come back is invited as somebody new.',
  }),
  SESSION_ENDED: () => ({
    title: 'You have no such session any more',
    action: 'Look at the list of what is signed in as you: it may have ended meanwhile.',
  }),
  SECOND_PERSON_REQUIRED: () => ({
    title: 'Somebody else must do this',
    action: 'Ask another administrator: one who did not open it, and whom it is not for.',
  }),
  SECOND_PERSON_MISSING: () => ({
    title: 'Nobody could confirm this reset',
    action: 'An administrator’s reset needs a second administrator, who neither opens it nor is the one it is for.',
  }),
  RESET_INVALID: () => ({
    title: 'The e-mail address or the code is not right',
    action: 'Check both. A code works once, for a day. Ask your administrator for a new one.',
  }),
  RESET_WAITING: () => ({
    title: 'A second administrator has not confirmed this yet',
    action: 'Ask them to, then use the same code again.',
  }),
  RESET_ENDED: () => ({
    title: 'This reset is not open any more',
    action: 'It was confirmed, completed, taken back, or its day is over. Open a new one if it is still needed.',
  }),
  LAST_ADMINISTRATOR: () => ({
    title: 'This is the only administrator of your organisation',
    action: 'Make somebody else administrator in a signed roster first: otherwise nobody could sign the next one.',
  }),

  KEY_MALFORMED: () => ({
    title: 'This is not an OpenPGP certificate that we can read',
    action: 'Export the public key again, alone and whole, and try once more.',
  }),
  KEY_SECRET: () => ({
    title: 'This is a secret key, and it was refused',
    action: 'It should be considered known to others: revoke it, make a new key, and give only the public part.',
  }),
  KEY_WEAK: () => ({
    title: 'This key is too weak',
    action: 'Make a new key: Curve25519, or RSA of 3072 bits or more.',
  }),
  KEY_NO_ENCRYPTION_SUBKEY: () => ({
    title: 'This key has no part that files can be encrypted to',
    action: 'Add an encryption subkey, or make a new key.',
  }),
  KEY_NOT_YET_VALID: () => ({
    title: 'This key says that it was made later than now',
    action: 'The clock of the computer that made it was fast. Set it right, and make a new key.',
  }),
  KEY_EXPIRED: () => ({
    title: 'This key has expired',
    action: 'If it is yours, renew or replace it. If not, tell the person whose key it is.',
  }),
  KEY_REVOKED: () => ({
    title: 'This key was revoked',
    action: 'If it is yours, replace it and ask your administrator for a new roster. If not, wait for one.',
  }),
  KEY_TAKEN: () => ({
    title: 'This key is registered already',
    action: 'Each person has a key of their own. Make a new one.',
  }),
  KEY_PROOF_FAILED: () => ({
    title: 'We could not confirm that you hold this key',
    action: 'Ask for a new challenge and answer it.',
  }),
  KEY_PROOF_REQUIRED: () => ({
    title: 'First show that you hold your key',
    action: 'Prove that you hold it, then try again.',
  }),

  DOCUMENT_INVALID: (said) => ({
    title: 'This document is not as it should be',
    action: `${because(said, 'it cannot be read')}. Make it again, and sign it.`,
  }),
  SIGNATURE_INVALID: () => ({
    title: 'We cannot confirm who signed this',
    action: 'Sign it again with the key that stands in your organisation’s roster.',
  }),
  STATEMENT_REFUSED: (said) => ({
    title: 'This organisation statement cannot be registered',
    action: `${because(said, 'it does not follow the last one')}. Look at the current state and make a new one.`,
  }),
  ROSTER_REFUSED: (said) => ({
    title: 'This roster cannot be registered',
    action: `${because(said, 'it does not follow the last one')}. Look at the current state and sign a new one.`,
  }),

  AGR_REFUSED: (said) => ({
    title: 'This agreement cannot be taken',
    action: `${because(said, 'it is not as it should be')}. Ask the information officer who drafted it.`,
  }),
  AGR_NOT_SIGNED: (said) => ({
    title: 'You cannot send files under this agreement yet',
    action: `${said('organisation', 'Not every party')} has not signed version ${said('version', 'in force')}, or it has not begun. Ask your information officer.`,
  }),
  AGR_EXPIRED: (said) => ({
    title: `This agreement ended${on(said)}`,
    action: 'Ask your information officer for a new one; do not send the files another way.',
  }),
  AGR_REVIEW_OVERDUE: (said) => ({
    title: `This agreement had to be reviewed${on(said)}`,
    action: 'It must be reviewed before you can send files. Ask your information officer.',
  }),

  FLOW_NOT_COVERED: () => ({
    title: 'This agreement does not let your organisation send this way',
    action: 'Choose a flow from your organisation in the agreement, or ask your information officer.',
  }),
  PURPOSE_NOT_COVERED: () => ({
    title: 'This purpose is not in the agreement',
    action: 'Select a purpose this agreement covers.',
  }),
  ITEM_NOT_COVERED: (said) => ({
    title: `${said('item', 'One of the items')} is not in this agreement`,
    action: 'Remove it, or ask your information officer.',
  }),
  MARKING_TOO_HIGH: (said) => ({
    title: `You cannot send information marked ${said('marking', 'so high')} under this agreement`,
    action: `The most it allows is ${said('most', 'OFFICIAL-SENSITIVE')}. Ask your information officer what to do.`,
  }),
  HANDLING_REQUIRED: () => ({
    title: 'OFFICIAL-SENSITIVE files need a handling instruction',
    action: 'Enter handling instructions for OFFICIAL-SENSITIVE files.',
  }),
  RECIPIENT_NOT_LISTED: (said) => ({
    title: 'A recipient is not in this agreement',
    action: `Choose a caseworker or team from the partner’s roster instead of ${said('recipient', 'the one you named')}.`,
  }),
  TOO_MANY_RECIPIENTS: (said) => ({
    title: 'There are too many people behind these recipients',
    action: `One transfer is for up to ${said('most', 'so many')} people, a team’s members and you counted: these are ${said('people', 'more')}. Send to fewer, or to a smaller team.`,
  }),
  ROSTER_EXPIRED: (said) => ({
    title: `The roster of ${said('organisation', 'an organisation')} has expired${on(said)}`,
    action: 'Its administrator must sign a new one before you can send.',
  }),
  RECORDS_REQUIRED: () => ({
    title: 'This agreement asks how many records there are',
    action: 'Say how many records are in the files, in all.',
  }),
  RECORD_LIMIT: (said) => ({
    title: 'There are too many records',
    action: `This agreement allows up to ${said('most', 'so many')} in one transfer. Send fewer, or ask your information officer.`,
  }),
  FILE_EMPTY: (said) => ({
    title: 'A selected file is empty',
    action: `Look at file ${said('position', 'by file')} of your list: choose the right one, or leave it out.`,
  }),
  FILE_TOO_BIG: (said) => ({
    title: 'The selected file is too big',
    action: `It must be smaller than ${said('most', 'the agreement allows')} bytes.`,
  }),
  FILE_TYPE: (said) => ({
    title: 'A selected file must be of a type that the agreement lists',
    action: `The agreement lists ${said('listed', 'which')}. Look at file ${said('position', 'by file')} of your list: its content and the ending of its name must both be of one of these, and in an archive those of every file.`,
  }),
  TOO_MANY_FILES: (said) => ({
    title: 'There are too many files',
    action: `You can only send up to ${said('most', 'the agreed number of')} files at the same time. Send the rest in another transfer.`,
  }),
  EXPIRY_TOO_LATE: (said) => ({
    title: 'These files would be kept for too long',
    action: `Choose at most ${said('most', 'the agreed number of')} days.`,
  }),
  IDENTIFIER_IN_TEXT: (said) => ({
    title: 'A text holds something that names a person',
    action: `Remove the ${said('identifier', 'personal identifier')} from the reference.`,
  }),
  TRANSFER_STATE: (said) => ({
    title: `This cannot be done while the transfer is ${said('state', 'as it is')}`,
    action: 'Look at its status, and go on from there.',
  }),
  APPROVER_IS_SENDER: () => ({
    title: 'Nobody approves what they sent themselves',
    action: 'Ask another approver of your organisation.',
  }),
  APPROVAL_GIVEN: (said) =>
    said('by', 'another') === 'you'
      ? {
          title: 'You have answered already',
          action: 'Nothing was changed. Look at its status to see what you said.',
        }
      : {
          title: 'Another approver has answered already',
          action: 'Nothing was changed. Look at its status to see who, and what they said.',
        },
  SENDER_REQUIRED: () => ({
    title: 'Only the sender does this',
    action:
      'Ask the sender. A member of an addressed team lets in others of that team; an officer of the sender’s organisation recalls.',
  }),
  RECIPIENT_HAS_KEY: () => ({
    title: 'This person can collect it already',
    action: 'Nothing was added. Ask them to collect it with the key that their roster names today.',
  }),
  PROFILE_CANNOT_OPEN: (said) => ({
    title: 'The program of this person’s key cannot open what was sent',
    action: `The files are encrypted as ${said('profile', 'v2-gcm')}. Send them again to this person: then it is done in a way that their program opens.`,
  }),
  UPLOAD_REFUSED: () => ({
    title: 'This upload is not allowed',
    action: 'Its token has ended or belongs to another file. Begin a new transfer.',
  }),
  UPLOAD_INCOMPLETE: () => ({
    title: 'Not every file has arrived whole',
    action: 'Finish the uploads, then dispatch.',
  }),
  NOT_ENCRYPTED_TO_RECIPIENTS: () => ({
    title: 'The file is not encrypted, or is encrypted to someone not in your list',
    action:
      'Send the file itself, which is then encrypted to exactly your recipients; or ask for the recipients’ keys anew, which are for one transfer and one day, and encrypt it again for them.',
  }),
  ENVELOPE_MALFORMED: () => ({
    title: 'The encrypted file is not built as it should be',
    action: 'Send the file itself again: it is encrypted on the way.',
  }),
  SCAN_NOT_READY: (said) => ({
    title: 'We are still getting ready to check these files',
    action: `Try again in ${said('retryAfter', 'a few')} seconds.`,
  }),
  NOTE_MISMATCH: (said) => ({
    title: 'The signed document does not say what is so',
    action: `It differs in ${said('field', 'something')}. Nothing was sent or added; try again.`,
  }),
  INTEGRITY_FAILED: () => ({
    title: 'The file has changed since it was sent, so we blocked it',
    action: 'Ask the sender to send it again, and tell your information officer.',
  }),

  SCAN_PENDING: () => ({
    title: 'We are still checking this file',
    action: 'Try again in a few minutes.',
  }),
  TEAM_REQUIRED: () => ({
    title: 'This was sent to you by name, not to a team',
    action: 'Nobody else works on it: collect it.',
  }),
  TAKEN: () => ({
    title: 'Somebody else of your team has this one',
    action: 'Look at its status to see who, and take it over from them if they agree.',
  }),
  APPROVAL_PENDING: () => ({
    title: 'This waits for an approver of the sending organisation',
    action: 'You are told by mail when it is released.',
  }),
  SCAN_INFECTED: () => ({
    title: 'The selected file contains a virus',
    action: 'Nobody can open it. The sender was told; ask them for a clean file.',
  }),
  SCAN_UNSCANNABLE: () => ({
    title: 'We could not check this file, so nobody can open it',
    action: 'Ask the sender to send it in a form that can be checked: not encrypted inside, not nested too deep.',
  }),
  TRANSFER_EXPIRED: (said) => ({
    title: `The time of these files has ended${on(said)}`,
    action: 'Ask the sender to send them again.',
  }),
  TRANSFER_DESTROYED: (said) => ({
    title: `These files were deleted${on(said)}`,
    action:
      'Everyone they were sent to had acknowledged them. If you need them again, ask the sender to send them again.',
  }),
  INCIDENT_HOLD: () => ({
    title: 'These files are on hold',
    action:
      'Nobody can collect or change them until the hold is lifted. Look at the status for who holds them and why.',
  }),
  HOLD_OF_OTHERS: (said) => ({
    title: `${said('organisation', 'The other side')} placed this hold, and only they can lift it`,
    action: 'Ask who placed it, whom the status names, or an information officer or SIRO of their organisation.',
  }),
  TRANSFER_RECALLED: (said) => ({
    title: `These files were recalled${on(said)}`,
    action: 'Nobody can collect them any more. If you fetched them before, destroy your copy and say so.',
  }),
  FETCH_INCOMPLETE: (said) => ({
    title: `You were not given ${said('files', '1') === '1' ? 'one of the files' : `${said('files', '')} of the files`} whole`,
    action: 'Fetch each file, and the list of files, to its end; then say so again.',
  }),
  RANGE_INVALID: () => ({
    title: 'That part of the file does not exist',
    action: 'Ask for a part that begins before the end of the file, or for the whole.',
  }),
} as const satisfies Record<RefusalCode, (said: Said) => Words>

export function describeRefusal({ code, detail = {} }: Pick<Refusal, 'code' | 'detail'>): Words {
  return refusalWords[code]((name, otherwise) => inWords(String(detail[name] ?? otherwise)))
}

/** Decisions tell times as programs read them. */
function inWords(value: string): string {
  const at = instant.safeParse(value)
  if (at.success) return dateInWords(at.data)
  const on = day.safeParse(value)
  return on.success ? dayInWords(on.data) : value
}

function on(said: Said): string {
  const when = said('on', '')
  return when === '' ? '' : ` on ${when}`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
