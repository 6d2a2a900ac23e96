/**
 * What operators read (not the audit log): JSON lines by pino, each with the process's name. Secrets are blotted out
 * by field name at three depths; the rule remains that nobody logs a body, a token or a person's text.
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

type Open = { name: string; level: string; destination?: DestinationStream }

/** @param level pino's: `silent`, `error`, `warn`, `info`, `debug`. */
export function openLog({ name, level, destination }: Open): Log {
  const options = {
    name,
    level,
    redact: { paths: redacted, censor: '[secret]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
