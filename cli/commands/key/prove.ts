// `safehand key prove`: registers the certificate and answers the service’s challenge, here or by hand.
import { proveRegistered, registerAndProve } from '#client/trust/key-proof.ts'
import { readable } from '#words/en/fingerprints.ts'
import { readChallenge } from './challenge.ts'
import { type Context, signedInApi, unlock } from '../../context.ts'
import { handKey } from '../../keys/hand-key.ts'
import type { PassphraseOptions } from './key-life.ts'

export interface ProveOptions extends PassphraseOptions {
  readonly nonce?: string
}

export async function prove(context: Context, { passphraseFile, nonce }: ProveOptions): Promise<void> {
  const { io, home, output } = context
  const { account } = await home.readSettings()
  const anchor = await home.readAnchor()
  const api = await signedInApi(context)
  const { fingerprint, encryptionSubkey } = await home.readKey('key')
  const proving = { api, anchor, account, encryptionSubkey, now: io.now }
  if (nonce === undefined) {
    const { key, certificate } = await unlock(context, { name: 'key', passphraseFile })
    await registerAndProve({ ...proving, key }, certificate)
  } else {
    await proveRegistered({ ...proving, key: handKey(async () => nonce) }, await readChallenge(context))
  }
  output.result({
    value: { fingerprint, encryptionSubkey, proven: true },
    text: `Proven. Read this to your administrator: ${readable(fingerprint)}`,
  })
}
