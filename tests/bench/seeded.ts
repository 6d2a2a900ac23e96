// Octets made as they are needed and never held: the same seed gives the same stream, so that what arrives is compared
// without the file that was sent. `random` is nothing that compresses; `csv` is lines of text.
import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, statfs } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

const mebibyte = 1024 * 1024

export type SeededKind = 'random' | 'csv'

export interface Seeded {
  readonly kind: SeededKind
  readonly seed: string
  readonly mib: number
}

/** Pieces of 1 MiB, each a buffer of its own. */
export function* seededPieces({ kind, seed, mib }: Seeded): Generator<Uint8Array> {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16))
  const nothing = Buffer.alloc(kind === 'csv' ? mebibyte / 4 : mebibyte)
  for (let made = 0; made < mib; made += 1) {
    const octets = cipher.update(nothing)
    yield kind === 'csv' ? linesOf(octets, made) : octets
  }
}

/** 64 octets a line, 1 MiB in all. */
function linesOf(octets: Buffer, made: number): Uint8Array {
  const digits = octets.toString('hex')
  const lines = Array.from({ length: mebibyte / 64 }, (_, line) => {
    const number = `${made}-${line}`.padEnd(15, ' ')
    return `${number},${digits.slice(line * 32, line * 32 + 32)},Grüße; 07:52\n`
  })
  return Buffer.from(lines.join(''))
}

/** Writes the stream to a new file; resolves to its SHA-256. */
export async function writeSeeded(path: string, of: Seeded): Promise<string> {
  const hash = createHash('sha256')
  await using file = await open(path, 'wx', 0o600)
  for (const piece of seededPieces(of)) {
    hash.update(piece)
    await file.write(piece)
  }
  return hash.digest('hex')
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Throws unless the disk of the folder has room for so many MiB. */
export async function requireRoom(folder: string, mib: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / mebibyte)
  if (free < mib) throw new Error(`${mib} MiB are needed in ${folder}, and ${free} MiB are free: set TMPDIR elsewhere`)
}
