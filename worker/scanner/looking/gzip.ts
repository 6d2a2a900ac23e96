// A gzip file (RFC 1952) of exactly one member: programs that unpack go on with a second one, clamd does not.
import { inflated } from './inflate.ts'
import { NotLookedInto } from './not-looked-into.ts'
import type { Reader } from './reader.ts'
import type { Member } from './zip.ts'

export async function walkGzip(reader: Reader, { name, member }: { name: string; member: Member }): Promise<void> {
  const flags = (await reader.take(10)).readUInt8(3)
  if ((flags & 0xe0) !== 0) throw new NotLookedInto('Gzip.Malformed')
  if ((flags & 4) !== 0) await reader.take((await reader.take(2)).readUInt16LE(0))
  for (const text of [8, 16]) if ((flags & text) !== 0) while ((await reader.take(1))[0] !== 0);
  if ((flags & 2) !== 0) await reader.take(2)
  await member(name.replace(/\.tgz$/i, '.tar').replace(/\.gz$/i, ''), inflated(reader))
  await reader.take(8)
}
