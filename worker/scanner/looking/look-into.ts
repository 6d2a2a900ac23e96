// What a file is, and whether it was looked into to its last octet: by its content, its name, and one walk through the
// archives that we open ourselves, at every depth. clamd reads the same octets for viruses; this asks only whether it
// could. Hostile content, flat memory.
import { fileTypeOf, isArchive, type SeenFileType } from '#domain/file-types.ts'
import { endOctets, endsAsZip, endsWell, seenIn, typeNamed, typeSeenAs, typesIn } from '#domain/scanning/recognise.ts'
import type { HoldingType } from '#domain/scanning/types.ts'
import { seeFileType } from '#platform/file-type.ts'
import { walkGzip } from './gzip.ts'
import { NotLookedInto } from './not-looked-into.ts'
import { isPublicOpenPgp } from './public-openpgp.ts'
import { Reader } from './reader.ts'
import { walkTar } from './tar.ts'
import { walkZip } from './zip.ts'
import { isZlibStream } from './zlib-stream.ts'

export interface Looked {
  /** As `file-type` calls it, or our table, or `text`, or `empty`; null: of no recognised type. */
  readonly seen: string | null
  /** Of it, and of each file that an archive holds: by content and name together. */
  readonly fileTypes: readonly SeenFileType[]
  /** Why it counts as not looked into, as a verdict says it; null: nothing speaks against it. */
  readonly finding: string | null
}

interface About {
  readonly name: string
  /** Octets that may be unpacked from it in all. */
  readonly limit: number
}

interface Place extends About {
  readonly depth: number
  readonly budget: { left: number }
  readonly fileTypes: Set<SeenFileType>
}

/** As deep as clamd opens archives in archives. */
const deepest = 16

export async function lookInto(bytes: AsyncIterable<Uint8Array>, about: About): Promise<Looked> {
  const fileTypes = new Set<SeenFileType>()
  const { seen, what } = await look(bytes, { ...about, depth: 0, budget: { left: about.limit }, fileTypes })
  return { seen, fileTypes: [...fileTypes], finding: what === null ? null : `Safehand.Unscannable.${what}` }
}

/** Always reads to the end. */
async function look(
  bytes: AsyncIterable<Uint8Array>,
  place: Place,
): Promise<{ seen: string | null; what: string | null }> {
  const kept = { tail: new Uint8Array() as Uint8Array }
  const reader = new Reader(keepingTail(bytes, kept))
  const head = (await reader.peek(endOctets)).slice()
  const library = await seeFileType(head)
  const byLibrary = library === null ? [] : [typeSeenAs(library)]
  const walked = distinct([...typesIn({ head, tail: new Uint8Array() }), ...byLibrary]).find(
    ({ opened }) => opened === 'us',
  )
  const inside = new Set<SeenFileType>()
  let what: string | null = null
  try {
    if (walked) await walk(walked, { reader, place: { ...place, fileTypes: inside } })
    if (walked && !(await reader.isOver())) what = `${walked.type}.Trailing`
  } catch (error) {
    if (!(error instanceof NotLookedInto)) throw error
    what = error.what
  }
  await reader.drain()
  const ends = { head, tail: kept.tail }
  const types = distinct([...typesIn(ends), ...byLibrary])
  const seen = seenIn(ends, library)
  const isFolder = place.name.endsWith('/') && seen === 'empty'
  const own = fileTypeOf({ name: place.name, seen })
  // What a document's own format puts into it is no file of its own.
  for (const type of isFolder ? [] : [own, ...(isArchive(own) ? inside : [])]) place.fileTypes.add(type)
  const isPublic = reader.at === head.length && isPublicOpenPgp(head)
  return { seen, what: what ?? judge({ types, ...ends, seen: library, name: place.name, isPublic }) }
}

async function walk(type: HoldingType, { reader, place }: { reader: Reader; place: Place }): Promise<void> {
  if (place.depth === deepest) throw new NotLookedInto('TooDeep')
  const member = async (name: string, bytes: AsyncIterable<Uint8Array>) => {
    const { what } = await look(spending(bytes, place.budget), { ...place, name, depth: place.depth + 1 })
    if (what !== null) throw new NotLookedInto(what)
  }
  if (type.type === 'Zip') await walkZip(reader, member)
  else if (type.type === 'Gzip') await walkGzip(reader, { name: place.name, member })
  else await walkTar(reader, member)
}

interface ToJudge {
  readonly types: readonly HoldingType[]
  readonly head: Uint8Array
  readonly tail: Uint8Array
  readonly seen: string | null
  readonly name: string
  /** Certificates or signatures of OpenPGP, and nothing else: named as messages are. */
  readonly isPublic: boolean
}

/** Of what was read to its end: what its types, its name and its ends say. */
function judge({ types, head, seen, tail, name, isPublic }: ToJudge): string | null {
  const never = types.find(({ opened }) => opened === 'never')
  if (never) return never.type
  if (types.length > 1) return 'TwoFormats'
  if (types.length === 0 && seen === null && isZlibStream(head)) return 'Zlib'
  const [type] = types
  const named = typeNamed(name)
  const isCalledSo = isPublic && named?.type === 'OpenPGP'
  if (named && !named.loose && named !== type && !isCalledSo) return `${named.type}.Name`
  if (type && !endsWell(type, { tail })) return `${type.type}.Trailing`
  if (type?.opened !== 'us' && type?.type !== 'Program' && endsAsZip({ tail, exactly: type !== undefined }))
    return 'TwoFormats'
  if (isScript(head) && [head, tail].some((end) => end.includes(0))) return 'TwoFormats'
  const besides = seen !== null || type !== undefined
  if (besides && type?.opened !== 'us' && type?.type !== 'Pdf' && hasPdf(head)) return 'TwoFormats'
  return null
}

/** Programs that show PDF look for its mark in the first 1,024 octets. */
function hasPdf(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 1024)).includes('%PDF-')
}

/** Text for an interpreter; one that carries what is no text unpacks itself. */
function isScript(head: Uint8Array): boolean {
  return head[0] === 0x23 && head[1] === 0x21
}

function distinct(types: readonly (HoldingType | undefined)[]): readonly HoldingType[] {
  return [...new Set(types.filter((type) => type !== undefined))]
}

async function* keepingTail(bytes: AsyncIterable<Uint8Array>, kept: { tail: Uint8Array }): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    kept.tail =
      piece.length >= endOctets
        ? piece.slice(-endOctets)
        : new Uint8Array(Buffer.concat([kept.tail, piece])).slice(-endOctets)
    yield piece
  }
}

async function* spending(bytes: AsyncIterable<Uint8Array>, budget: { left: number }): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    budget.left -= piece.length
    if (budget.left < 0) throw new NotLookedInto('TooMuch')
    yield piece
  }
}
