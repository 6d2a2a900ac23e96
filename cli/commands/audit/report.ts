// Verifies a folder and says what was found. A log that is bad or whose key nobody pinned ends with exit code 4, one of
// which not all is there with 7.
import type { ReadEntry } from '#client/log/log-contents.ts'
import type { LogProblem } from '#client/log/log-problem.ts'
import type { SeenBefore } from '#client/log/history.ts'
import type { LogReport } from '#client/log/verify-log.ts'
import type { EventName } from '#domain/events.ts'
import { eventWords } from '#words/en/events.ts'
import { logLackWords, logProblemWords, openingKind } from '#words/en/log.ts'
import type { Context } from '../../context.ts'
import { AlreadySaid, exitCodes } from '../../terminal/exit-codes.ts'
import { verifyFolder } from '../../trust/log-folder.ts'
import { logMemory } from '../../trust/log-memory.ts'
import { rememberRevocations } from '../../trust/revocations.ts'

interface ToReport {
  readonly folder: string
  readonly earlier: readonly string[]
  /** Filled and printed when given. */
  readonly entries?: ReadEntry[]
  /** It was just fetched, and so many entries are still to come. */
  readonly fetched?: { readonly waiting: number; readonly proved: boolean | null }
  /** Given the key of a log that was found to be of a pinned agreement. */
  readonly keepVkey?: (vkey: string) => Promise<void>
}

export async function report(
  context: Context,
  { folder, earlier, entries, fetched, keepVkey }: ToReport,
): Promise<void> {
  const revocations: ReadEntry[] = []
  const found = await verifyFolder({
    folder,
    earlier,
    anchor: await context.home.findAnchor(),
    memory: logMemory(context.home),
    now: context.io.now(),
    fresh: fetched !== undefined,
    onEntry: (read) => {
      entries?.push(read)
      if (read.entry.event === 'key.revoked') revocations.push(read)
    },
  })
  if (found.status === 'verified' || found.status === 'not verified in full')
    await rememberRevocations(
      context,
      revocations.map(({ entry }) => entry),
    )
  if (found.key.pinned && found.key.vkey !== null && found.problem === null) await keepVkey?.(found.key.vkey)
  const firstBad = found.problem?.index ?? Number.POSITIVE_INFINITY
  const readable = entries?.filter(({ index }) => index < firstBad)
  context.output.result({
    value: { ...found, folder, ...fetched, ...(readable && { entries: readable.map(jsonOf) }) },
    text: [...(readable ?? []).map((read) => sentenceOf(read, found.people)), ...describe(found, folder)].join('\n'),
  })
  if (found.status === 'not verified in full') throw new AlreadySaid(exitCodes.notInFull)
  if (found.status !== 'verified') throw new AlreadySaid(exitCodes.refusedByClient)
}

function describe(found: LogReport, folder: string): string[] {
  const { status, problem, origin, size, root, key, openings, lacks, seen } = found
  const log = origin === null ? [] : [`Log      ${origin}`, `Size     ${size} entries, root ${root}`]
  const held = problem ? [] : ['Checked  every entry, every tile, the root', ...openingLines(openings)]
  const pinned = key.vkey === null ? [] : [`Vkey     ${key.vkey}`]
  return [
    ...log,
    `Key      ${keySentence({ key, status })}`,
    ...pinned,
    ...(origin === null ? [] : seenLines(seen)),
    ...held,
    ...lacks.map((lack) => `Missing  ${logLackWords[lack.code](lack)}`),
    ...(problem ? problemLines(problem, { folder, seen }) : [endSentences[status]]),
  ]
}

function openingLines({ held, theirs, missing, kinds }: LogReport['openings']): string[] {
  const ofOthers = theirs > 0 ? `, ${theirs} are sessions and addresses of others, which are not given to you` : ''
  const counted = Object.entries(kinds).map(([field, count]) => `${count} × ${openingKind(field)}`)
  const lacking = missing > 0 ? `, ${missing} ARE MISSING: ${counted.join(', ')}` : ''
  return [`Openings ${held} can be opened${ofOthers}${lacking}`]
}

const standing: Readonly<Record<SeenBefore['now'], string>> = {
  'the same': 'this is the same',
  longer: 'this log begins with them',
  older: 'they begin with this older copy',
  another: 'THIS LOG DOES NOT CONTAIN THEM',
  'not compared': 'not compared, because this log is bad in itself',
}

function seenLines(seen: SeenBefore | null): string[] {
  if (!seen)
    return ['Seen     nothing of this log here before: compare with an export of another officer, --earlier FOLDER']
  const { size, at, root, now } = seen
  return [`Seen     ${size} entries here on ${at}, root ${root}: ${standing[now]}`, ...copyLines(seen)]
}

function copyLines({ place, copy }: SeenBefore): string[] {
  if (copy === 'gone') return [`         The earlier copy is no longer in ${place}`]
  if (copy === 'changed') return [`         The earlier copy in ${place} is not what it was`]
  return place === null ? [] : [`         The earlier copy is in ${place}`]
}

function keySentence({
  key: { pinned, agreement, asOf, reason, quorum, cosigned },
}: Pick<LogReport, 'key' | 'status'>): string {
  if (!pinned) return `key not pinned: ${reason ?? 'nothing says whose it is'}`
  const witnesses =
    quorum === 0
      ? 'no witness is asked to cosign'
      : `${cosigned} of ${quorum} cosignatures that are asked for are there`
  return `of agreement ${agreement}, which holds under your pinned root as of ${asOf}; ${witnesses}`
}

function problemLines(
  { code, index, where }: LogProblem,
  { folder, seen }: { readonly folder: string; readonly seen: SeenBefore | null },
): string[] {
  const place = [index === null ? null : `Entry ${index}`, where].filter((part) => part !== null).join(', ')
  const other = seen?.now === 'another' && seen.copy === 'there' ? ` and ${seen.place}` : ''
  return [
    `BAD      ${place === '' ? '' : `${place}: `}${logProblemWords[code]} (${code})`,
    `Keep ${folder}${other}, changing nothing, and tell both information officers.`,
  ]
}

const endSentences: Readonly<Record<LogReport['status'], string>> = {
  verified: 'Verified.',
  'not verified in full': 'NOT VERIFIED IN FULL: nothing here is wrong, but not everything is here.',
  'key not pinned': 'NOT PROVED: what is here agrees with itself, but whose key signed it is not known here.',
  bad: '',
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
  return `Account ${account ?? 'not given'} of ${actor.organisation}`
}

function jsonOf({ index, entry, opened }: ReadEntry) {
  return { index, entry, opened: Object.fromEntries(opened) }
}
