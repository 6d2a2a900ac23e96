// Encryption beside bare AES-256-GCM on one thread over the same bytes (DESIGN 11): runs interleaved, medians, one process.
// The reference uses node:crypto as a program would that wants nothing but the cipher: no framing, no chunks, no tags between.
import { createCipheriv, getRandomValues, randomBytes } from 'node:crypto'
import { encodeBody } from '#openpgp/body-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'

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
  const piece = new Uint8Array(MIB)
  for (let offset = 0; offset < MIB; offset += 65_536) getRandomValues(piece.subarray(offset, offset + 65_536))
  const ours: Run[] = []
  const reference: Run[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const runs = [await measure(input.mib, encryptBare, piece), await measure(input.mib, encryptOurs, piece)] as const
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
