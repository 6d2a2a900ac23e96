/**
 * The virus scanner: clamd's INSTREAM, one connection per stream. Trusts clamd's word for "found" and "not found",
 * and takes each of its ways to say "I did not look inside" (limits, encryption, our own `Safehand.Unscannable.*`)
 * for what it is: never clean, never infected. Plaintext goes there: by a local socket in production.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { signaturesCanary } from '#domain/scanning/signatures.ts'

export type ClamdAddress = { socketPath: string } | { host: string; port: number }

export type ScanResult =
  | { verdict: 'clean' }
  | { verdict: 'infected'; name: string }
  | { verdict: 'unscannable'; name: string }
  | { verdict: 'error'; reason: string }

/** clamd did not answer, or went away in the middle: to be tried again, says nothing about the bytes. */
export class ClamdUnavailable extends Error {
  override readonly name = 'ClamdUnavailable'
}

const SHORT_MS = 10_000
const KEEP_ALIVE_MS = 10_000
const NOT_LOOKED_INSIDE = /^(Heuristics\.Limits\.|Heuristics\.Encrypted\.|Safehand\.Unscannable\.)/
const LARGEST_CHUNK = 1024 * 1024

type Scan = {
  clamd: ClamdAddress
  bytes: AsyncIterable<Uint8Array>
  /** How long clamd may say nothing; it scans only once it has everything. */
  silenceMs?: number
}

/** Streams the bytes to clamd. What `bytes` throws comes through as it is; throws `ClamdUnavailable` else. */
export async function scanStream({ clamd, bytes, silenceMs = 60 * 60_000 }: Scan): Promise<ScanResult> {
  const conversation = await converse({ clamd, silenceMs })
  try {
    await conversation.send(Buffer.from('zINSTREAM\0'))
    for await (const piece of bytes) {
      for (let at = 0; at < piece.length && !conversation.isOver(); at += LARGEST_CHUNK) {
        const chunk = piece.subarray(at, at + LARGEST_CHUNK)
        const length = Buffer.alloc(4)
        length.writeUInt32BE(chunk.length)
        await conversation.send(length, chunk)
      }
      if (conversation.isOver()) break
    }
    await conversation.send(Buffer.alloc(4))
    return resultOf(await conversation.reply())
  } finally {
    conversation.end()
  }
}

export async function pingClamd(clamd: ClamdAddress): Promise<void> {
  const reply = await command({ clamd, name: 'PING' })
  if (reply !== 'PONG') throw new ClamdUnavailable(`clamd answered ${JSON.stringify(reply)} to PING`)
}

/** `signaturesAt` (epoch milliseconds) is absent with a base of one's own only, as in demo and tests. */
export type ClamdVersion = { engine: string; signatures?: number; signaturesAt?: number }

export async function clamdVersion(clamd: ClamdAddress): Promise<ClamdVersion> {
  return versionOf(await command({ clamd, name: 'VERSION' }))
}

/** `ClamAV 1.4.3/27500/Thu Dec  5 10:00:00 2024` or `ClamAV 1.4.3`. */
export function versionOf(reply: string): ClamdVersion {
  const [engine = '', signatures, date] = reply.split('/')
  const at = date === undefined ? Number.NaN : Date.parse(`${date} UTC`)
  return {
    engine,
    ...(signatures && { signatures: Number(signatures) }),
    ...(Number.isFinite(at) && { signaturesAt: at }),
  }
}

/** The canary: a scanner that misses EICAR scans nothing, and nothing is released. */
export async function detectsEicar(clamd: ClamdAddress): Promise<boolean> {
  const result = await scanStream({ clamd, bytes: eicar(), silenceMs: SHORT_MS })
  return result.verdict === 'infected'
}

/** Whether it has the signatures by which it says what it does not look into, as this version needs them. */
export async function hasOurSignatures(clamd: ClamdAddress): Promise<boolean> {
  async function* canary(): AsyncIterable<Uint8Array> {
    yield Buffer.from(signaturesCanary)
  }
  const result = await scanStream({ clamd, bytes: canary(), silenceMs: SHORT_MS })
  return result.verdict === 'unscannable'
}

