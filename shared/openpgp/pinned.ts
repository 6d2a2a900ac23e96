// The configuration of openpgp.js: every call gets this one, never the library's defaults (ARCHITECTURE.md#pinned). RSA
// from 3072 bits, Curve25519 and Curve448, NIST's curves; SHA-256 or better, also in self-signatures; no timing oracle
// for RSA.
import { type Config, config as defaults, enums, type PartialConfig } from 'openpgp'

export const PINNED: PartialConfig = {
  aeadProtect: true,
  preferredSymmetricAlgorithm: enums.symmetric.aes256,
  preferredAEADAlgorithm: enums.aead.gcm,
  preferredCompressionAlgorithm: enums.compression.uncompressed,
  minRSABits: 3072,
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
  rejectCurves: new Set([
    enums.curve.secp256k1,
    enums.curve.brainpoolP256r1,
    enums.curve.brainpoolP384r1,
    enums.curve.brainpoolP512r1,
  ]),
  rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1, enums.hash.sha224]),
  rejectMessageHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1, enums.hash.sha224]),
  constantTimePKCS1Decryption: true,
  constantTimePKCS1DecryptionSupportedSymmetricAlgorithms: new Set([enums.symmetric.aes256]),
  allowInsecureDecryptionWithSigningKeys: false,
  allowInsecureVerificationWithReformattedKeys: false,
  allowMissingKeyFlags: false,
}

/** The same for openpgp.js's methods, which want a whole configuration. */
export function config(): Config {
  return { ...defaults, ...PINNED }
}
