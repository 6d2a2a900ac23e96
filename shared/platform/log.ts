/**
 * What operators read (not the audit log): JSON lines by pino, each with the process's name. Secrets are blotted out
 * by field name at three depths, and what looks like a token, an e-mail address or a password in an address wherever it
 * stands: errors of other programs quote them. The rule remains that nobody logs a body, a token or a person's text.
 */
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

const SECRET = [
  'password',
  'passphrase',
  'secret',
  'totpSecret',
  'code',
  'token',
  'uploadToken',
  'nonce',
  'sessionKey',
  'privateKey',
  'authorization',
  'cookie',
  '["set-cookie"]',
]

const below = (path: string, name: string) => (name.startsWith('[') ? `${path}${name}` : `${path}.${name}`)
const redacted = SECRET.flatMap((name) => [name, below('*', name), below('*.*', name)])

/** On the finished line: JSON has escaped control characters below space by then; the others could still move a terminal. */
export function scrubbed(line: string): string {
  return line
    .replaceAll(/shf_[0-9a-f]{32}_[\w-]+/g, '[token]')
    .replaceAll(/:\/\/[^/@\s"]+@/g, '://[secret]@')
    .replaceAll(/[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/g, '[e-mail]')
    .replaceAll(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
}

/** What of an error is safe to write down: the database quotes values in the messages of data errors (class 22). */
function errorShown(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error
  const { code, constraint, table, routine } = error as Error & Partial<Record<string, unknown>>
  const message =
    typeof code === 'string' && /^22/.test(code) ? 'a value is not as the database wants it' : error.message
  const stack = error.stack?.split('\n').filter((one) => /^\s+at /.test(one))
  const { cause } = error
  return {
    type: error.name,
    message,
    reason: code,
    constraint,
    table,
    routine,
    stack,
    ...(cause !== undefined && { cause: errorShown(cause) }),
  }
}

type Open = { name: string; level: string; destination?: DestinationStream }

/** @param level pino's: `silent`, `error`, `warn`, `info`, `debug`. */
export function openLog({ name, level, destination }: Open): Log {
  const options = {
    name,
    level,
    redact: { paths: redacted, censor: '[secret]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Otherwise an error's message would be the line's as well, past its serializer.
    errorKey: 'thrown',
    serializers: {
      err: errorShown,
      error: (error: unknown) => (typeof error === 'string' ? error : errorShown(error)),
    },
    hooks: { streamWrite: scrubbed },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
