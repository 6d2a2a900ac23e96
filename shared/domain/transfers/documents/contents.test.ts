import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Sha256Hex } from '../../values.ts'
import { encodeContents, parseContents } from './contents.ts'
import { type Manifest, manifest } from './manifest.ts'

const vectors = JSON.parse(readFileSync('tests/vectors/documents/transfer.json', 'utf8'))
const plain: Manifest = manifest.parse(JSON.parse(textOf(vectors)))
const sum = 'dd'.repeat(32) as Sha256Hex
const summed: Manifest = { ...plain, files: plain.files.map((file) => ({ ...file, sha256: sum })) }
const encode = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** The manifest's canonical text among the vectors. */
function textOf(found: unknown): string {
  if (typeof found === 'string') return found.startsWith('{') && found.includes('safehand.manifest/1') ? found : ''
  if (typeof found !== 'object' || found === null) return ''
  const own = found as { type?: unknown }
  if (own.type === 'safehand.manifest/1') return JSON.stringify(found)
  return (
    Object.values(found)
      .map(textOf)
      .find((text) => text !== '') ?? ''
  )
}

describe('contents', () => {
  it('[envelope/manifest] are the manifest itself in v2-gcm, and a text around it in v1-cfb', () => {
    expect(parseContents('v2-gcm', encodeContents('v2-gcm', plain))).toEqual({ ok: true, value: plain })
    expect(parseContents('v1-cfb', encodeContents('v1-cfb', summed))).toEqual({ ok: true, value: summed })
  })

  it('[envelope/manifest] keep a name with a line break in its line, and sums alone outside of comments', () => {
    const [first, ...rest] = summed.files
    const files = [{ ...first!, name: `a\n${'ee'.repeat(32)}  evil` }, ...rest]
    const lines = decode(encodeContents('v1-cfb', { ...summed, files }))
      .trimEnd()
      .split('\n')
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual(files.map(({ id }) => `${sum}  ${id}`))
  })

  it('[envelope/manifest] that say in the text something else than in the manifest are refused', () => {
    const text = decode(encodeContents('v1-cfb', summed))
    for (const other of [text.replace(sum, 'ee'.repeat(32)), `# more\n${text}`, text.slice(0, -1), `${text}\n`]) {
      expect(parseContents('v1-cfb', encode(other)).ok).toBe(false)
    }
  })

  it('[envelope/manifest] have sums in v1-cfb and only there', () => {
    expect(parseContents('v1-cfb', encodeContents('v1-cfb', plain)).ok).toBe(false)
    expect(parseContents('v2-gcm', encodeContents('v2-gcm', summed)).ok).toBe(false)
  })
})
