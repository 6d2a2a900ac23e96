// What a verifier says of an exported log: what was found, and what it means. `where` is a file or a size.
import type { LogProblemCode } from '#domain/audit/problems.ts'

export const logProblemWords = {
  CHECKPOINT_MISSING: 'There is no checkpoint: nothing here is signed.',
  CHECKPOINT_MALFORMED: 'The checkpoint cannot be read as a signed note.',
  CHECKPOINT_SIGNATURE: 'The checkpoint is not signed by a log key of the agreement: it was changed or is not theirs.',
  CHECKPOINT_KEY_PERIOD: 'The checkpoint is signed by a log key of the agreement that was not valid then.',
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
  HISTORY_SHORTER: 'The log is shorter than the earlier checkpoint says: it was cut off.',
  HISTORY_REWRITTEN: 'The log does not begin with what the earlier checkpoint covers: its history was rewritten.',
} as const satisfies Record<LogProblemCode, string>
