// Every mail Safehand sends: that something waits or went wrong, where to look, until when. Mail is read by many
// eyes, so it names no sender, recipient, subject, file or case, and no link signs anybody in (FX-R4).
import type { MailTemplate } from '#domain/transfers/changes.ts'
import type { Instant, TransferId } from '#domain/values.ts'

export interface MailFacts {
  readonly transfer: TransferId
  readonly collectBy: Instant
  /** Where people sign in. */
  readonly url: string
}

export interface MailWords {
  readonly subject: string
  readonly text: string
}

const months = ['January', 'February', 'March', 'April', 'May', 'June'].concat([
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
])

/** `6 December 2026, 09:00 UTC`. */
export function dateInWords(instant: Instant): string {
  const [year, month, day] = instant.slice(0, 10).split('-')
  return `${Number(day)} ${months[Number(month) - 1]} ${year}, ${instant.slice(11, 16)} UTC`
}

const closing = 'Safehand never asks for a password or passphrase by mail.'

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
  'transfer-rejected': ({ transfer, url }) => ({
    subject: 'A transfer was stopped',
    text: letter(
      `The virus scan stopped transfer ${transfer}. Nobody can collect it.`,
      `Sign in at ${url} or use: safehand status ${transfer}`,
      'Tell your IT security team before you send these files again.',
    ),
  }),
  'scan-key-lost': ({ transfer, url }) => ({
    subject: 'Please send a transfer again',
    text: letter(
      `Transfer ${transfer} could not be scanned: its one-use scan key is gone. Nothing was read, and nobody can collect it.`,
      `Send the files again. Sign in at ${url} or use: safehand send`,
    ),
  }),
} as const satisfies Record<MailTemplate, (facts: MailFacts) => MailWords>
