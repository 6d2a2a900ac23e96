// Signatures for clamd, made from the table of what holds other content: so a file that is met inside another one, at
// whatever depth clamd unpacks, is judged by the same table as a file by itself. Pure.
import { largestScan } from './scannable.ts'
import { holdingTypes } from './types.ts'

/** clamd takes marks of three octets and more, and finds them by two in a row that do not vary. */
const findable = (hex: string) => hex.length >= 6 && /[0-9a-f]{4}/.test(hex.replaceAll(/\([^)]*\)/g, '?'))

/** A mark as one or several that clamd finds; none where it has not enough that does not vary. */
function findableForms(hex: string): readonly string[] {
  if (findable(hex)) return [hex]
  const [group, several] = /\(([^)]*)\)/.exec(hex) ?? []
  if (group === undefined || several === undefined) return []
  return several.split('|').flatMap((one) => findableForms(hex.replace(group, one)))
}

const never = holdingTypes.filter(({ opened }) => opened === 'never')

const ofTypes = never.flatMap(({ type, begins = [], ends = [], within = [] }) =>
  [
    ...begins.map(({ at, hex }) => ({ place: String(at), hex })),
    ...ends.map(({ at, hex }) => ({ place: `EOF-${at}`, hex })),
    ...within.map((hex) => ({ place: '*', hex })),
  ].flatMap(({ place, hex }) => findableForms(hex).map((form) => `Safehand.Unscannable.${type}:0:${place}:${form}`)),
)

/**
 * Of what clamd unpacks, that which it passes over in silence. In zip: sizes of 64 bits, and every method but stored,
 * deflated, deflated with 64 KiB, and bzip2. After a picture or a PDF: a zip, which other programs would open.
 */
const passedOver = [
  ['Zip64.Locator', '0:*:504b0607{16}504b0506'],
  ['Zip64.Local.Compressed', '0:*:504b0304{14}ffffffff'],
  ['Zip64.Local.Size', '0:*:504b0304{18}ffffffff'],
  ['Zip64.Central.Compressed', '0:*:504b0102{16}ffffffff'],
  ['Zip64.Central.Size', '0:*:504b0102{20}ffffffff'],
  ['Zip.Method', '0:*:504b0304????????!(00|08|09|0c)00'],
  ['Zip.Method', '0:*:504b0102????????????!(00|08|09|0c)00'],
  ['TwoFormats', '5:*:504b0506'],
  ['TwoFormats', '0:*:2525454f46{0-64}504b0304'],
  ['TwoFormats', '5:0,1024:255044462d'],
].map(([what, line]) => `Safehand.Unscannable.${what}:${line}`)

/**
 * The word by which a PDF says that it is encrypted, with a letter or more written by its number (ISO 32000 7.3.5): other
 * programs read that, and clamd does not.
 */
const escapedEncrypt = [...'Encrypt'].flatMap((_, which) => {
  const forms = [...'Encrypt'].map((letter, place) => {
    const plain = letter.charCodeAt(0).toString(16)
    const byNumber = [...new Set([plain, plain.toUpperCase()])].map((digits) => hexOf(`#${digits}`))
    return place === which ? byNumber : [`(${[plain, ...byNumber].join('|')})`]
  })
  return forms.reduce((all, next) => all.flatMap((begun) => next.map((form) => begun + form)), [hexOf('/')])
})

/** How a PDF may pack its streams and clamd does not unpack them: by a newer method, or one that another object names. */
const pdfFilters = [
  hexOf('/BrotliDecode'),
  ...['20', '5b', '205b', '2020'].map((between) => `${hexOf('/Filter')}${between}(31|32|33|34|35|36|37|38|39)`),
  `${hexOf('/Filter')}(09|0a|0d)(31|32|33|34|35|36|37|38|39)`,
]

const ofPdf = [
  ...escapedEncrypt.map((hex) => `Safehand.Unscannable.Pdf.Encrypted:10:*:${hex}`),
  ...pdfFilters.map((hex) => `Safehand.Unscannable.Pdf.Filter:10:*:${hex}`),
]

/** EICAR, by which a scanner proves that it finds anything. */
const canary =
  'Eicar-Test-Signature:0:0:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a'

/** Lines of an .ndb base: what it begins with, ends with, or has anywhere. */
const contentSignatures: readonly string[] = [canary, ...passedOver, ...ofPdf, ...ofTypes]

/** Lines of an .ldb base: a second stream behind the first one, which clamd does not open. */
const streamSignatures: readonly string[] = [
  ['Gzip', '1f8b08', '1f8b08(00|08)????????(00|02|04)(00|03|0a|0b|ff)'],
  ['Bzip2', '425a68', '425a68??314159265359'],
  ['Xz', 'fd377a585a00', 'fd377a585a00'],
].map(([type, first, each]) => `Safehand.Unscannable.${type}.Several;Engine:81-255,Target:0;0&(1>1);0:${first};${each}`)

