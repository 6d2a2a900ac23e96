// The types of file that a flow may list (ARCHITECTURE.md#file-types): each known by its content and its name together, so
// that neither alone decides. One table for the agreement, the client and the scanner. Pure.
import * as z from 'zod'

interface FileType {
  readonly words: string
  /** What names end in. */
  readonly names: readonly string[]
  /** What its content is seen as: by `file-type`, or `text`. */
  readonly seen: readonly string[]
}

const text = (words: string, ...names: readonly string[]): FileType => ({ words, names, seen: ['text'] })
const as = (words: string, seen: string, ...others: readonly string[]): FileType => ({
  words,
  names: [seen, ...others],
  seen: [seen],
})

const types = {
  csv: text('CSV', 'csv', 'tsv'),
  txt: text('plain text', 'txt'),
  json: text('JSON', 'json', 'jsonl', 'ndjson', 'geojson'),
  html: text('web page', 'html', 'htm'),
  eml: text('e-mail message', 'eml'),
  xml: { words: 'XML', names: ['xml'], seen: ['xml', 'text'] },
  ics: { words: 'calendar entry', names: ['ics'], seen: ['ics', 'text'] },
  vcf: { words: 'contact card', names: ['vcf'], seen: ['vcf', 'text'] },
  rtf: as('RTF', 'rtf'),
  pdf: as('PDF', 'pdf'),
  docx: as('Word document', 'docx'),
  docm: as('Word document with macros', 'docm'),
  xlsx: as('Excel workbook', 'xlsx'),
  xlsm: as('Excel workbook with macros', 'xlsm'),
  pptx: as('PowerPoint presentation', 'pptx'),
  doc: { words: 'Word document of the older kind', names: ['doc'], seen: ['cfb'] },
  xls: { words: 'Excel workbook of the older kind', names: ['xls'], seen: ['cfb'] },
  ppt: { words: 'PowerPoint presentation of the older kind', names: ['ppt'], seen: ['cfb'] },
  msg: { words: 'Outlook message', names: ['msg'], seen: ['cfb'] },
  odt: as('OpenDocument text', 'odt'),
  ods: as('OpenDocument spreadsheet', 'ods'),
  odp: as('OpenDocument presentation', 'odp'),
  jpg: as('JPEG picture', 'jpg', 'jpeg'),
  png: { words: 'PNG picture', names: ['png'], seen: ['png', 'apng'] },
  gif: as('GIF picture', 'gif'),
  tif: as('TIFF picture', 'tif', 'tiff'),
  webp: as('WebP picture', 'webp'),
  heic: as('HEIC picture', 'heic', 'heif'),
  bmp: as('BMP picture', 'bmp'),
  mp3: as('MP3 sound', 'mp3'),
  wav: as('WAV sound', 'wav'),
  m4a: as('M4A sound', 'm4a'),
  mp4: { words: 'MP4 film', names: ['mp4', 'm4v'], seen: ['mp4', 'm4v'] },
  mov: as('QuickTime film', 'mov'),
  avi: as('AVI film', 'avi'),
  mkv: as('Matroska film', 'mkv'),
  zip: as('zip archive', 'zip'),
  tar: as('tar archive', 'tar'),
  gz: { words: 'gzip file', names: ['gz', 'tgz'], seen: ['gz', 'tar.gz'] },
  '7z': as('7z archive', '7z'),
  rar: as('RAR archive', 'rar'),
} as const satisfies Record<string, FileType>

export type FileTypeCode = keyof typeof types

const codes = Object.keys(types) as FileTypeCode[]

export const fileTypeCode = z.enum(codes as [FileTypeCode, ...FileTypeCode[]])

/** `other`: of no type in the table, or its name says another than its content. */
export const seenFileType = z.enum(['other', ...codes] as ['other', ...FileTypeCode[]])
export type SeenFileType = z.infer<typeof seenFileType>

/** Of these what is inside counts too, each file for itself. */
const archives: readonly SeenFileType[] = ['zip', 'tar', 'gz']

export function isArchive(type: SeenFileType): boolean {
  return archives.includes(type)
}

/** `seen`: what the content is, as a scan says it; an empty file may be of any type that is text. */
export function fileTypeOf({ name, seen }: { readonly name: string; readonly seen: string | null }): SeenFileType {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase()
  const content = seen === 'empty' ? 'text' : seen
  const is = ({ names, seen: contents }: FileType) =>
    ending !== undefined && names.includes(ending) && content !== null && contents.includes(content)
  return codes.find((code) => is(types[code])) ?? 'other'
}

export function fileTypeWords(code: FileTypeCode): string {
  return types[code].words
}