/** In two halves, so that no scanner takes this source for the test file itself. */
async function* eicar(): AsyncIterable<Uint8Array> {
  yield Buffer.from(`X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-${'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`, 'latin1')
}

/** Reads one reply to a scan: `stream: OK`, `stream: NAME FOUND`, `... ERROR`. */
export function resultOf(reply: string): ScanResult {
  if (reply === 'stream: OK') return { verdict: 'clean' }
  const [, found] = reply.match(/^stream: (.+) FOUND$/) ?? []
  if (found !== undefined) {
    const name = nameOf(found)
    return { verdict: NOT_LOOKED_INSIDE.test(name) ? 'unscannable' : 'infected', name }
  }
  if (reply.startsWith('INSTREAM size limit exceeded'))
    return { verdict: 'unscannable', name: 'Limits.StreamMaxLength' }
  return { verdict: 'error', reason: reply }
}

/** Rules cannot have a point in their names: `YARA.Safehand_Unscannable_Zip_Trailing` is as other signatures of ours. */
function nameOf(found: string): string {
  const name = found.replace(/\.UNOFFICIAL$/, '')
  return name.startsWith('YARA.Safehand_') ? name.slice('YARA.'.length).replaceAll('_', '.') : name
}

async function command({ clamd, name }: { clamd: ClamdAddress; name: 'PING' | 'VERSION' }): Promise<string> {
  const conversation = await converse({ clamd, silenceMs: SHORT_MS })
  try {
    await conversation.send(Buffer.from(`z${name}\0`))
    return await conversation.reply()
  } finally {
    conversation.end()
  }
}

/**
 * One connection, one reply. Reading starts at once and a failed write is no failure yet: when clamd has had enough
 * it answers and closes, and the answer is what counts.
 */
async function converse({ clamd, silenceMs }: { clamd: ClamdAddress; silenceMs: number }) {
  const socket = connect('socketPath' in clamd ? { path: clamd.socketPath } : clamd)
  let answer = ''
  let failure: Error | undefined
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  let over = false
  let goOn = () => {}
  const finish = () => {
    over = true
    goOn()
    resolve()
  }
  // A scan is silent for long; another machine that is gone must not look like one that works.
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
    if (text.endsWith('\0')) finish()
  })
  const onFailure = (error: Error) => {
    failure ??= error
    goOn()
  }
  socket.on('drain', () => goOn())
  socket.on('error', onFailure)
  readToTheEnd({ socket, onFailure })
  socket.setTimeout(silenceMs, () => socket.destroy(new Error(`no answer in ${silenceMs} ms`)))
  for (const event of ['end', 'close']) socket.once(event, finish)
  await once(socket, 'connect').catch((error: unknown) => {
    throw new ClamdUnavailable(`clamd cannot be reached: ${String(error)}`, { cause: error })
  })
  return {
    isOver: () => over || failure !== undefined,
    async send(...pieces: Uint8Array[]): Promise<void> {
      if (over || failure !== undefined) return
      const waiting = new Promise<void>((drained) => {
        goOn = drained
      })
      if (!pieces.map((piece) => socket.write(piece)).every(Boolean)) await waiting
    },
    async reply(): Promise<string> {
      await closed
      if (answer.endsWith('\0')) return answer.slice(0, -1)
      throw new ClamdUnavailable(`clamd went away: ${failure?.message ?? 'no answer'}`, { cause: failure })
    },
    end: () => socket.destroy(),
  }
}

/**
 * Node stops reading at a failed write, and what has arrived by then is lost. On this socket a write fails without
 * a sound but for `onFailure`, and reading goes on to the end.
 */
function readToTheEnd({ socket, onFailure }: { socket: Socket; onFailure: (error: Error) => void }): void {
  type Done = (error?: Error | null) => void
  const quietly = (done: Done) => (error?: Error | null) => {
    if (error) onFailure(error)
    done()
  }
  const { _write: write, _writev: writev } = socket
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, quietly(done))
  socket._writev = (chunks, done) => writev?.call(socket, chunks, quietly(done))
}
