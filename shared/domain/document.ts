// Signed documents are exact bytes: RFC 8785 JSON, stored and verified as they are (ARCHITECTURE.md#exact-bytes).
// A reader refuses bytes that are not their own canonical form, so one meaning has one encoding.
import canonicalize from 'canonicalize'
import type * as z from 'zod'
import type { Bytes } from './values.ts'

/** Bytes as they were signed, with the detached binary OpenPGP signature over them. */
export interface SignedBytes {
  readonly bytes: Bytes
  readonly signature: Bytes
}

export type ParsedDocument<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string }

/** No signed document is larger; a roster of 10,000 people is about 700 KiB. */
export const maxDocumentBytes = 1024 * 1024

export function encodeDocument<M extends z.ZodType>(model: M, value: z.input<M>): Bytes {
  const text = canonicalize(model.parse(value))
  if (text === undefined) throw new TypeError('a document must be JSON')
  return new TextEncoder().encode(text)
}

/** Refuses: too large, not UTF-8, not JSON, not canonical, unknown or missing fields. */
export function parseDocument<M extends z.ZodType>(
  model: M,
  bytes: Uint8Array,
  { most = maxDocumentBytes }: { readonly most?: number } = {},
): ParsedDocument<z.output<M>> {
  if (bytes.length > most) return { ok: false, reason: tooLarge(most) }
  let text: string
  let json: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    json = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'the document is not UTF-8 JSON' }
  }
  if (canonicalize(json) !== text) return { ok: false, reason: 'the document is not in its canonical form (RFC 8785)' }
  const parsed = model.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  return { ok: false, reason: `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'is not as described'}` }
}

export function tooLarge(most: number): string {
  return `the document is larger than ${most / (1024 * 1024)} MiB`
}
