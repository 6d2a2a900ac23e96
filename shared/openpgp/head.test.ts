import { describe, expect, it } from 'vitest'
import { concat } from './bytes.ts'
import { EnvelopeError } from './envelope-error.ts'
import { checkRecipients, HEAD_LIMIT, splitHead } from './head.ts'

const BODY = Uint8Array.of(0xd2, 0xff, 0, 0, 0, 1, 2)
const BODY_V1 = Uint8Array.of(0xd2, 0xff, 0, 0, 0, 1, 1)
const SUBKEYS = ['11'.repeat(20), '22'.repeat(32), '33'.repeat(20)] as const

/** A PKESK version 6 with 40 octets of key material. */
function pkesk6(fingerprint: string, extra = 40): Uint8Array {
  const octets = Uint8Array.fromHex(fingerprint)
  const version = octets.length === 20 ? 4 : 6
  const contents = concat(
    Uint8Array.of(6, 1 + octets.length, version),
    octets,
    Uint8Array.of(18),
    new Uint8Array(extra),
  )
  return concat(Uint8Array.of(0xc1, 0xff, 0, 0, contents.length >> 8, contents.length & 0xff), contents)
}

/** As gpg writes them: old format, two-octet length. */
function pkesk3(keyId: string): Uint8Array {
  const contents = concat(Uint8Array.of(3), Uint8Array.fromHex(keyId), Uint8Array.of(1), new Uint8Array(40))
  return concat(Uint8Array.of(0x85, 0, contents.length), contents)
}

function detailOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return error instanceof EnvelopeError ? `${error.code} ${error.detail}` : String(error)
  }
}

describe('head', () => {
  it('[envelope/head] is split into PKESKs and body, and joins to the same bytes', () => {
    const message = concat(...SUBKEYS.map((subkey) => pkesk6(subkey)), BODY)
    const { pkesks, bodyOffset, bodyVersion } = splitHead(message)
    expect(pkesks.map(({ recipient }) => recipient)).toEqual(SUBKEYS.map((fingerprint) => ({ fingerprint })))
    expect(pkesks.map(({ version, keyVersion, algorithm }) => [version, keyVersion, algorithm])).toEqual([
      [6, 4, 18],
      [6, 6, 18],
      [6, 4, 18],
    ])
    expect(concat(...pkesks.map(({ bytes }) => bytes), message.subarray(bodyOffset))).toEqual(message)
    expect(bodyVersion).toBe(2)
  })

  it('[envelope/head] drops marker and padding packets, reads the old format', () => {
    const marker = Uint8Array.of(0xca, 3, 0x50, 0x47, 0x50)
    const padding = Uint8Array.of(0xd5, 2, 0, 0)
    expect(splitHead(concat(marker, pkesk6(SUBKEYS[0]), padding, BODY)).pkesks).toHaveLength(1)
    const old = splitHead(concat(pkesk3('0123456789abcdef'), BODY_V1))
    expect(old.pkesks[0]).toMatchObject({ version: 3, keyVersion: null, recipient: { keyId: '0123456789abcdef' } })
    expect(old.bodyVersion).toBe(1)
  })

  it('[envelope/head] refuses by name what a head may not have', () => {
    const hidden6 = Uint8Array.of(0xc1, 4, 6, 0, 18, 0)
    const many = Array.from({ length: 500 }, () => pkesk6(SUBKEYS[1], 100))
    const cases: [string, Uint8Array][] = [
      ['password-packet', concat(pkesk6(SUBKEYS[0]), Uint8Array.of(0xc3, 1, 6), BODY)],
      ['no-integrity', concat(pkesk6(SUBKEYS[0]), Uint8Array.of(0xc9, 1, 6))],
      ['librepgp-aead', concat(pkesk6(SUBKEYS[0]), Uint8Array.of(0xd4, 1, 6))],
      ['unexpected-packet', concat(pkesk6(SUBKEYS[0]), Uint8Array.of(0xcb, 1, 6), BODY)],
      ['unexpected-packet', concat(pkesk6(SUBKEYS[0]), Uint8Array.of(0x25), BODY)],
      ['hidden-recipient', concat(hidden6, BODY)],
      ['hidden-recipient', concat(pkesk3('0000000000000000'), BODY_V1)],
      ['versions-not-paired', concat(pkesk3('0123456789abcdef'), BODY)],
      ['versions-not-paired', concat(pkesk6(SUBKEYS[0]), BODY_V1)],
      ['wrong-version', Uint8Array.of(0xd2, 0xff, 0, 0, 0, 1, 3)],
      ['pkesk-malformed', concat(Uint8Array.of(0xc1, 2, 5, 0), BODY)],
      ['pkesk-malformed', concat(Uint8Array.of(0xc1, 4, 6, 21, 6, 0), BODY)],
      ['pkesk-malformed', concat(Uint8Array.of(0xc1, 4, 6, 21, 4, 0), BODY)],
      ['pkesk-too-large', concat(pkesk6(SUBKEYS[0], 2048), BODY)],
      ['head-too-large', concat(...many, BODY)],
      ['partial-length', Uint8Array.of(0xc1, 0xe9, 6)],
      ['partial-length', Uint8Array.of(0x87, 6)],
      ['truncated', pkesk6(SUBKEYS[0])],
      ['truncated', pkesk6(SUBKEYS[0]).subarray(0, 30)],
      ['truncated', concat(pkesk6(SUBKEYS[0]), BODY.subarray(0, 6))],
      ['armored', new TextEncoder().encode('-----BEGIN PGP MESSAGE-----\n')],
    ]
    for (const [detail, bytes] of cases) {
      expect(
        detailOf(() => splitHead(bytes)),
        detail,
      ).toBe(`ENVELOPE_MALFORMED ${detail}`)
    }
  })

  it('[envelope/head] calls plaintext plaintext', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47)
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)
    for (const bytes of [
      new Uint8Array(),
      png,
      jpeg,
      new TextEncoder().encode('name,date\n'),
      Uint8Array.of(0xcb, 1, 1),
    ]) {
      expect(detailOf(() => splitHead(bytes))).toBe('NOT_ENCRYPTED plaintext')
    }
  })

  it('[envelope/head] needs no more than 64 KiB to decide', () => {
    const head = concat(...Array.from({ length: 600 }, () => pkesk6(SUBKEYS[1], 100))).subarray(0, HEAD_LIMIT)
    expect(detailOf(() => splitHead(head))).toBe('ENVELOPE_MALFORMED head-too-large')
  })

  it('[envelope/head] maps PKESKs one to one to the expected subkeys', () => {
    const check = (given: readonly string[], subkeys: readonly string[]) => {
      const { pkesks } = splitHead(concat(...given.map((subkey) => pkesk6(subkey)), BODY))
      return detailOf(() => checkRecipients({ pkesks, subkeys }))
    }
    const [a, b, c] = SUBKEYS
    expect(check([a, b, c], [c, b, a])).toBe('accepted')
    expect(check([a, b], [a, b, c])).toBe('ENVELOPE_MALFORMED recipient-missing')
    expect(check([a, b, c], [a, b])).toBe('ENVELOPE_MALFORMED recipient-unexpected')
    expect(check([a, b, b], [a, b])).toBe('ENVELOPE_MALFORMED recipient-twice')
    const { pkesks } = splitHead(concat(pkesk3('1111111111111111'), BODY_V1))
    expect(detailOf(() => checkRecipients({ pkesks, subkeys: [a] }))).toBe('accepted')
    expect(detailOf(() => checkRecipients({ pkesks, subkeys: [b] }))).toBe('ENVELOPE_MALFORMED recipient-unexpected')
  })
})
