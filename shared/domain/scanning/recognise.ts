// Which of the known holders of other content a file is: by how it begins and ends, by what `file-type` sees in its
// beginning, and by its name. Pure; head and tail are hostile.
import { type HoldingType, holdingTypes, type Mark } from './types.ts'

/** Octets that are looked at from each end: a disc's mark begins at 32,769, a zip's last record is at most 65,557. */
export const endOctets = 66 * 1024

export interface Ends {
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** By its content: more than one where it is two things at once. */
export function typesIn({ head, tail }: Ends): readonly HoldingType[] {
  return holdingTypes.filter(
    ({ begins = [], ends = [] }) =>
      begins.some(({ at, hex }) => standsAt(head, { at, hex })) ||
      ends.some(({ at, hex }) => standsAt(tail, { at: tail.length - at, hex })),
  )
}

/** By the ending of its name. */
export function typeNamed(name: string): HoldingType | undefined {
  const [, ending] = /\.([a-z0-9]+)$/i.exec(name.trim().replace(/[\s.]+$/, '')) ?? []
  return ending === undefined ? undefined : holdingTypes.find(({ names }) => names.includes(ending.toLowerCase()))
}

/** By what `file-type` calls it. */
export function typeSeenAs(seen: string): HoldingType | undefined {
  return holdingTypes.find(({ names, seenAs = [] }) => [...names, ...seenAs].includes(seen.toLowerCase()))
}

/** In words of one: as the library says, `text`, `empty`; null where nobody can tell. */
export function seenIn({ head, tail }: Ends, byLibrary: string | null): string | null {
  if (byLibrary === null) return plainTypeOf(head) ?? typesIn({ head, tail })[0]?.type.toLowerCase() ?? null
  return byLibrary === 'zip' ? (officeIn(tail) ?? 'zip') : byLibrary
}

/** Text has a mark of its width, or no octets that steer a terminal but for ends of lines and pages. */
function plainTypeOf(head: Uint8Array): 'text' | 'empty' | null {
  if (head.length === 0) return 'empty'
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  const plain = (octet: number) => (octet >= 0x20 ? octet !== 0x7f : [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(octet))
  return wide || head.every(plain) ? 'text' : null
}

const officeFolders = { 'word/': 'docx', 'xl/': 'xlsx', 'ppt/': 'pptx' } as const

/** Programs that write as a stream give their entries no length in front, and the library does not read those. */
function officeIn(tail: Uint8Array): string | null {
  const names = namesInDirectory(tail)
  if (!names.includes('[Content_Types].xml')) return null
  const found = Object.entries(officeFolders).filter(([folder]) => names.some((name) => name.startsWith(folder)))
  const macros = names.some((name) => name.endsWith('/vbaProject.bin'))
  return found.length === 1 && !macros ? (found[0]?.[1] ?? null) : null
}

/** Of a zip's own directory, as far as it stands in the end; none where it does not. */
function namesInDirectory(tail: Uint8Array): readonly string[] {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length)
  const end = tail.findLastIndex((_, at) => standsAt(tail, { at, hex: '504b0506' }) && at + 22 <= tail.length)
  if (end < 0) return []
  const names: string[] = []
  for (let at = end - view.getUint32(end + 12, true); at >= 0 && at + 46 <= end; ) {
    if (!standsAt(tail, { at, hex: '504b0102' })) break
    const [name = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true))
    names.push(String.fromCharCode(...tail.subarray(at + 46, at + 46 + name)))
    at += 46 + name + extra + comment
  }
  return names
}

/** A zip's last record in what is no zip at its beginning. `exactly`: as the very end, nothing behind it. */
export function endsAsZip({ tail, exactly }: Pick<Ends, 'tail'> & { readonly exactly: boolean }): boolean {
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (!standsAt(tail, { at, hex: '504b0506' })) continue
    const comment = (tail[at + 20] ?? 0) + (tail[at + 21] ?? 0) * 256
    if (!exactly || at + 22 + comment === tail.length) return true
  }
  return false
}

/** Whether a stream that clamd opens ends where its file does: what stands behind it, or is cut off, was not looked into. */
export function endsWell({ type }: Pick<HoldingType, 'type'>, { tail }: Pick<Ends, 'tail'>): boolean {
  if (type === 'Bzip2') return endsAsBzip2(tail)
  return type !== 'Xz' || endsAsXz(tail)
}

/** The footer's last two octets; padding is zeros, four by four. */
function endsAsXz(tail: Uint8Array): boolean {
  let end = tail.length
  while (end >= 4 && tail.subarray(end - 4, end).every((octet) => octet === 0)) end -= 4
  return tail[end - 2] === 0x59 && tail[end - 1] === 0x5a
}

/** The last block's mark, a sum of 32 bits, and so many bits as are wanting to a whole octet. */
function endsAsBzip2(tail: Uint8Array): boolean {
  const last = tail.subarray(-11)
  const bits = [...last].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  const from = bits.lastIndexOf((0x177245385090).toString(2).padStart(48, '0'))
  const padding = bits.length - (from + 80)
  return from >= 0 && padding >= 0 && padding < 8
}

function standsAt(bytes: Uint8Array, { at, hex }: Mark): boolean {
  const first = Number.parseInt(hex.slice(0, 2), 16)
  if (!Number.isNaN(first) && bytes[at] !== first) return false
  const octets = octetsOf(hex)
  return (
    at >= 0 &&
    at + octets.length <= bytes.length &&
    octets.every((any, index) => any === null || any.includes(bytes[at + index] ?? -1))
  )
}

/** Of each octet the values that it may have; null: any. */
function octetsOf(hex: string): readonly (readonly number[] | null)[] {
  return [...hex.matchAll(/\?\?|\(([0-9a-f|]+)\)|[0-9a-f]{2}/g)].map(([octet, several]) =>
    octet === '??' ? null : (several ?? octet).split('|').map((one) => Number.parseInt(one, 16)),
  )
}
