// A zip archive (APPNOTE 6.3.10) from its first octet to its last: members one behind the other, the directory that lists
// exactly these, the end record, and nothing else. So nothing stands between, before or behind them that another program
// would find and clamd would not.
import { inflated } from './inflate.ts'
import { NotLookedInto } from './not-looked-into.ts'
import type { Reader } from './reader.ts'

/** What a walker does with what it finds: reads it, all of it or some. */
export type Member = (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>

interface Entry {
  readonly name: string
  readonly method: number
  readonly packed: number
  readonly full: number
}

const [local, central, end] = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06']
const descriptor = 'PK\x07\x08'
const [stored, deflated] = [0, 8]
/** Deflated with 64 KiB, and bzip2: clamd opens them, we pass over them. */
const passed: readonly number[] = [9, 12]
const moved = 0xff_ff_ff_ff
/** clamd opens no more. */
const mostEntries = 10_000

export async function walkZip(reader: Reader, member: Member): Promise<void> {
  const entries = new Map<number, Entry>()
  while ((await markAt(reader)) === local) {
    if (entries.size === mostEntries) throw new NotLookedInto('Zip.TooMany')
    const at = reader.at
    entries.set(at, await walkEntry(reader, member))
  }
  const [count, directory] = [entries.size, reader.at]
  while ((await markAt(reader)) === central) await checkListed(reader, entries)
  const size = reader.at - directory
  if (entries.size > 0 || (await markAt(reader)) !== end) throw new NotLookedInto('Zip.Malformed')
  const record = await reader.take(22)
  const said = [4, 6, 8, 10].map((offset) => record.readUInt16LE(offset))
  const told = [record.readUInt32LE(12), record.readUInt32LE(16)]
  if (`${[said, told]}` !== `${[0, 0, count, count, size, directory]}`) throw new NotLookedInto('Zip.Malformed')
  await reader.take(record.readUInt16LE(20))
}

async function markAt(reader: Reader): Promise<string> {
  return Buffer.from(await reader.peek(4)).toString('latin1')
}

async function walkEntry(reader: Reader, member: Member): Promise<Entry> {
  const header = await reader.take(30)
  const [flags, method] = [header.readUInt16LE(6), header.readUInt16LE(8)]
  const said = { packed: header.readUInt32LE(18), full: header.readUInt32LE(22) }
  const name = (await reader.take(header.readUInt16LE(26))).toString('latin1')
  await reader.take(header.readUInt16LE(28))
  if ((flags & 0x2041) !== 0) throw new NotLookedInto('Zip.Encrypted')
  if (said.packed === moved || said.full === moved) throw new NotLookedInto('Zip64')
  const later = (flags & 8) !== 0
  const begin = reader.at
  const count = { octets: 0 }
  if (method === deflated) await member(name, counted(inflated(reader), count))
  else if (later && said.packed === 0 && (await markAt(reader)) !== descriptor) throw new NotLookedInto('Zip.Length')
  else if (method === stored) await member(name, counted(reader.pass(said.packed), count))
  else if (passed.includes(method)) for await (const _ of reader.pass(said.packed));
  else throw new NotLookedInto('Zip.Method')
  const packed = reader.at - begin
  const full = passed.includes(method) ? said.full : count.octets
  const sizes = later ? await readDescriptor(reader) : said
  if (sizes.packed !== packed || sizes.full !== full) throw new NotLookedInto('Zip.Length')
  return { name, method, packed, full }
}

/** Its mark is not always written. */
async function readDescriptor(reader: Reader): Promise<{ packed: number; full: number }> {
  if ((await markAt(reader)) === descriptor) await reader.take(4)
  const sizes = await reader.take(12)
  return { packed: sizes.readUInt32LE(4), full: sizes.readUInt32LE(8) }
}

/** Takes it off the list. */
async function checkListed(reader: Reader, entries: Map<number, Entry>): Promise<void> {
  const header = await reader.take(46)
  const [names, extra, comment] = [28, 30, 32].map((offset) => header.readUInt16LE(offset))
  const name = (await reader.take(names ?? 0)).toString('latin1')
  await reader.take((extra ?? 0) + (comment ?? 0))
  const [method, packed, full, at] = [
    header.readUInt16LE(10),
    header.readUInt32LE(20),
    header.readUInt32LE(24),
    header.readUInt32LE(42),
  ]
  const entry = entries.get(at)
  const same = entry && entry.name === name && entry.method === method && entry.packed === packed && entry.full === full
  if (!same) throw new NotLookedInto('Zip.Malformed')
  entries.delete(at)
}

async function* counted(bytes: AsyncIterable<Uint8Array>, count: { octets: number }): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    count.octets += piece.length
    yield piece
  }
}
