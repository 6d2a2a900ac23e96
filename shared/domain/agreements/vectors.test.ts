// The canonical hashes of an agreement and of a signature under it, as another program computed them, and the OpenPGP
// signature as gpg accepted it. Provenance: tests/vectors/documents/README.md.
import { describe, expect, it } from 'vitest'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import vectors from '../../../tests/vectors/documents/agreement.json' with { type: 'json' }
import { encodeDocument, parseDocument } from '../document.ts'
import { type Agreement, agreement } from './agreement.ts'
import { type AgreementSignature, agreementSignature } from './signature.ts'

const agreementBytes = encodeDocument(agreement, vectors.agreement.value as unknown as Agreement)
const signatureBytes = encodeDocument(agreementSignature, vectors.signature.value as unknown as AgreementSignature)

describe('vectors of the agreement', () => {
  it('[agreement/canonical] the hash that people sign is that of the canonical bytes', async () => {
    expect(await sha256(agreementBytes)).toBe(vectors.agreement.sha256)
    expect(parseDocument(agreement, agreementBytes)).toEqual({ ok: true, value: vectors.agreement.value })
  })

  it('[agreement/canonical] the signature document names that hash, and its OpenPGP signature holds', async () => {
    const { signature, certificate, sha256: hash, signedAt, value } = vectors.signature
    expect(await sha256(signatureBytes)).toBe(hash)
    expect(value.agreement.hash).toBe(vectors.agreement.sha256)
    const verified = await verifyDetached({
      bytes: signatureBytes,
      signature: Uint8Array.fromBase64(signature),
      certificate: Uint8Array.fromBase64(certificate),
      at: signedAt,
    })
    expect(verified).toEqual({ ok: true, fingerprint: value.fingerprint, signedAt })
  })

  it('[agreement/canonical] an unknown field, a wrong order and a byte too many are refused', () => {
    const text = new TextDecoder().decode(agreementBytes)
    for (const bent of [`${text} `, text.replace('{', '{"a":1,'), text.replace('"dataItems"', '"datbItems"')]) {
      expect(parseDocument(agreement, new TextEncoder().encode(bent)).ok).toBe(false)
    }
    const { type, ...rest } = vectors.agreement.value
    expect(parseDocument(agreement, new TextEncoder().encode(JSON.stringify({ type, ...rest }))).ok).toBe(false)
  })
})
