// `safehand watch FOLDER`: sends what is put there once it has stopped growing, and puts it away. Runs until it is stopped, or
// with --once goes over it one time, for cron. What was seen to be agreed is verified again every few minutes: nobody is sent
// to by a roster of last month. A service that is away is waited for; whoever may be lying ends it.
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { RefusedByServer, ServerUnreachable } from '#client/api.ts'
import type { KeyHolder } from '#client/trust/key-holder.ts'
import { asksForRecords } from '#domain/policy/decide-transfer.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { type WatchEvent, watchWords } from '#words/en/watch.ts'
import { mapConcurrently } from '#client/concurrency.ts'
import type { Where } from '../batch/files.ts'
import { type Ledger, openLedger } from '../batch/ledger.ts'
import { takeLock } from '../lock.ts'
import type { AskedInWords } from '#client/batch/rows.ts'
import { parseRecordsOfEach } from '../batch/rows.ts'
import type { AgreementWanted } from '#client/trust/fetch-agreement.ts'
import { trustedAgreement } from '../trust/agreements.ts'
import { type Trusted, trustAgreement } from '../batch/trusted.ts'
import { type Context, unlockRostered } from '../context.ts'
import { AlreadySaid, exitCodes, usage } from '../terminal/exit-codes.ts'
import { describeFileError } from '../terminal/file-error.ts'
import { addRequestOptions, parseDays, requireAll, sendEffects, type SendOptions } from '../sending/request.ts'
import { createJournals, type Journals } from '../sending/journals.ts'
import { listEntries } from '../watch/entries.ts'
import { makeFolders } from '../watch/put-away.ts'
import { closeMoved, type EntryOutcome, sendEntry } from '../watch/send-entry.ts'
import { createSettling } from '../watch/settling.ts'

interface WatchOptions extends Partial<SendOptions> {
  readonly settle: string
  readonly once?: boolean
}

export function addWatchCommand(program: Command, context: Context): void {
  const command = program
    .command('watch <folder>')
    .description(
      'send what is put into a folder, each file or folder as one transfer, and move it to sent/ or refused/',
    )
    .option('--settle <seconds>', 'how long a file must have stopped changing', '10')
    .option('--once', 'send what is there now, then end')
  addRequestOptions(command)
    .addHelpText('after', '\n--records counts each file: those of a folder are added up.')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((folder: string, options: WatchOptions) => watch(context, folder, options))
}

async function watch(context: Context, given: string, options: WatchOptions): Promise<void> {
  const asked = requireAll(options)
  const settle = parseSettle(options.settle)
  const records = parseRecordsOfEach(options.records)
  const { home } = context
  const folder = await realpath(given).catch((error: unknown) => {
    throw usage(describeFileError(error, given) ?? `Cannot use ${given}.`)
  })
  const taken = `Another safehand is watching ${folder}. One is enough.`
  await makeFolders(folder)
  using _lock = takeLock(join(folder, '.safehand-watch.lock'), { taken })
  const ledger = await openLedger(await home.path('batches', `${sha256Hex(folder).slice(0, 32)}.jsonl`), { taken })
  try {
    await using journals = createJournals(home)
    const watched = { asked, records, ledger, journals, where: { folder, home: await realpath(home.folder) } }
    await (options.once ? once(context, { ...watched, settle }) : untilStopped(context, { ...watched, settle }))
  } finally {
    await ledger.close()
  }
}

interface Watched {
  readonly asked: SendOptions
  /** In each file. */
  readonly records: number | undefined
  readonly ledger: Ledger
  readonly journals: Journals
  readonly where: Where
  /** Seconds. */
  readonly settle: number
}

async function once(context: Context, watched: Watched): Promise<void> {
  const sender = await createSender(context, watched)
  const settled = createSettling(watched.settle * 1000)
  settled((await listEntries(watched.where.folder)).entries, performance.now())
  await sleep(watched.settle * 1000 + 10, undefined, { signal: context.io.signal })
  const outcomes = await sendSettled(context, { ...watched, settled, sender })
  if (outcomes.some((outcome) => outcome.event === 'refused')) throw new AlreadySaid(exitCodes.refusedByService)
}

