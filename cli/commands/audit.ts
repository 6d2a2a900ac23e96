// `safehand audit`: take a log home, and check one without the service. What is exported is verified at once, as it was
// written; a log that is bad or whose key nobody pinned ends with exit code 4.
import type { Command } from 'commander'
import { exportLog } from '#client/log/export-log.ts'
import type { ReadEntry } from '#client/log/log-contents.ts'
import type { LogProblem } from '#client/log/log-problem.ts'
import type { LogReport } from '#client/log/verify-log.ts'
import type { EventName } from '#domain/events.ts'
import { sha256 } from '#platform/crypto.ts'
import { eventWords } from '#words/en/events.ts'
import { logProblemWords } from '#words/en/log.ts'
import { parseAgreementId } from '../trust/agreements.ts'
import { type Context, signedInApi } from '../context.ts'
import { AlreadySaid, exitCodes, usage } from '../terminal/exit-codes.ts'
import { openSink, verifyFolder } from '../trust/log-folder.ts'
import { startProgress } from '../terminal/progress.ts'
import { rememberRevocations } from '../trust/revocations.ts'

export function addAuditCommands(program: Command, context: Context): void {
  const audit = program.command('audit').description('the append-only log of what happened')
  audit
    .command('export [agreement]')
    .description('fetch a log with all that is needed to verify it, and verify it')
    .requiredOption('--into <folder>', 'where it goes; must not be there yet, or be empty')
    .option('--organisation', "your organisation's own log instead of an agreement's")
    .action((agreement: string | undefined, options: ExportOptions) =>
      exportCommand(context, { agreement, ...options }),
    )
  audit
    .command('verify <folder>')
    .description('verify an exported log offline, under the root that is pinned here')
    .option('--earlier <checkpoint...>', 'checkpoints or folders exported before: the log must begin with them')
    .option('--entries', 'print what the log says, entry by entry')
    .action((folder: string, options: VerifyOptions) => verifyCommand(context, { folder, ...options }))
}

interface ExportOptions {
  readonly into: string
  readonly organisation?: boolean
}

async function exportCommand(
  context: Context,
  { agreement, into, organisation = false }: ExportOptions & { readonly agreement: string | undefined },
): Promise<void> {
  if ((agreement === undefined) !== organisation) throw usage('Name an agreement, or say --organisation.')
  const log =
    agreement === undefined
      ? ({ kind: 'organisation', id: (await context.home.readSettings()).organisation } as const)
      : ({ kind: 'agreement', id: parseAgreementId(agreement) } as const)
  const api = await signedInApi(context)
  const sink = await openSink(into)
  let bar: ReturnType<typeof startProgress> | undefined
  const { size, waiting } = await exportLog({
    api,
    log,
    sink,
    sha256,
    onProgress: ({ entries, of }) => {
      bar ??= startProgress(context, { label: 'Fetching entries', total: of })
      bar.at(entries)
    },
  }).finally(() => bar?.stop())
  context.output.note(`Exported ${size} entries into ${into}.`)
  if (waiting > 0) context.output.note(`${waiting} entries are not in it yet: export again later.`)
  await report(context, { folder: into, earlier: [], waiting })
}

interface VerifyOptions {
  readonly earlier?: readonly string[]
  readonly entries?: boolean
}

async function verifyCommand(
  context: Context,
  { folder, earlier = [], entries = false }: VerifyOptions & { readonly folder: string },
): Promise<void> {
  await report(context, { folder, earlier, ...(entries && { entries: [] }) })
}

interface ToReport {
  readonly folder: string
  readonly earlier: readonly string[]
  /** Filled and printed when given. */
  readonly entries?: ReadEntry[]
  readonly waiting?: number
}

async function report(context: Context, { folder, earlier, entries, waiting }: ToReport): Promise<void> {
  const revocations: ReadEntry[] = []
  const found = await verifyFolder({
    folder,
    earlier,
    anchor: await context.home.findAnchor(),
    now: context.io.now(),
    onEntry: (read) => {
      entries?.push(read)
      if (read.entry.event === 'key.revoked') revocations.push(read)
    },
  })
  if (found.status === 'verified')
    await rememberRevocations(
      context,
      revocations.map(({ entry }) => entry),
    )
  const firstBad = found.problem?.index ?? Number.POSITIVE_INFINITY
  const readable = entries?.filter(({ index }) => index < firstBad)
  context.output.result({
    value: {
      ...found,
      folder,
      ...(waiting !== undefined && { waiting }),
      ...(readable && { entries: readable.map(jsonOf) }),
    },
    text: [...(readable ?? []).map((read) => sentenceOf(read, found.people)), ...describe(found)].join('\n'),
  })
  if (found.status !== 'verified') throw new AlreadySaid(exitCodes.refusedByClient)
}

function describe({ status, problem, origin, size, root, key, openings }: LogReport): string[] {
  const log = origin === null ? [] : [`Log      ${origin}`, `Size     ${size} entries, root ${root}`]
  const opened = `Openings ${openings.held} can be opened, ${openings.erased} are erased or were not given`
  const held = problem ? [] : [`Checked  every entry, every tile, the root`, opened]
  return [
    ...log,
    `Key      ${keySentence({ key, status })}`,
    ...held,
    problem ? problemSentence(problem) : endSentence(status),
  ]
}

function keySentence({ key: { pinned, agreement, asOf, reason, quorum } }: Pick<LogReport, 'key' | 'status'>): string {
  if (!pinned) return `key not pinned: ${reason ?? 'nothing says whose it is'}`
  const witnesses =
    quorum === 0 ? 'no witness is asked to cosign' : `${quorum} cosignatures are asked for, not checked yet`
  return `of agreement ${agreement}, which holds under your pinned root as of ${asOf}; ${witnesses}`
}

function problemSentence({ code, index, where }: LogProblem): string {
  const place = [index === null ? null : `Entry ${index}`, where].filter((part) => part !== null).join(', ')
  return `BAD      ${place === '' ? '' : `${place}: `}${logProblemWords[code]} (${code})\nKeep this folder as it is, and tell both information officers.`
}

function endSentence(status: LogReport['status']): string {
  return status === 'verified'
    ? 'Verified.'
    : 'NOT PROVED: what is here agrees with itself, but whose key signed it is not known here.'
}

/** One entry as a plain sentence: when, who, what, how it ended. */
function sentenceOf({ index, entry, opened }: ReadEntry, people: LogReport['people']): string {
  const words = eventWords[entry.event as EventName] ?? entry.event
  const undone =
    entry.outcome === 'success' ? '' : `NOT DONE, ${entry.outcome}${entry.code ? ` (${entry.code})` : ''}: `
  const transfer = entry.transfer ? ` [transfer ${entry.transfer}]` : ''
  return `${String(index).padStart(6)}  ${entry.at}  ${actorOf({ entry, opened }, people)}: ${undone}${words}${transfer}`
}

function actorOf(
  { entry: { actor, source }, opened }: Pick<ReadEntry, 'entry' | 'opened'>,
  people: LogReport['people'],
): string {
  if (actor.kind === 'unknown') return 'Nobody known'
  if (actor.kind !== 'person') return `The ${source.client}`
  const account = opened.get('actor.account')
  const person = people.find((one) => one.account === account)
  if (person) return `${person.name}, ${person.organisation}`
  return `Account ${account ?? 'erased'} of ${actor.organisation}`
}

function jsonOf({ index, entry, opened }: ReadEntry) {
  return { index, entry, opened: Object.fromEntries(opened) }
}
