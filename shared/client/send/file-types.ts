// What each file is by its content and name together, told before anything is encrypted where the flow lists types
// (ARCHITECTURE.md#file-types). The scanner says it again, of what it reads, and has the last word.
import type { Flow } from '#domain/agreements/agreement.ts'
import { fileTypeOf, type SeenFileType } from '#domain/file-types.ts'
import { type Ends, endOctets, seenIn } from '#domain/scanning/recognise.ts'
import { concat } from '#openpgp/bytes.ts'
import { FileChanged, isChanged, readFile } from './file-fault.ts'
import type { OutgoingFile, SeeFileType } from './sending.ts'

export interface TypesToSee {
  readonly flow: Pick<Flow, 'fileTypes'> | undefined
  readonly files: readonly OutgoingFile[]
  readonly seeFileType: SeeFileType
}

/** Undefined where the flow does not ask: then nobody needs to know. Throws FileUnreadable, FileChanged. */
export async function fileTypesOf({ flow, files, seeFileType }: TypesToSee): Promise<SeenFileType[] | undefined> {
  if (flow?.fileTypes === undefined) return undefined
  const types: SeenFileType[] = []
  for (const file of files) {
    const type = await typeOf(file, seeFileType).catch((error: unknown) => {
      throw isChanged(error) ? new FileChanged(file.name) : error
    })
    types.push(type)
  }
  return types
}

async function typeOf(file: OutgoingFile, seeFileType: SeeFileType): Promise<SeenFileType> {
  const { name } = file
  const head = await beginningOf(file)
  const type = await typeIn({ name, ends: { head, tail: head }, seeFileType })
  // What kind of document a zip is may stand in its directory alone, which is its end.
  if (type !== 'other' || file.size <= head.length || !startsAsZip(head)) return type
  return typeIn({ name, ends: await endsOf(readFile(file)), seeFileType })
}

export interface TypeToSee {
  readonly name: string
  readonly ends: Ends
  readonly seeFileType: SeeFileType
}

export async function typeIn({ name, ends, seeFileType }: TypeToSee): Promise<SeenFileType> {
  return fileTypeOf({ name, seen: seenIn(ends, await seeFileType(ends.head)) })
}

const startsAsZip = (head: Uint8Array) => head[0] === 0x50 && head[1] === 0x4b

async function beginningOf(file: OutgoingFile): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  for await (const piece of readFile(file)) {
    head = concat(head, piece)
    if (head.length >= endOctets) break
  }
  return head.subarray(0, endOctets)
}

/** Reads it all. */
export async function endsOf(bytes: AsyncIterable<Uint8Array>): Promise<Ends> {
  let head: Uint8Array = new Uint8Array()
  let tail: Uint8Array = new Uint8Array()
  for await (const piece of bytes) {
    if (head.length < endOctets) head = concat(head, piece.subarray(0, endOctets - head.length))
    tail = piece.length >= endOctets ? piece.slice(-endOctets) : concat(tail, piece).slice(-endOctets)
  }
  return { head: head, tail: tail }
}
