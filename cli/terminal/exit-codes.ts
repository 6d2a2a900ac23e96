// How a command ends, for scripts: documented in COMMANDS.md, never renumbered.

export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  /** The service refused; its code and words are printed. */
  refusedByService: 3,
  /** This client refused what the service gave it: somebody may be lying. */
  refusedByClient: 4,
  /** Not signed in, or the passphrase does not open the key. */
  unauthenticated: 5,
  unreachable: 6,
  /** What is there is right, but not all is there. */
  notInFull: 7,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command with words for the person and a number for the script. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exit: ExitCode
  readonly code: string

  constructor(failure: { readonly exit: ExitCode; readonly code: string; readonly message: string }) {
    super(failure.message)
    this.exit = failure.exit
    this.code = failure.code
  }
}

/** The command was called in a way that cannot work; nothing happened. */
export function usage(message: string): CommandFailed {
  return new CommandFailed({ exit: exitCodes.usage, code: 'USAGE', message })
}

/** Not signed in, no key, or a passphrase that does not open it. */
export function unauthenticated(message: string): CommandFailed {
  return new CommandFailed({ exit: exitCodes.unauthenticated, code: 'LOCKED', message })
}

/** Ends a command whose result, printed before, says itself that it is no success. */
export class AlreadySaid extends Error {
  override readonly name = 'AlreadySaid'
  readonly exit: ExitCode

  constructor(exit: ExitCode) {
    super(`ended with ${exit}`)
    this.exit = exit
  }
}
