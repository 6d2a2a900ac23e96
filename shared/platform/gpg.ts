// GnuPG as another program that holds a person's key: its agent and smartcards come with it. Trusts gpg with the key and
// with nothing else: what it gives is checked by whoever asked. No shell; results are read from its status lines
// (GnuPG doc/DETAILS), which have a descriptor of their own that no message can write to.
import { spawn } from 'node:child_process'
import { buffer, text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'

export interface Gpg {
  /** The public part of a key, binary. Throws GpgFailed when gpg has none with this fingerprint. */
  certificate(fingerprint: string): Promise<Uint8Array>
  /** Detached binary signature by the key; gpg's own clock dates it. */
  sign(document: { readonly bytes: Uint8Array; readonly fingerprint: string }): Promise<Uint8Array>
  /** The plaintext of a small message, whole and with its integrity checked. */
  decrypt(message: Uint8Array): Promise<Uint8Array>
  /** The session key in a version 3 PKESK; what follows it need not be a whole message. */
  sessionKey(head: Uint8Array): Promise<SessionKeyOfGpg>
}

export interface SessionKeyOfGpg {
  /** RFC 9580 9.3; AES-256 is 9. */
  readonly algorithm: number
  readonly key: Uint8Array
}

/** gpg is not there, has no such key, was not given its passphrase, or refused what it was given. */
export class GpgFailed extends Error {
  override readonly name = 'GpgFailed'
}

export interface GpgOptions {
  /** Where the program is; found in PATH by its name. */
  readonly program: string
  /** Environment of the program, GNUPGHOME among them; otherwise this process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** More arguments for every call, such as how to ask for passphrases. */
  readonly arguments?: readonly string[]
}

/** Largest plaintext that is asked of gpg (in bytes): challenges and documents, never files. */
const largestOutput = 64 * 1024

export function createGpg(options: GpgOptions): Gpg {
  return {
    async certificate(fingerprint) {
      const { output } = await run(options, { args: ['--export', fingerprint] })
      if (output.length === 0) throw new GpgFailed(`gpg has no key ${fingerprint}`)
      return output
    },

    async sign({ bytes, fingerprint }) {
      const args = ['--local-user', fingerprint, '--digest-algo', 'SHA512', '--detach-sign']
      const ran = await run(options, { args, input: bytes })
      if (!ran.status.has('SIG_CREATED')) throw failed('did not sign', ran)
      return ran.output
    },

    async decrypt(message) {
      const ran = await run(options, { args: ['--max-output', String(largestOutput), '--decrypt'], input: message })
      if (!ran.status.has('DECRYPTION_OKAY') || !ran.status.has('GOODMDC')) throw failed('did not decrypt', ran)
      return ran.output
    },

    async sessionKey(head) {
      const ran = await run(options, { args: ['--show-session-key', '--decrypt'], input: head, mayFail: true })
      const [, algorithm, key] = /^(\d+):([0-9A-F]+)$/.exec(ran.status.get('SESSION_KEY') ?? '') ?? []
      if (algorithm === undefined || key === undefined) throw failed('did not open the wrapped key', ran)
      return { algorithm: Number(algorithm), key: Uint8Array.fromHex(key) }
    },
  }
}

interface Call {
  readonly args: readonly string[]
  readonly input?: Uint8Array
  /** gpg may end badly and have said what is needed all the same. */
  readonly mayFail?: true
}

interface Ran {
  readonly output: Uint8Array
  /** Each keyword with the rest of its last line. */
  readonly status: ReadonlyMap<string, string>
  readonly said: string
}

async function run({ program, env, arguments: more = [] }: GpgOptions, call: Call): Promise<Ran> {
  const base = ['--batch', '--no-tty', '--status-fd', '3']
  const child = spawn(program, [...base, ...more, ...call.args], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    ...(env && { env }),
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new GpgFailed(`${program} cannot be run`, { cause })))
    child.once('close', resolve)
  })
  // gpg may end before it has read everything: what it then said is the reason.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(call.input ?? '')
  const [output, said, status, code] = await Promise.all([
    buffer(child.stdout as Readable),
    text(child.stderr as Readable),
    text(child.stdio[3] as Readable),
    ended,
  ])
  const ran = { output: new Uint8Array(output), status: readStatus(status), said: said.trim() }
  if (code !== 0 && !call.mayFail) throw failed('failed', ran)
  return ran
}

function readStatus(lines: string): ReadonlyMap<string, string> {
  const found = [...lines.matchAll(/^\[GNUPG:\] (\S+) ?(.*)$/gm)]
  return new Map(found.map(([, keyword = '', rest = '']) => [keyword, rest]))
}

function failed(what: string, { said }: Ran): GpgFailed {
  return new GpgFailed(`gpg ${what}: ${said.split('\n').at(-1) ?? ''}`)
}
