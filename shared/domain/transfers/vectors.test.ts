// Every signed document on a transfer's way: the canonical bytes and hash that another program computed from the same
// values. Provenance: tests/vectors/documents/README.md.
import type * as z from 'zod'
import { describe, expect, it } from 'vitest'
import { sha256 } from '#openpgp/webcrypto.ts'
import vectors from '../../../tests/vectors/documents/transfer.json' with { type: 'json' }
import { encodeDocument, parseDocument } from '../document.ts'
import { mostFiles } from '../policy/bounds.ts'
import { person, roster } from '../organisations/roster.ts'
import { statement } from '../organisations/statement.ts'
import { addendum } from './documents/addendum.ts'
import { approval } from './documents/approval.ts'
import { destructionCertificate } from './documents/destruction-certificate.ts'
import { destructionStatement } from './documents/destruction-statement.ts'
import { dispatchNote } from './documents/dispatch-note.ts'
import { manifest } from './documents/manifest.ts'
import { receipt } from './documents/receipt.ts'
import { scanCertificate } from './documents/scan-certificate.ts'
import { longestFinding, verdictDocument } from './documents/verdict.ts'

const models: Record<keyof typeof vectors, z.ZodType> = {
  statement,
  person,
  roster,
  scanCertificate,
  manifest,
  dispatchNote,
  verdict: verdictDocument,
  receipt,
  approval,
  addendum,
  destructionStatement,
  destructionCertificate,
}

describe.each(Object.keys(models) as (keyof typeof vectors)[])('the vector of %s', (name) => {
  const { value, canonical, sha256: hash } = vectors[name]
  const model = models[name]
  const parse = (text: string) => parseDocument(model, new TextEncoder().encode(text))

  it('[transfer/canonical] has the same canonical bytes and hash as another program computed', async () => {
    const bytes = encodeDocument(model, value)
    expect(new TextDecoder().decode(bytes)).toBe(canonical)
    expect(await sha256(bytes)).toBe(hash)
    expect(parse(canonical)).toEqual({ ok: true, value })
  })

  it('[transfer/canonical] is refused with a space, with an unknown field, and without any one of its fields', () => {
    expect(parse(`${canonical} `).ok).toBe(false)
    expect(parse(canonical.replace('{', '{"_":1,')).ok).toBe(false)
    for (const field of Object.keys(value)) {
      const { [field]: _, ...rest } = value as Record<string, unknown>
      expect({ field, ok: model.safeParse(rest).success }).toEqual({ field, ok: false })
    }
  })
})

describe('a dispatch note', () => {
  it('[transfer/canonical] ends with the manifest, wherever else it may stand', () => {
    const { value } = vectors.dispatchNote
    expect(dispatchNote.safeParse({ ...value, files: value.files.toReversed() }).success).toBe(false)
  })
})

describe('a verdict', () => {
  it('[transfer/canonical] on as many files as there may be, with the longest findings, is no larger than a document may be', () => {
    const { value } = vectors.verdict
    const file = { ...value.files[0]!, size: Number.MAX_SAFE_INTEGER, typeSeen: 't'.repeat(40) }
    const files = Array.from({ length: mostFiles + 1 }, () => ({ ...file, finding: 'f'.repeat(longestFinding) }))
    const bytes = encodeDocument(verdictDocument, { ...value, files } as z.input<typeof verdictDocument>)
    expect(parseDocument(verdictDocument, bytes).ok).toBe(true)
  })
})