/** Of the .ldb base too: a script for an interpreter with an archive in it, which unpacks itself. */
const scriptSignature = [
  'Safehand.Unscannable.TwoFormats;Engine:81-255,Target:0;(0|1)&(2|3|4|5|6)',
  '0:23212f',
  '0:2321202f',
  '1f8b08(00|08)????????(00|02|04)(00|03|0a|0b|ff)',
  '425a68??314159265359',
  'fd377a585a00',
  '504b0304????????(00|08)00',
  '28b52ffd(04|20|24|60|64|a0|a4)',
].join(';')

/** Zip, RAR, 7z, Zstandard, gzip, bzip2, xz, a program, a PDF: little-endian. */
const behind = [
  [32, '04034b50'],
  [32, '21726152'],
  [32, 'afbc7a37'],
  [32, 'fd2fb528'],
  [32, '587a37fd'],
  [32, '464c457f'],
  [32, '46445025'],
  [16, '8b1f'],
  [16, '5a42'],
  [16, '5a4d'],
] as const

/**
 * A .yar base, for what needs reckoning: where a zip says that its directory is. One that begins as a zip, and whose last
 * record ends the file and does not fit its place, is two in one; so is one with an archive, a program or a PDF right behind
 * its record. Other things may follow: clamd gives a zip in an older Office file with all that stands behind it, and finds the
 * next one there itself. clamd reads no number that ends with the file.
 */
const ruleOfZip = `rule Safehand_Unscannable_Zip_Trailing {
  strings:
    $end = { 50 4B 05 06 }
  condition:
    uint32(0) == 0x04034b50 and for any i in (1..#end) : (
      (uint32(@end[i] + 12) + uint32(@end[i] + 16) != @end[i] and
        (@end[i] + 22 == filesize or @end[i] + 22 + uint16(@end[i] + 20) == filesize)) or
      (uint32(@end[i] + 12) + uint32(@end[i] + 16) == @end[i] and (
        ${behind.map(([width, value]) => `uint${width}(@end[i] + 22) == 0x${value}`).join(' or ')}))
    )
}
`

/** One whose directory was cut off: clamd opens nothing of it, other programs do. The mark alone stands among random octets, too. */
const ruleOfCut = `rule Safehand_Unscannable_Zip_Cut {
  strings:
    $end = { 50 4B 05 06 }
    $begin = { 50 4B 03 04 }
  condition:
    $begin at 0 and #end == 0 and uint8(5) == 0 and (uint16(8) == 0 or uint16(8) == 8)
}
`

/** What is no zip at its beginning, and ends as one; but a program that unpacks itself. */
const ruleOfTwo = `rule Safehand_Unscannable_TwoFormats {
  strings:
    $end = { 50 4B 05 06 }
  condition:
    uint16(0) != 0x4b50 and uint16(0) != 0x5a4d and uint32(0) != 0x464c457f and
    for any i in (1..#end) : (@end[i] + 22 == filesize or @end[i] + 22 + uint16(@end[i] + 20) == filesize)
}
`

/**
 * One of an .ldb base for what is larger than one scan takes: clamd cuts a member of an archive off at its MaxFileSize, which
 * is a little more, and says nothing. Logical signatures need a mark; this one's is never there.
 */
export function tooLargeSignature(largest: number): string {
  return `Safehand.Unscannable.TooLarge;Engine:81-255,Target:0,FileSize:${largest + 1}-4294967295;0=0;9f3ac1d40277be5586e1a40b37cd9028`
}

/**
 * Lines of a .cdb base: what members of archives are called. But not those of OpenPGP: certificates have the same names, and
 * messages are known by how they begin.
 */
const nameSignatures: readonly string[] = never
  .filter(({ type, names }) => names.length > 0 && type !== 'OpenPGP')
  .map(({ type, names }) => `Safehand.Unscannable.${type}.Name:*:*:${endingIn(names)}:*:*:*:*:*:*`)

function endingIn(names: readonly string[]): string {
  const anyCase = (name: string) => name.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
  return String.raw`\.(${names.map(anyCase).join('|')})$`
}

const tooLarge = tooLargeSignature(largestScan)
const lines = [
  tooLarge,
  ...contentSignatures,
  ...streamSignatures,
  scriptSignature,
  ...nameSignatures,
  ruleOfZip,
  ruleOfCut,
  ruleOfTwo,
]

/** What clamd is shown to learn whether it has these signatures, and not those of an earlier version. */
export const signaturesCanary = `Safehand signatures ${lines.length}/${lines.join().length}`
const canarySignature = `Safehand.Unscannable.Canary:0:0:${hexOf(signaturesCanary)}`

/** The base: files beside freshclam's, and what stands in them. */
export const signatureBase: Readonly<Record<string, string>> = {
  'safehand.ndb': textOf([...contentSignatures, canarySignature]),
  'safehand.ldb': textOf([...streamSignatures, scriptSignature, tooLarge]),
  'safehand.yar': `${ruleOfZip}${ruleOfCut}${ruleOfTwo}`,
  'safehand.cdb': textOf(nameSignatures),
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, '0')).join('')
}
