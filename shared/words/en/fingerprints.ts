// Fingerprints and raw public keys as people read them to each other: groups of four, never shortened, the same wherever
// they are shown, since people compare what two programs print.

export function readable(fingerprint: string): string {
  return (fingerprint.toUpperCase().match(/.{1,4}/g) ?? []).join(' ')
}

/** Of a raw public key in base64. */
export function readableKey(publicKey: string): string {
  return readable(Uint8Array.fromBase64(publicKey).toHex())
}
