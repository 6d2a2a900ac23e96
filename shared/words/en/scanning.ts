// Why a file was not looked into, in words: what a finding means to who sent it and to who answers for it.
import { holdingTypes } from '#domain/scanning/types.ts'

/** Said of what was found clean: null where it is known what each file is. */
export function unrecognisedWords(files: number): string | null {
  if (files === 0) return null
  const subject = files === 1 ? 'One file is' : `${files} files are`
  return `${subject} of no recognised type: scanned for viruses octet by octet, but nobody could tell what is inside.`
}

/** Said of what was not released for it. */
export function otherTypesWords(listed: readonly string[]): string {
  return `A file, or one in an archive, is of no type that the agreement lists (${listed.join(', ')}), or its content is another than its name says.`
}

/** Findings that name no type, without `Safehand.Unscannable.` before them. */
const findings: Readonly<Record<string, string>> = {
  'Zip.Method': 'a zip archive packed by a method that the scanner does not open; make it anew with deflate',
  'Zip.Encrypted': 'a zip archive with a password',
  'Zip.TooMany': 'a zip archive with more than 10,000 files',
  'Zip.Length': 'a zip archive that does not say where its files end; make it anew',
  TwoFormats: 'two kinds of file in one: what one program shows, another does not',
  'Zip.Cut': 'a zip archive that ends too early',
  'Zip.Spanned': 'one part of a zip archive in several; make it anew as one',
  'Pdf.Encrypted': 'a PDF with a password',
  'Pdf.Filter': 'a PDF packed by a method that the scanner does not open; save it anew as PDF 1.7',
  Cut: 'an archive that ends too early',
  Malformed: 'an archive that is damaged',
  TooDeep: 'archives in archives, deeper than the scanner opens them',
  TooMuch: 'an archive that unpacks to more than one scan takes; send it in parts',
  TooLarge: 'larger than one scan takes; send it in parts',
  NotText: 'larger than one scan takes, and not text from end to end',
  NotRead: 'not read to its end by the scanner',
}

const encrypted = /^Heuristics\.Encrypted\.(\w+)/
const limits = /^(Heuristics\.Limits|Limits)\./

/** Null: a finding that is no reason why nobody looked inside, such as a virus or an altered body. */
export function unscannableWords(finding: string): string | null {
  const [, kind] = encrypted.exec(finding) ?? []
  if (kind !== undefined) return `encrypted, with a password (${kind})`
  if (limits.test(finding)) return 'larger, deeper or more than one scan takes; send it in parts'
  if (!finding.startsWith('Safehand.Unscannable.')) return null
  const what = finding.slice('Safehand.Unscannable.'.length)
  if (what.startsWith('Zip64')) return 'a zip archive of the 64-bit kind; make several smaller ones'
  return findings[what] ?? wordsOfType(what)
}

function wordsOfType(what: string): string | null {
  const type = holdingTypes.find(({ type }) => what === type || what.startsWith(`${type}.`))
  if (!type) return null
  switch (what.slice(type.type.length)) {
    case '':
      return `${type.words}, which the scanner does not open`
    case '.Name':
      return `its name, or one inside it, says ${type.words}, which the scanner does not open or did not find`
    case '.Several':
      return `${type.words} with a second one behind it`
    case '.Trailing':
      return `${type.words} with something behind its end, or cut off`
    default:
      return `${type.words} that is damaged, or not like others`
  }
}
