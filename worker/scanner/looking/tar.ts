// A tar archive (POSIX ustar and pax, GNU) to its last octet: clamd stops at the first block of zeros, and so do other
// programs, but not all. Behind it there may be zeros only.
import { NotLookedInto } from './not-looked-into.ts'
import type { Reader } from './reader.ts'
import type { Member } from './zip.ts'

const block = 512
/** Regular files; `7` is one too. */
const files: readonly string[] = ['0', '\0', '7']
/** More words about the next member than anybody needs. */
const longestWords = 64 * 1024

export async function walkTar(reader: Reader, member: Member): Promise<void> {
  for (;;) {
    const header = await reader.take(block)
    if (header.every((octet) => octet === 0)) return onlyZeros(reader)
    if (sumOf(header) !== octal(header.subarray(148, 156))) throw new NotLookedInto('Tar.Malformed')
    const size = octal(header.subarray(124, 136))
    const type = header.toString('latin1', 156, 157)
    if (files.includes(type)) await member(textOf(header.subarray(0, 100)), reader.pass(size))
    else if (type === 'x' || type === 'g') await checkWords(reader, size)
    else if (type === 'S') throw new NotLookedInto('Tar.Sparse')
    else for await (const _ of reader.pass(size));
    await reader.take((block - (size % block)) % block)
  }
}

/** Another size than the header's would move where the next member begins. */
async function checkWords(reader: Reader, size: number): Promise<void> {
  if (size > longestWords) throw new NotLookedInto('Tar.Malformed')
  const words = (await reader.take(size)).toString('latin1')
  if (/ (size|GNU\.sparse\.[a-z]+)=/.test(words)) throw new NotLookedInto('Tar.Sparse')
}

async function onlyZeros(reader: Reader): Promise<void> {
  for (let piece = await reader.some(); piece !== undefined; piece = await reader.some()) {
    if (piece.some((octet) => octet !== 0)) throw new NotLookedInto('Tar.Trailing')
  }
}

function octal(field: Uint8Array): number {
  const digits = textOf(field).trim()
  if (!/^[0-7]+$/.test(digits)) throw new NotLookedInto('Tar.Malformed')
  return Number.parseInt(digits, 8)
}

/** Of all octets, its own field taken as blanks. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, octet, index) => sum + (index >= 148 && index < 156 ? 0x20 : octet), 0)
}

function textOf(field: Uint8Array): string {
  return Buffer.from(field).toString('latin1').split('\0', 1)[0] ?? ''
}
