// Keeps the private halves of scan certificates in the scan-key store and takes them out again: wrapped under a key of
// this process, so that the store's memory alone opens nothing, and bound to their certificate, so that they cannot be
// exchanged.
import type { Fingerprint } from '#domain/values.ts'
import { type PrivateKeyBytes, readPrivateKeyBytes } from '#openpgp/keys.ts'
import { openSecret, sealSecret } from '#platform/crypto.ts'
import type { ScanKeys } from '#platform/scan-keys.ts'

export interface KeyVault {
  keep(fingerprint: Fingerprint, privateKey: PrivateKeyBytes): Promise<void>
  /** Undefined: lost. Throws when the store cannot be asked. */
  find(fingerprint: Fingerprint): Promise<PrivateKeyBytes | undefined>
  /** Deletes and checks the absence. Repeating it is no error. */
  destroy(fingerprint: Fingerprint): Promise<void>
}

export function createKeyVault({
  scanKeys,
  wrappingKey,
}: {
  readonly scanKeys: ScanKeys
  readonly wrappingKey: Uint8Array
}): KeyVault {
  const contextOf = (fingerprint: Fingerprint) => `scan-key ${fingerprint}`
  return {
    async keep(fingerprint, privateKey) {
      const secret = sealSecret({ key: wrappingKey, secret: privateKey, context: contextOf(fingerprint) })
      if (!(await scanKeys.put({ id: fingerprint, secret }))) throw new Error('a scan key is kept once')
    },
    async find(fingerprint) {
      const sealed = await scanKeys.get(fingerprint)
      if (sealed === undefined) return undefined
      const opened = openSecret({ key: wrappingKey, sealed, context: contextOf(fingerprint) })
      return (await readPrivateKeyBytes(opened)).privateKey
    },
    destroy: (fingerprint) => scanKeys.destroy(fingerprint),
  }
}
