// The command for each act that a picture of a transfer names.
import type { Act } from '#present/acts.ts'
import type { TransferId } from '#domain/values.ts'

const commands = {
  'transfer.dispatch': ['resume'],
  'transfer.request-scan-certificate': ['rescan'],
  'transfer.approve': ['approve', '--reason "..."'],
  'transfer.recall': ['recall', '--reason "..."'],
  'transfer.fetch': ['collect', '--into FOLDER'],
  'transfer.acknowledge': ['acknowledge'],
  'transfer.state-destruction': ['state-destruction', '--how "..."'],
  'transfer.destruction-certificate': ['certificate'],
} as const satisfies Record<Act, readonly [string, string?]>

/** `Next: safehand collect ID --into FOLDER`; nothing where nothing is to be done. */
export function describeNext(acts: readonly Act[], transfer: TransferId): readonly string[] {
  return acts.map((act) => {
    const [command, ...options] = commands[act]
    return ['Next: safehand', command, transfer, ...options].join(' ')
  })
}
