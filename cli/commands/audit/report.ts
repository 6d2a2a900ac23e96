// Verifies a folder and says what was found. A log that is bad or whose key nobody pinned ends with exit code 4.
import type { ReadEntry } from '#client/log/log-contents.ts'
import type { LogProblem } from '#client/log/log-problem.ts'
import type { LogReport } from '#client/log/verify-log.ts'
import type { EventName } from '#domain/events.ts'
import { eventWords } from '#words/en/events.ts'
import { logProblemWords } from '#words/en/log.ts'
import type { Context } from '../../context.ts'
import { AlreadySaid, exitCodes } from '../../terminal/exit-codes.ts'
import { verifyFolder } from '../../trust/log-folder.ts'
import { rememberRevocations } from '../../trust/revocations.ts'

interface ToReport {
  readonly folder: string
  readonly earlier: readonly string[]
  /** Filled and printed when given. */
  readonly entries?: ReadEntry[]
  readonly waiting?: number
}

export async function report(context: Context, { folder, earlier, entries, waiting }: ToReport): Promise<void> {
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
