// Every mail Safehand sends: that something waits or went wrong, where to look, until when. Mail is read by many
// eyes, so it names no sender, recipient, subject, file or case, and no link signs anybody in (ARCHITECTURE.md#mail).
import type { AccountMailTemplate } from '#domain/identity/changes.ts'
import type { MailTemplate } from '#domain/transfers/changes.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { dateInWords } from './dates.ts'

export interface MailFacts {
  readonly transfer: TransferId
  readonly collectBy: Instant
  /** Where it was recalled: by when recipients are to say what became of their copies. */
  readonly destroyBy: Instant | null
  /** Where people sign in. */
  readonly url: string
}

export interface MailWords {
  readonly subject: string
  readonly text: string
}

const closing = 'Safehand never asks for a password or passphrase by mail.'

const due = (destroyBy: Instant | null) => (destroyBy === null ? 'in time' : `by ${dateInWords(destroyBy)}`)

const howToSay = (transfer: TransferId, url: string) =>
  `Sign in at ${url} or use: safehand state-destruction ${transfer} --how "..." Where it was sent to a team one member signs for all: ask the others first.`

const keptByLaw = 'If the law makes you keep them, say which: --kept-because "..."'

const letter = (...paragraphs: readonly string[]) => `${[...paragraphs, closing].join('\n\n')}\n`

