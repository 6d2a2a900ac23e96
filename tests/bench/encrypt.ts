// Encryption beside its references over the same bytes (ARCHITECTURE.md#measures): `v2-gcm` beside bare AES-256-GCM on
// one thread, as a program would that wants nothing but the cipher, and beside `gpg --encrypt`; `v1-cfb` beside gpg
// too. gpg is fed through a pipe and does not compress; its own CPU time is not counted, only its MiB/s compare.
import { spawn } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { encodeBody } from '#openpgp/body-encoder.ts'
import { encodeCfbBody } from '#openpgp/cfb-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { openpgpPrimitives as primitives } from '#platform/crypto.ts'
import { type GnuPg, startGnuPg } from '../fixtures/gnupg.ts'
import { type Comparison, compare } from './compare.ts'
import { metered } from './usage.ts'

const mebibyte = 1024 * 1024

export const encryptions = ['v2-gcm beside AES-256-GCM', 'v2-gcm beside gpg', 'v1-cfb beside gpg'] as const
export type Encryption = (typeof encryptions)[number]

export interface EncryptOptions {
  readonly mib: number
  readonly rounds: number
  readonly encryption: Encryption
}

/** Encrypts `mib` MiB of random octets from memory, in pieces of 1 MiB. */
export async function benchEncrypt({ mib, rounds, encryption }: EncryptOptions): Promise<Comparison> {
  const data = { mib, piece: new Uint8Array(randomBytes(mebibyte)) }
  const encrypt = encryption.startsWith('v2-gcm') ? encryptGcm : encryptCfb
  const between = (reference: () => Promise<void>) =>
    compare({
      mib,
      rounds,
      ours: () => metered(process, () => encrypt(data)),
      reference: () => metered(process, reference),
    })
  if (encryption === 'v2-gcm beside AES-256-GCM') return between(() => encryptBare(data))
  const gnupg = await startGnuPg()
  try {
    await gnupg.must(['--quick-gen-key', 'reader@bench.example', 'future-default', 'default', 'never'])
    return await between(() => encryptGpg(data, gnupg))
  } finally {
    await gnupg.end()
  }
}

interface Data {
  readonly mib: number
  readonly piece: Uint8Array
}

async function* piecesOf({ mib, piece }: Data): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < mib; made += 1) yield piece
}

async function encryptGcm(data: Data): Promise<void> {
  const sessionKey = asSessionKey(randomBytes(32))
  const length = data.mib * mebibyte
  for await (const _ of encodeBody({ sessionKey, salt: randomBytes(32), length, source: piecesOf(data) }));
}

async function encryptCfb(data: Data): Promise<void> {
  const body = encodeCfbBody({
    sessionKey: asSessionKey(randomBytes(32)),
    salt: randomBytes(16),
    length: data.mib * mebibyte,
    name: 'file',
    source: piecesOf(data),
    primitives,
  })
  for await (const _ of body);
}

async function encryptBare(data: Data): Promise<void> {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  for await (const bytes of piecesOf(data)) cipher.update(bytes)
  cipher.final()
}

async function encryptGpg(data: Data, { commandLine: { command, args, env } }: GnuPg): Promise<void> {
  const encrypting = ['--compress-algo', 'none', '--recipient', 'reader@bench.example', '--encrypt']
  const child = spawn(command, [...args, ...encrypting], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdout.resume()
  // A gpg that ends early says so by its exit code.
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  for await (const bytes of piecesOf(data))
    if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain'), closed])
  child.stdin.end()
  const [code] = await closed
  if (code !== 0) throw new Error(`gpg ended with ${code}`)
}
