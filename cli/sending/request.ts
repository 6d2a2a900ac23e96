// What a person asks to send, from the options of a command line. What agreement and rosters do not have ends the command
// with what they have.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import type { Api } from '#client/api.ts'
import type { SendEffects, SendRequest } from '#client/send/sending.ts'
import { isUnknown, lookUpRequest } from '#client/send/request-in-words.ts'
import { whoCanOpen } from '#client/trust/named-recipient.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import { type Flow, type Marking, markings } from '#domain/agreements/agreement.ts'
import { mostDays } from '#domain/policy/bounds.ts'
import type { Unknown } from '#domain/transfers/request-in-words.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { seeFileType } from '#platform/file-type.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { idleTimer, defaultIdleSeconds } from '#client/idle-timeout.ts'
import { readyForScanWords } from '#words/en/batch.ts'
import { dateInWords } from '#words/en/dates.ts'
import { describeUnknown, leftOutWords } from '#words/en/unknown.ts'
import { parseAgreementId, trustedAgreement } from '../trust/agreements.ts'
import { type Context, signedInApi } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'
import { findMyself } from '../collecting/open-transfer.ts'
import { createJournals, type Journals } from './journals.ts'

export interface SendOptions {
  readonly passphraseFile?: string
  readonly agreement: string
  readonly flow: string
  readonly purpose: string
  readonly item: readonly string[]
  readonly marking: Marking
  readonly handling?: string
  readonly to: readonly string[]
  readonly caseReference?: string
  readonly days?: string
  readonly records?: string
}

/** None is required by the command itself: `requireAll` does that, where they are asked for. */
export function addRequestOptions(command: Command): Command {
  return command
    .option('--agreement <id>', 'the agreement that permits it')
    .option('--flow <code>', "the agreement's flow")
    .option('--purpose <code>', 'why, as the agreement names it')
    .option('--item <codes...>', 'what is in the files, as the agreement names it')
    .addOption(new Option('--marking <marking>', 'protective marking').choices(markings).default('OFFICIAL'))
    .option('--handling <text>', "handling instruction (otherwise the flow's)")
    .option('--to <recipients...>', "e-mail addresses or team names at the flow's end")
    .option('--case-reference <text>', 'your reference; no personal identifier')
    .option('--records <number>', 'how many records are in the files in all, where the agreement asks for it')
    .option('--days <number>', "days until it is deleted (otherwise the flow's longest)")
}

/** Throws CommandFailed USAGE. */
export function requireAll(options: Partial<SendOptions>): SendOptions {
  const { agreement, flow, purpose, item, to, marking = 'OFFICIAL' } = options
  if (!agreement || !flow || !purpose || !item || !to) {
    const missing = Object.entries({ agreement, flow, purpose, item, to }).find(([, value]) => !value)
    throw usage(`Option --${missing?.[0]} is needed.`)
  }
  return { ...options, agreement, flow, purpose, item, to, marking }
}

export interface Asked {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly flow: Flow
  readonly asked: Omit<SendRequest, 'files'>
}

export async function readRequest(context: Context, options: SendOptions): Promise<Asked> {
  const api = await signedInApi(context)
  const agreement = await trustedAgreement(context, { api, id: parseAgreementId(options.agreement) })
  const inWords = {
    flow: options.flow,
    purpose: options.purpose,
    items: options.item,
    marking: options.marking,
    handling: options.handling ?? null,
    caseReference: options.caseReference ?? null,
    records: parseRecords(options.records),
    days: parseDays(options.days) ?? null,
    to: options.to,
  }
  const found = lookUpRequest(agreement, inWords)
  if (!found.ok) throw notFound(found.unknown[0])
  const person = await findMyself(context, agreement)
  if (whoCanOpen([person], context.io.now()).members.length === 0)
    throw notFound({ unknown: 'KEY_EXPIRED', saw: person.email, ended: [person] })
  for (const { name, leftOut } of found.request.recipients)
    if (leftOut.length > 0) context.output.note(leftOutWords(name, leftOut))
  return { api, agreement, person, flow: found.flow, asked: found.request }
}

/** What was looked up. Throws CommandFailed where it is not there. */
export function required<Found extends object>(found: Found | Unknown): Found {
  if (isUnknown(found)) throw notFound(found)
  return found
}

function notFound(unknown: Unknown): CommandFailed {
  const { title, action } = describeUnknown(unknown)
  if (unknown.unknown === 'KEY_EXPIRED') {
    const message = `${title}. ${action}`
    return new CommandFailed({ exit: exitCodes.refusedByClient, code: unknown.unknown, message })
  }
  if (unknown.unknown !== 'RECIPIENT_UNKNOWN') return usage(`${title}. ${action}`)
  const people = unknown.known.map(({ name, email }) => `  ${name} <${email}>`)
  return new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'RECIPIENT_NOT_LISTED',
    message: [`${title}. It has:`, ...people, action].join('\n'),
  })
}

export function describeSent(sent: {
  readonly transfer: TransferId
  readonly files: number
  readonly to: readonly string[]
  readonly expires: Instant
}): string {
  const { transfer, files, to, expires } = sent
  return [
    `Sent ${files === 1 ? '1 file' : `${files} files`} to ${to.join(', ')}: transfer ${transfer}`,
    `It is checked for viruses first; then it can be collected until ${dateInWords(expires)}.`,
    `Next: safehand status ${transfer}. To undo it: safehand recall ${transfer} --reason "..."`,
  ].join('\n')
}

/** The world, as the client's code for sending wants it. */
export function sendEffects(
  context: Context,
  {
    api,
    url,
    progress,
    journals = createJournals(context.home),
  }: Pick<SendEffects, 'api' | 'url'> & {
    readonly progress: NonNullable<SendEffects['progress']>
    /** To be told of, or to go on with, what breaks off; otherwise it is found by `safehand resume` all the same. */
    readonly journals?: Journals
  },
): SendEffects {
  const { io, output } = context
  return {
    api,
    url,
    now: io.now,
    random: (octets) => Uint8Array.from(randomBytes(octets)),
    primitives: openpgpPrimitives,
    seeFileType,
    journal: journals.write,
    sleep: (milliseconds) => {
      output.noteOnce(readyForScanWords)
      return sleep(milliseconds, undefined, { signal: io.signal })
    },
    progress,
    signal: io.signal,
    idleTimer: idleTimer(io.idleSeconds ?? defaultIdleSeconds),
  }
}

function parseRecords(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,15}$/.test(text)) throw usage('--records is a whole number from 0.')
  return Number(text)
}

export function parseDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const days = Number(text)
  if (!Number.isSafeInteger(days) || days < 1 || days > mostDays)
    throw usage(`--days is a whole number from 1 to ${mostDays}.`)
  return days
}
