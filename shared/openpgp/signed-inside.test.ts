// That openpgp.js verifies what a key of each kind signed inside a body, of version 4 and 6, and that it always takes the same
// room; and what cannot be put around a file.
import { decrypt, type EllipticCurveName, generateKey, readKey, readMessage } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { openpgpPrimitives as primitives } from '#platform/crypto.ts'
import { concat } from './bytes.ts'
import { encodeCfbBody } from './cfb-encoder.ts'
import { CFB_SALT_SIZE } from './cfb-format.ts'
import type { PrivateKeyBytes } from './keys.ts'
import { asSessionKey } from './session-key.ts'
import { signDetached } from './signatures.ts'
import { SIGNED_ROOM, signedAround } from './signed-inside.ts'

const at = '2026-06-01T00:00:00Z'
const file = new TextEncoder().encode('# Contents of a transfer\n')
const sessionKey = asSessionKey(new Uint8Array(32).fill(7))
const kinds = [
  { type: 'ecc', curve: 'ed25519Legacy' as EllipticCurveName },
  { type: 'ecc', curve: 'nistP384' as EllipticCurveName },
  { type: 'rsa', rsaBits: 3072 },
  { type: 'curve25519' },
  { type: 'curve25519', config: { v6Keys: true } },
  { type: 'curve448', config: { v6Keys: true } },
] as const

async function signedBy(kind: (typeof kinds)[number]) {
  const options = { ...kind, userIDs: { name: 'K' }, date: new Date(at), format: 'object' } as const
  const { publicKey, privateKey } = await generateKey(options)
  const signature = await signDetached({ bytes: file, key: privateKey.write() as PrivateKeyBytes, at })
  return { certificate: publicKey.write(), signature }
}

async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function bodyOf({ signature, bytes = file }: { signature: Uint8Array; bytes?: Uint8Array }): Promise<Uint8Array> {
  const around = await signedAround(signature)
  const salt = new Uint8Array(CFB_SALT_SIZE).fill(3)
  const made = { sessionKey, salt, length: bytes.length, name: '', source: source(bytes), around, primitives }
  return concat(...(await Array.fromAsync(encodeCfbBody(made))))
}

describe('a signature inside', () => {
  it.each(kinds)(
    '[gpg/checks] by a key of the kind %o holds in openpgp.js, and always takes the same room',
    async (kind) => {
      const { certificate, signature } = await signedBy(kind)
      const { before, after } = await signedAround(signature)
      expect(before.length + after.length).toBe(SIGNED_ROOM)
      const opened = async (body: Uint8Array) => {
        const { data, signatures } = await decrypt({
          message: await readMessage({ binaryMessage: body }),
          sessionKeys: { data: sessionKey, algorithm: 'aes256' },
          verificationKeys: await readKey({ binaryKey: certificate }),
          date: new Date('2026-06-02T00:00:00Z'),
          format: 'binary',
        })
        expect(signatures).toHaveLength(1)
        await signatures[0]!.verified
        return new TextDecoder().decode(data as Uint8Array)
      }
      expect(await opened(await bodyOf({ signature }))).toBe('# Contents of a transfer\n')
      const bytes = file.with(2, 0x63)
      await expect(opened(await bodyOf({ signature, bytes }))).rejects.toThrow('digest')
    },
  )

  it('[gpg/checks] is one binary signature that has room, and nothing else', async () => {
    const { signature } = await signedBy(kinds[0])
    await expect(signedAround(concat(signature, signature))).rejects.toThrow(RangeError)
    // 16 octets of a packet's length more than there is room for, in the unhashed area that nobody signed.
    const contents = signature.subarray(2)
    const hashed = 6 + contents[4]! * 256 + contents[5]!
    const filler = concat(Uint8Array.of(0xff, 0, 0, 11, 0, 100), new Uint8Array(2815))
    const unhashed = contents[hashed]! * 256 + contents[hashed + 1]! + filler.length
    const wide = concat(
      contents.subarray(0, hashed),
      Uint8Array.of(unhashed >> 8, unhashed & 255),
      filler,
      contents.subarray(hashed + 2),
    )
    const large = concat(Uint8Array.of(0xc2, 0xff, 0, 0, wide.length >> 8, wide.length & 255), wide)
    await expect(signedAround(large)).rejects.toThrow('too large')
  })
})
