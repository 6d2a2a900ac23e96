// Everything a command touches outside itself, so that tests and the demo run commands in their own process.
import type { Instant } from '#domain/values.ts'
import type { Gpg } from '#platform/gpg.ts'
import { type CommandFailed, usage } from './exit-codes.ts'

/** What scripts do instead of answering. */
const instead = { ask: 'Give it in a file', confirm: 'If that is so, say --yes' } as const

/** Where nobody sits at a terminal. */
export function noTerminal(asked: keyof typeof instead, message: string): CommandFailed {
  return usage(
    `There is no terminal to ask: ${/[.?]$/.test(message) ? message : `${message}.`} ${instead[asked]} (see --help).`,
  )
}

export interface Io {
  /** SAFEHAND_HOME: settings, tokens, keys, journal; folder mode 0700 (cli/home.ts). */
  readonly home: string
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Asks a person, hidden for secrets; refuses when there is no terminal. */
  readonly ask: (question: { readonly message: string; readonly secret: boolean }) => Promise<string>
  readonly confirm: (message: string) => Promise<boolean>
  readonly now: () => Instant
  readonly fetch: typeof fetch
  /** Seconds after which a silent network is given up; the usual ones when left out. */
  readonly idleSeconds?: number
  /** The person's own gpg, for a key that is kept there. */
  readonly gpg: Gpg
  /** Whether to draw progress bars (standard error is a terminal and --json was not given). */
  readonly interactive: boolean
  readonly signal: AbortSignal
}
