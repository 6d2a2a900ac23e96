// What one person may do in a while, by the kind of act: what puts entries into logs for ever, sends mail, reaches other
// people's machines or costs much computing. One script that runs wild, or somebody who left it running, is told to wait and
// stands in nobody else's way.

/** So many points in so many seconds. */
export interface Limit {
  readonly points: number
  readonly seconds: number
}

export interface ActLimit extends Limit {
  /** Names of operations that count together. */
  readonly operations: readonly string[]
}

export const actLimits = {
  // A list of ten thousand files is drafted in half an hour.
  drafts: { operations: ['transfer.draft'], points: 2000, seconds: 5 * 60 },
  // Each is a way in; nobody needs many.
  tokens: { operations: ['token.issue'], points: 60, seconds: 60 * 60 },
  // Each may reach somebody else's machine.
  webhooks: {
    operations: ['webhook.register', 'webhook.rotate', 'webhook.test', 'webhook.remove'],
    points: 60,
    seconds: 60 * 60,
  },
  // Each goes to a person: a council's thousand are invited in an hour.
  invitations: { operations: ['account.invite', 'account.open-reset'], points: 1000, seconds: 60 * 60 },
  // Each costs the service a public-key operation.
  challenges: { operations: ['key.challenge'], points: 120, seconds: 60 * 60 },
  // Each reads a whole log.
  exports: { operations: ['audit.export'], points: 120, seconds: 60 * 60 },
} as const satisfies Readonly<Record<string, ActLimit>>
export type ActKind = keyof typeof actLimits

/** Null: it has no limit of its own, beside that of everything a person does. */
export function actKindOf(operation: string): ActKind | null {
  const found = Object.entries(actLimits).find(([, { operations }]) =>
    (operations as readonly string[]).includes(operation),
  )
  return (found?.[0] as ActKind | undefined) ?? null
}
