// Names in a folder of this machine, as octets: they are mostly UTF-8, and what is not must be said, because nobody finds it
// by what a program shows instead.
import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

export interface NamesIn {
  readonly names: readonly string[]
  /** Not in UTF-8. */
  readonly others: readonly OtherName[]
}

export interface OtherName {
  readonly octets: Buffer
  /** For people: what is no ASCII as `\xE9`. */
  readonly shown: string
}

export async function namesIn(folder: string): Promise<NamesIn> {
  const found = (await readdir(folder, { encoding: 'buffer' })).map((octets) => ({ octets, name: decode(octets) }))
  return {
    names: found.flatMap(({ name }) => name ?? []).toSorted(),
    others: found.filter(({ name }) => name === null).map(({ octets }) => ({ octets, shown: shown(octets) })),
  }
}

function decode(octets: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
  } catch {
    return null
  }
}

function shown(octets: Buffer): string {
  return [...octets]
    .map((octet) =>
      octet >= 0x20 && octet < 0x7f
        ? String.fromCodePoint(octet)
        : `\\x${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}

/** What stands in the folder of a file that is not there, and is the same for people; null: nothing. */
export async function spelledOtherwise(path: string): Promise<string | null> {
  const wanted = plain(basename(path))
  const { names, others } = await namesIn(dirname(path)).catch(() => ({ names: [], others: [] }))
  // As older systems wrote western names.
  const latin1 = others.find(({ octets }) => plain(octets.toString('latin1')) === wanted || isShownAs(octets, path))
  return latin1?.shown ?? names.find((name) => plain(name) === wanted) ?? null
}

/** A shell hands over its octets, and Node puts a mark in place of what is no UTF-8. */
function isShownAs(octets: Buffer, path: string): boolean {
  return octets.toString('utf8') === basename(path)
}

function plain(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
