// What a verifier says of an exported log: what was found, and what it means. `where` is a file or a size.
import type { LogLackCode, LogProblemCode } from '#domain/audit/problems.ts'

export const logProblemWords = {
  CHECKPOINT_MISSING: 'There is no checkpoint: nothing here is signed.',
  CHECKPOINT_MALFORMED: 'The checkpoint cannot be read as a signed note.',
  CHECKPOINT_SIGNATURE: 'The checkpoint is not signed by a log key of the agreement: it was changed or is not theirs.',
  CHECKPOINT_KEY_PERIOD: 'The checkpoint is signed by a log key of the agreement that was not valid then.',
  VKEY_OTHER:
    'The verifier key beside the log is not the one of the agreement that signed it: other programs would believe another.',
  ENTRY_MISSING: 'The entry is missing, though the signed head counts it.',
  ENTRY_LEFT_OVER: 'The entry is not counted by the signed head.',
  ENTRY_TOO_LONG: 'The entry is longer than an entry can be.',
  ENTRY_MISMATCH: 'The entry is not the one under the signed head: changed, moved, put in, or one before it left out.',
  ENTRY_UNREADABLE: 'The entry stands under the signed head but cannot be read as an entry.',
  ENTRY_OF_OTHER_LOG: 'The entry stands under the signed head but names another log.',
  BUNDLE_MALFORMED: 'A file of entries is not made of exactly the entries it should have, from this one on.',
  TILE_MISSING: 'A tile is missing.',
  TILE_MALFORMED: 'A tile has not the length it should have.',
  TILE_MISMATCH: 'A tile is not the one under the signed head.',
  EDGE_TILES_MISMATCH: 'The entries are those under the signed head, but the last tiles are not.',
  ROOT_MISMATCH: 'The entries do not lead to the signed root.',
  OPENING_MALFORMED: 'An opening cannot be read, or belongs to no committed field of the entry.',
  OPENING_MISMATCH: 'An opening is not what the entry commits to: it was changed.',
  EARLIER_MALFORMED: 'The earlier checkpoint cannot be read, or is of another log.',
  EARLIER_SIGNATURE: 'The earlier checkpoint is not signed by a log key of the agreement.',
  HISTORY_SHORTER: 'The log is shorter than what was seen before: it was cut off, or rolled back.',
  HISTORY_REWRITTEN: 'The log does not begin with what was seen before: its history was written again.',
  HISTORY_STANDS:
    'The log has not grown since it was last asked for here, though that must stand in it: it is held back. If the clock of this machine was put right meanwhile, ask again in some minutes.',
  COSIGNATURES_LOST:
    'The checkpoint has fewer of the agreed witnesses’ cosignatures than one that was seen before: they did not see this one.',
} as const satisfies Record<LogProblemCode, string>

/** Why nothing is wrong and yet not everything verified: what is missing, and whom to ask for what. */
export const logLackWords: Readonly<
  Record<LogLackCode, (lack: { readonly count: number; readonly where: string | null }) => string>
> = {
  OPENINGS_MISSING: ({ count }) =>
    `${count} values that the log commits to cannot be read, and no entry says that they were erased. Ask whoever runs the service for an export with them; if they were erased, ask your data protection officer by whose decision.`,
  OLDER_THAN_SEEN: ({ count, where }) =>
    `This is an older copy: ${count} entries were seen here on ${where}, and begin with these. For the log of today export it again.`,
  COSIGNATURES_MISSING: ({ count }) =>
    `${count} of the witnesses’ cosignatures that the agreement asks for are missing. Ask whoever runs the service why, and compare with the other party’s officer.`,
  ENTRY_IN_FUTURE: ({ count, where }) =>
    `Entry ${count} says ${where}, which is still to come by the clock of this machine. Look at that clock first. Put the clock right and verify again; if it is right, ask whoever runs the service about theirs.`,
}

/** What a committed value is, by its field in the entry. */
export function openingKind(field: string): string {
  return openingKinds[field] ?? `${field.replace(/^detail\./, '')} of an act`
}

const openingKinds: Readonly<Record<string, string>> = {
  'actor.account': 'who acted',
  'source.session': 'the session',
  'source.address': 'the address',
  'detail.recipients': 'the recipients',
  'detail.reader': 'who was added',
  'detail.reason': 'the reason',
  'detail.words': 'the words',
  'detail.email': 'the e-mail address',
  'detail.signer': 'who signed',
}
