import { describe, expect, it } from 'vitest'
import { signatureBase } from '#domain/scanning/signatures.ts'
import { unrecognisedWords, unscannableWords } from './scanning.ts'

const signed = [
  ...Object.values(signatureBase)
    .join('\n')
    .matchAll(/Safehand\.Unscannable\.[\w.]+/g),
].map(([name]) => name)

describe('[scan/reasons] why a file was not looked into', () => {
  it('[scan/reasons] has words for every signature of ours, and for what clamd says', () => {
    const others = ['Heuristics.Encrypted.PDF', 'Heuristics.Limits.Exceeded.MaxFiles', 'Limits.StreamMaxLength']
    for (const finding of new Set([...signed, ...others].filter((name) => !name.endsWith('.Canary'))))
      expect(unscannableWords(finding), finding).toMatch(/^[\p{L}\d]/u)
  })

  it.each([
    ['Office.Encrypted', 'an Office document with a password, which the scanner does not open'],
    ['7z.Name', 'its name, or one inside it, says a 7z archive, which the scanner does not open or did not find'],
    ['Zip.Trailing', 'a zip archive with something behind its end, or cut off'],
    ['Tar.Sparse', 'a tar archive that is damaged, or not like others'],
    ['Zip.Cut', 'a zip archive that ends too early'],
    ['Zip.Spanned', 'one part of a zip archive in several; make it anew as one'],
    ['Pdf.Encrypted', 'a PDF with a password'],
    ['TwoFormats', 'two kinds of file in one: what one program shows, another does not'],
  ])('[scan/reasons] %s: %s', (what, words) => {
    expect(unscannableWords(`Safehand.Unscannable.${what}`)).toBe(words)
  })

  it('[scan/types] what is of no recognised type is said as such', () => {
    expect(unrecognisedWords(0)).toBe(null)
    expect(unrecognisedWords(1)).toMatch(/^One file is of no recognised type/)
    expect(unrecognisedWords(3)).toMatch(/^3 files are of no recognised type/)
  })

  it('is none where something else was found', () => {
    for (const finding of ['Eicar-Test-Signature', 'Safehand.Body.Altered', 'Safehand.Unscannable.Unheard'])
      expect(unscannableWords(finding)).toBe(null)
  })
})
