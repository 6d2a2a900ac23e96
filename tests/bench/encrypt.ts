// Encryption beside its references over the same bytes, runs interleaved, medians (DESIGN 11): `v2-gcm` beside bare
// AES-256-GCM on one thread, as a program would that wants nothing but the cipher; `v1-cfb` beside `gpg --encrypt`, fed
// through a pipe and without compression, so that both make the same kind of message.
import { spawn } from 'node:child_process'
import { createCipheriv, getRandomValues, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { encodeBody } from '#openpgp/body-encoder.ts'
import { encodeCfbBody } from '#openpgp/cfb-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { openpgpPrimitives as primitives } from '#platform/crypto.ts'

const MIB = 1024 * 1024
const ROUNDS = 5

interface Run {
  mibPerSecond: number
  /** CPU seconds of all threads for each GiB. */
  cpuPerGib: number
}

export interface EncryptBench {
  ours: Run
  reference: Run
  /** ours / reference in MiB/s: goal at least 0.5. */
  ratio: number
}

/** Encrypts `mib` MiB of random bytes from memory in pieces of 1 MiB, five times each way. */
export async function benchEncrypt(input: { mib: number }): Promise<EncryptBench> {
  return compare({ mib: input.mib, ours: encryptOurs, reference: encryptBare })
}

/** What runs a `gpg` that is there: its command line up to the action, and an environment with a home of its own. */
export interface GpgForBench {
  command: string
  /** With `--recipient` and what keeps it from asking. */
  args: readonly string[]
  env: NodeJS.ProcessEnv
}

/**
 * The same for `v1-cfb` beside `gpg --encrypt`: at least as fast is what to expect, since CFB and SHA-1 are one thread's
 * work in both. gpg's own process is not in its `cpuPerGib`: only the MiB/s compare.
 */
export async function benchEncryptCfb(input: { mib: number; gpg: GpgForBench }): Promise<EncryptBench> {
  const reference = (piece: Uint8Array, mib: number) => encryptGpg({ gpg: input.gpg, piece, mib })
  return compare({ mib: input.mib, ours: encryptCfb, reference })
}

type Encrypt = (piece: Uint8Array, mib: number) => Promise<void>

async function compare(input: { mib: number; ours: Encrypt; reference: Encrypt }): Promise<EncryptBench> {
  const piece = new Uint8Array(MIB)
  for (let offset = 0; offset < MIB; offset += 65_536) getRandomValues(piece.subarray(offset, offset + 65_536))
  const ours: Run[] = []
  const reference: Run[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const runs = [
      await measure(input.mib, input.reference, piece),
      await measure(input.mib, input.ours, piece),
    ] as const
    if (round === 0) continue
    reference.push(runs[0])
    ours.push(runs[1])
  }
  const result = { ours: median(ours), reference: median(reference) }
  return { ...result, ratio: result.ours.mibPerSecond / result.reference.mibPerSecond }
}

async function* pieces(piece: Uint8Array, mib: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < mib; i += 1) yield piece
}

async function encryptOurs(piece: Uint8Array, mib: number): Promise<void> {
  const sessionKey = asSessionKey(randomBytes(32))
  const body = encodeBody({ sessionKey, salt: randomBytes(32), length: mib * MIB, source: pieces(piece, mib) })
  for await (const _ of body);
}

async function encryptCfb(piece: Uint8Array, mib: number): Promise<void> {
  const content = { length: mib * MIB, name: 'file', source: pieces(piece, mib) }
  const body = encodeCfbBody({
    sessionKey: asSessionKey(randomBytes(32)),
    salt: randomBytes(16),
    ...content,
    primitives,
  })
  for await (const _ of body);
}

async function encryptGpg({ gpg, piece, mib }: { gpg: GpgForBench; piece: Uint8Array; mib: number }): Promise<void> {
  const args = [...gpg.args, '--compress-algo', 'none', '--encrypt']
  const child = spawn(gpg.command, args, { env: gpg.env, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdout.resume()
  for await (const bytes of pieces(piece, mib)) if (!child.stdin.write(bytes)) await once(child.stdin, 'drain')
  child.stdin.end()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`gpg ended with ${code}`)
}

async function encryptBare(piece: Uint8Array, mib: number): Promise<void> {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  for await (const bytes of pieces(piece, mib)) cipher.update(bytes)
  cipher.final()
}

async function measure(mib: number, encrypt: (piece: Uint8Array, mib: number) => Promise<void>, piece: Uint8Array) {
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  await encrypt(piece, mib)
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  return { mibPerSecond: mib / seconds, cpuPerGib: ((user + system) / 1e6 / mib) * 1024 }
}

function median(runs: Run[]): Run {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  return {
    mibPerSecond: middle(runs.map((run) => run.mibPerSecond)),
    cpuPerGib: middle(runs.map((run) => run.cpuPerGib)),
  }
}