export const mailWords = {
  'transfer-waiting': ({ transfer, collectBy, url }) => ({
    subject: 'Files are waiting for you',
    text: letter(
      'Files are waiting for you or your team in Safehand.',
      `Collect them by ${dateInWords(collectBy)}. After that they are destroyed.`,
      `Sign in at ${url} or use: safehand collect ${transfer}`,
    ),
  }),
  'transfer-left-out': ({ transfer, collectBy }) => ({
    subject: 'Files came for your team, and your key cannot open them yet',
    text: letter(
      'Files are waiting for your team in Safehand. They were not encrypted for your key: it had expired, or it came later.',
      'If it has expired, renew it (safehand key renew) or replace it.',
      `Then their sender, or a colleague who can collect them, lets you in: safehand add-recipient ${transfer} --to YOUR-ADDRESS --reason WHY`,
      `They can be collected until ${dateInWords(collectBy)}. After that they are destroyed.`,
    ),
  }),
  'still-waiting': ({ transfer, collectBy, url }) => ({
    subject: 'Files still wait for you',
    text: letter(
      'Files wait for you or your team in Safehand, and nobody has collected them yet.',
      `Collect them by ${dateInWords(collectBy)}. After that they are destroyed.`,
      `Sign in at ${url} or use: safehand collect ${transfer}`,
      `If they are not meant for you, say so: safehand report ${transfer} --problem wrong-recipient --reason "..."`,
    ),
  }),
  'not-collected': ({ transfer, collectBy, url }) => ({
    subject: 'A transfer was not collected yet',
    text: letter(
      `Somebody whom transfer ${transfer} was sent to has not collected it, and was reminded.`,
      `On ${dateInWords(collectBy)} it is destroyed. Ask them whether they are there, or whether somebody else should collect it.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'transfer-rejected': ({ transfer, url }) => ({
    subject: 'A transfer was stopped',
    text: letter(
      `The virus scan stopped transfer ${transfer}. Nobody can collect it.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
      'Tell your IT security team before you send these files again.',
    ),
  }),
  'transfer-not-released': ({ transfer, url }) => ({
    subject: 'A transfer was not released',
    text: letter(
      `Transfer ${transfer} was not released, and nobody can collect it: the agreement no longer permits it, or it waited too long for its sender.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'transfer-other-types': ({ transfer, url }) => ({
    subject: 'A transfer was not released',
    text: letter(
      `Transfer ${transfer} was not released, and nobody can collect it: a file in it, or in an archive in it, is of no type that the agreement lists, or is another than its name says.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'transfer-held': ({ transfer, url }) => ({
    subject: 'A transfer waits for an approver',
    text: letter(
      `Transfer ${transfer} could not be scanned for viruses, so it is held.`,
      'An approver of the sending organisation, not the sender, may release it with a reason.',
      `Sign in at ${url} or use: safehand approve ${transfer}`,
    ),
  }),
  'transfer-recalled': ({ transfer, url }) => ({
    subject: 'A transfer was recalled',
    text: letter(
      `Transfer ${transfer} was recalled. Nobody can collect it any more.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'transfer-on-hold': ({ transfer, url }) => ({
    subject: 'A transfer is on hold',
    text: letter(
      `Transfer ${transfer} was put on hold. Nobody can collect it meanwhile, and its time stands still.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'hold-lifted': ({ transfer, url }) => ({
    subject: 'A transfer is no longer on hold',
    text: letter(
      `The hold on transfer ${transfer} was lifted.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'report-stands': ({ transfer, url }) => ({
    subject: 'A transfer is still on hold',
    text: letter(
      `An officer’s hold on transfer ${transfer} was lifted. What a recipient reported before it still stands: nobody can collect it, and its time stands still.`,
      `Who reported it, and why: sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'release-delayed': ({ transfer, url }) => ({
    subject: 'You have not sent to them before',
    text: letter(
      `Transfer ${transfer} goes to somebody who never received anything under this agreement. It is released a little later.`,
      `If it is not meant for them, undo it now, and nobody can have read it. Sign in at ${url} or use: safehand recall ${transfer} --reason "..."`,
    ),
  }),
  'transfer-expired': ({ transfer, url }) => ({
    subject: 'A transfer was not collected in time',
    text: letter(
      `The time of transfer ${transfer} is over, and not everyone had collected it. It is destroyed.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'destruction-asked': ({ transfer, destroyBy, url }) => ({
    subject: 'Destroy files that were recalled',
    text: letter(
      `Transfer ${transfer} was recalled after you or your team had fetched it. Do not use the files, and destroy every copy.`,
      `Then say so, signed, ${due(destroyBy)}. ${howToSay(transfer, url)}`,
      keptByLaw,
    ),
  }),
  'destruction-due': ({ transfer, destroyBy, url }) => ({
    subject: 'Say soon what became of files that were recalled',
    text: letter(
      `Transfer ${transfer} was recalled after you or your team had fetched it, and nobody has said yet that your copy is destroyed.`,
      `Destroy every copy and say so, signed, ${due(destroyBy)}. ${howToSay(transfer, url)}`,
      keptByLaw,
      'After that, the sender and the information officers of both organisations are told.',
    ),
  }),
  'destruction-overdue': ({ transfer, destroyBy, url }) => ({
    subject: 'Overdue: say what became of files that were recalled',
    text: letter(
      `Transfer ${transfer} was recalled after you or your team had fetched it. You were to say ${due(destroyBy)} that your copy is destroyed, and nobody has.`,
      `Destroy every copy and say so, signed, today. ${howToSay(transfer, url)}`,
      keptByLaw,
      'The sender and the information officers of both organisations have been told.',
    ),
  }),
  'destruction-missing': ({ transfer, destroyBy, url }) => ({
    subject: 'Overdue: nobody said that recalled files are destroyed',
    text: letter(
      `Transfer ${transfer} was recalled after somebody had fetched it. They were to say ${due(destroyBy)} that their copy is destroyed, and have not.`,
      `Who it is, and what others said: sign in at ${url} or use: safehand status ${transfer}`,
      'Ask them. Whether it is an incident is for the information officers to say.',
    ),
  }),
  'destruction-stated': ({ transfer, url }) => ({
    subject: 'A recipient said what became of their copy',
    text: letter(
      `A recipient of transfer ${transfer} signed what became of the copy that they had fetched.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'approval-asked': ({ transfer, url }) => ({
    subject: 'A transfer waits for an approver',
    text: letter(
      `Transfer ${transfer} is more than one person may send under its agreement, so it is held.`,
      'An approver of the sending organisation, not the sender, may release it or send it back, with a reason.',
      `Sign in at ${url} or use: safehand approve ${transfer}`,
    ),
  }),
  'transfer-approved': ({ transfer, url }) => ({
    subject: 'A transfer was approved',
    text: letter(
      `An approver lets transfer ${transfer} go. Its recipients are told when they can collect it.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'transfer-sent-back': ({ transfer, url }) => ({
    subject: 'A transfer was sent back to you',
    text: letter(
      `An approver did not let transfer ${transfer} go, and says why. Nobody can collect it.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
    ),
  }),
  'scan-key-lost': ({ transfer, url }) => ({
    subject: 'A transfer waits for you',
    text: letter(
      `Transfer ${transfer} could not be scanned: its one-use scan key is gone. Nothing was read, and nobody can collect it.`,
      `Ask for a new scan within 24 hours. Sign in at ${url} or use: safehand rescan ${transfer}`,
    ),
  }),
  'recipient-added': ({ transfer, url }) => ({
    subject: 'Somebody else can collect what you sent',
    text: letter(
      `A member of the team that you sent transfer ${transfer} to has let one more member collect it, or the same person with another key.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
      'If you did not expect it, ask them.',
    ),
  }),
} as const satisfies Record<MailTemplate, (facts: MailFacts) => MailWords>

/** Of somebody's own account, or of a colleague's that they are to confirm something about. */
export const accountMailWords = {
  'password-changed': ({ url }) => ({
    subject: 'Your Safehand password was changed',
    text: letter(
      'The password of your account was changed. Everything else that was signed in as you was ended.',
      `If it was not you, tell your organisation’s administrator at once: they can end your account or let you choose anew. Service: ${url}`,
    ),
  }),
  'reset-opened': ({ url }) => ({
    subject: 'Somebody lets you choose a new Safehand password',
    text: letter(
      'An administrator opened a reset of your password and authenticator, and tells you a code in person or by phone.',
      'If you did not ask for it, ask them. Until it is completed you can take it back: your password still works.',
      `Sign in at ${url} or use: safehand account resets`,
    ),
  }),
  'reset-asked': ({ url }) => ({
    subject: 'A reset waits for a second administrator',
    text: letter(
      'An administrator lost their password or authenticator, and another opened a reset. It does nothing until a second person has confirmed it.',
      'Confirm it only when you know from them both, in person or by phone, that it is so.',
      `Sign in at ${url} or use: safehand account resets`,
    ),
  }),
  'reset-completed': ({ url }) => ({
    subject: 'Your Safehand password and authenticator are new',
    text: letter(
      'A reset of your account was completed: password, authenticator and one-time codes are new, the old ones count no more.',
      `If it was not you, tell your organisation’s administrators at once. Service: ${url}`,
    ),
  }),
} as const satisfies Record<AccountMailTemplate, (facts: Pick<MailFacts, 'url'>) => MailWords>

/** To the administrators of an organisation; of no transfer. */
export function webhookFailingMail({ webhook, url }: { readonly webhook: string; readonly url: string }): MailWords {
  return {
    subject: 'A webhook of your organisation fails',
    text: letter(
      `Webhook ${webhook} took nothing for a day, or said that it is gone. Nothing more is sent to it.`,
      `When it is mended: sign in at ${url} or use: safehand webhook test ${webhook}`,
    ),
  }
}
