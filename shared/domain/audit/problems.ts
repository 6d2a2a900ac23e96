// What can be wrong with an exported log, each named so that two people mean the same; words/en/log.ts says each.

export const logProblems = [
  'CHECKPOINT_MISSING',
  'CHECKPOINT_MALFORMED',
  'CHECKPOINT_SIGNATURE',
  'CHECKPOINT_KEY_PERIOD',
  'VKEY_OTHER',
  'ENTRY_MISSING',
  'ENTRY_LEFT_OVER',
  'ENTRY_TOO_LONG',
  'ENTRY_MISMATCH',
  'ENTRY_UNREADABLE',
  'ENTRY_OF_OTHER_LOG',
  'BUNDLE_MALFORMED',
  'TILE_MISSING',
  'TILE_MALFORMED',
  'TILE_MISMATCH',
  'EDGE_TILES_MISMATCH',
  'ROOT_MISMATCH',
  'OPENING_MALFORMED',
  'OPENING_MISMATCH',
  'EARLIER_MALFORMED',
  'EARLIER_SIGNATURE',
  'HISTORY_SHORTER',
  'HISTORY_REWRITTEN',
  'HISTORY_STANDS',
  'COSIGNATURES_LOST',
] as const
export type LogProblemCode = (typeof logProblems)[number]

/** Why a log in which nothing is wrong is not verified in full. */
export const logLacks = ['OPENINGS_MISSING', 'OLDER_THAN_SEEN', 'COSIGNATURES_MISSING', 'ENTRY_IN_FUTURE'] as const
export type LogLackCode = (typeof logLacks)[number]
