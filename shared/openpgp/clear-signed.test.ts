import { describe, expect, it } from 'vitest'
import { startGnuPg } from '../../tests/fixtures/gnupg.ts'
import { clearSigned } from './clear-signed.ts'
import { generateKey } from './keys.ts'
import { signDetached } from './signatures.ts'

const at = '2026-11-22T03:40:00Z'
const documentOf = (octets: number) => new TextEncoder().encode(`{"a":"${'x'.repeat(octets - 8)}"}`)

describe('a document in clear', () => {
  it('[gpg/checks] is verified by gpg alone, short or longer than a line that gpg reads, and not when altered', async () => {
    const key = await generateKey({ name: 'A', email: 'a@b.example', at, expiresAfterSeconds: null })
    const gnupg = await startGnuPg()
    try {
      await gnupg.must(['--import'], key.certificate)
      for (const octets of [3000, 3001, 3002, 19_000, 19_001, 250_000]) {
        const bytes = documentOf(octets)
        const signature = await signDetached({ bytes, key: key.privateKey, at })
        const text = await clearSigned({ bytes, signature })
        expect(text.includes('BEGIN PGP SIGNED MESSAGE')).toBe(octets <= 19_000)
        const given = new TextEncoder().encode(text)
        expect(
          Buffer.from(await gnupg.must(['--decrypt'], given))
            .toString()
            .trimEnd(),
        ).toBe(Buffer.from(bytes).toString())
        const other = await clearSigned({ bytes: documentOf(octets + 1), signature })
        expect((await gnupg.run(['--verify'], new TextEncoder().encode(other))).code).not.toBe(0)
      }
    } finally {
      await gnupg.end()
    }
  })
})