async function untilStopped(context: Context, watched: Watched): Promise<void> {
  const { signal } = context.io
  const { folder } = watched.where
  const settled = createSettling(watched.settle * 1000)
  const sender = await createSender(context, watched)
  say(context, 'watching', { folder, settle: String(watched.settle) })
  try {
    while (!signal.aborted) {
      await sendSettled(context, { ...watched, settled, sender }).catch((error: unknown) => sayWaiting(context, error))
      await sleep(Math.min(watched.settle * 500, lookEveryMs), undefined, { signal })
    }
  } catch (error) {
    // Stopped: what was under way is in the ledger, and goes on next time.
    if (!signal.aborted) throw error
  }
}

const lookEveryMs = 2000
const concurrency = 4

/** The service is away or busy: it is tried again at the next look. Anything else ends the watch. */
async function sayWaiting(context: Context, error: unknown): Promise<void> {
  const isAway = error instanceof ServerUnreachable
  const isBusy = error instanceof RefusedByServer && (error.status === 429 || error.status >= 500)
  if (!isAway && !isBusy) throw error
  say(context, 'waiting', { words: error.message })
}

interface Round extends Watched {
  readonly settled: ReturnType<typeof createSettling>
  readonly sender: Sender
}

async function sendSettled(context: Context, round: Round): Promise<readonly EntryOutcome[]> {
  const { where, ledger, settled } = round
  const { entries, leftAlone } = await listEntries(where.folder)
  for (const words of leftAlone) context.output.noteOnce(words)
  await closeMoved(ledger, { folder: where.folder, entries })
  const names = settled(entries, performance.now())
  const ready = entries.filter(({ name }) => names.includes(name))
  if (ready.length === 0) return []
  const { trusted, sending } = await round.sender()
  const outcomes = await mapConcurrently(ready, {
    concurrency,
    work: async (entry) => {
      context.io.signal.throwIfAborted()
      const outcome = await sendEntry(
        { trusted, sending, where, asked: inWords(round.asked), records: round.records },
        entry,
      )
      if (outcome) say(context, outcome.event, outcome)
      return outcome
    },
  })
  return outcomes.filter((outcome) => outcome !== null)
}

type Sender = () => Promise<{ readonly trusted: Trusted; readonly sending: Parameters<typeof sendEntry>[0]['sending'] }>

/** Verifies now, so that what is wrong shows at the start, and again when what it verified is old. The key is asked for once. */
async function createSender(context: Context, { asked, records, ledger, journals }: Watched): Promise<Sender> {
  const { io, home } = context
  const { url } = await home.readSettings()
  const trust = (wanted: AgreementWanted) => trustedAgreement(context, wanted)
  const verify = () => trustAgreement(context, { agreement: asked.agreement, retrySeconds })
  let trusted = await verify()
  const flow = trusted.agreement.agreement.flows.find(({ code }) => code === asked.flow)
  if (flow && asksForRecords(flow) && records === undefined)
    throw usage(`Option --records is needed: ${asked.flow} asks how many records are in each file.`)
  let until = addSeconds(io.now(), trustSeconds)
  const keys = new Map<string, KeyHolder>()
  const sender: Sender = async () => {
    if (io.now() >= until) {
      trusted = await verify()
      until = addSeconds(io.now(), trustSeconds)
    }
    const { api, agreement, person } = trusted
    const { encryptionSubkey } = person
    const key =
      keys.get(encryptionSubkey) ??
      (await unlockRostered(context, { encryptionSubkey, passphraseFile: asked.passphraseFile })).key
    keys.set(encryptionSubkey, key)
    const effects = sendEffects(context, { api, url, progress: () => undefined, journals })
    return { trusted, sending: { api, effects, journals, sender: { agreement, person, key }, ledger, trust } }
  }
  await sender()
  return sender
}

const trustSeconds = 300
const retrySeconds = 60

function inWords(options: SendOptions): AskedInWords {
  const { to, caseReference, purpose, item, marking, handling, flow } = options
  return {
    to,
    purpose,
    items: item,
    marking,
    flow,
    'case-reference': caseReference ?? null,
    handling: handling ?? null,
    days: parseDays(options.days) ?? null,
  }
}

/** One line for each event; with --json one value a line. */
function say({ io, output }: Context, event: WatchEvent, said: object): void {
  const at: Instant = io.now()
  const text = watchWords[event]({ ...said } as Record<string, string>)
  output.result({ value: { at, event, ...said }, text: `${at} ${text}` })
}

function parseSettle(text: string): number {
  const seconds = Number(text)
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw usage('--settle is a whole number of seconds from 1 to 3600.')
  }
  return seconds
}
