// Single byte ranges (RFC 9110 14), with If-Range against a strong ETag: a client that resumes a download gets the
// rest of the same bytes, or everything from the start, never a mixture (ARCHITECTURE.md#ranges).

/** Octets, `end` exclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface RangeRequest {
  readonly range: string | undefined
  readonly ifRange: string | undefined
}

/**
 * The whole without `Range`, when `If-Range` names another version, and for what RFC 9110 section 14.2 lets a server ignore:
 * another unit, several ranges, or no range by its grammar. Null: a range of which nothing is inside `length`.
 */
export function chooseRange(
  { range, ifRange }: RangeRequest,
  of: { readonly length: number; readonly etag: string },
): ByteRange | null {
  const whole = { start: 0, end: of.length }
  if (range === undefined || (ifRange !== undefined && ifRange !== of.etag)) return whole
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range) ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return whole
  if (first !== '' && last !== '' && BigInt(last) < BigInt(first)) return whole
  const chosen =
    first === ''
      ? { start: Math.max(0, of.length - Number(last)), end: of.length }
      : { start: Number(first), end: last === '' ? of.length : Math.min(Number(last) + 1, of.length) }
  return chosen.start < chosen.end ? chosen : null
}
