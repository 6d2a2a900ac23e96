// What is not there of a log in which nothing is wrong: it is verified, but not in full, and the reader is told what to ask
// for.
import type { LogLackCode } from '#domain/audit/problems.ts'
import { isAhead } from '#domain/time.ts'
import type { Instant, OrganisationId } from '#domain/values.ts'
import type { SeenBefore } from './history.ts'
import type { Contents, MissingOpenings } from './log-contents.ts'
import type { LogKeys } from './log-keys.ts'

export interface LogLack {
  readonly code: LogLackCode
  readonly count: number
  /** An instant or an entry; what it is about. */
  readonly where: string | null
}

/** Path of the committed field -> how many. */
export type MissingByKind = Readonly<Record<string, number>>

/** Sessions and addresses are the business of who acted (server/audit/entries.ts): a partner is not given them. */
export function missingByKind(missing: readonly MissingOpenings[], own: OrganisationId | null) {
  const isTheirs = ({ field, organisation }: MissingOpenings) =>
    own !== null && organisation !== own && field.startsWith('source.')
  const kinds: Record<string, number> = {}
  for (const one of missing.filter((each) => !isTheirs(each))) kinds[one.field] = (kinds[one.field] ?? 0) + one.count
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
  return { theirs: sum(missing.filter(isTheirs).map(({ count }) => count)), missing: sum(Object.values(kinds)), kinds }
}

interface Found {
  readonly openings: { readonly missing: number }
  readonly seen: SeenBefore | null
  readonly keys: LogKeys
  readonly cosigned: number
  readonly latest: Contents['latest']
  readonly now: Instant
}

export function lacksOf({ openings, seen, keys, cosigned, latest, now }: Found): readonly LogLack[] {
  const quorum = keys.agreement?.quorum ?? 0
  const lacks: LogLack[] = []
  if (seen?.now === 'older') lacks.push({ code: 'OLDER_THAN_SEEN', count: seen.size, where: seen.at })
  if (openings.missing > 0) lacks.push({ code: 'OPENINGS_MISSING', count: openings.missing, where: null })
  if (cosigned < quorum) lacks.push({ code: 'COSIGNATURES_MISSING', count: quorum - cosigned, where: null })
  if (latest && isAhead(latest.at, now)) {
    lacks.push({ code: 'ENTRY_IN_FUTURE', count: latest.index, where: latest.at })
  }
  return lacks
}
