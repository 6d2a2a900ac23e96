// `safehand key replace`: a new key, made or brought; the old one stays until the roster names the new one.
import { registerAndProve } from '#client/trust/key-proof.ts'
import { identityOperations } from '#contract/identity.ts'
import type { KeyFile } from '#domain/certificates/key-file.ts'
import { makeKey } from '#client/trust/key-life.ts'
import type { KeyPair } from '#openpgp/keys.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { type Context, readSecret, signedInApi } from '../../context.ts'
import { protectKey } from '../../keys/key-envelope.ts'
import { bringOwnKey } from './own-key.ts'
import { type PassphraseOptions, sayChanged } from './key-life.ts'

export interface ReplaceOptions extends PassphraseOptions {
  readonly withGpg?: true
}

/** The old key stays until the roster names the new one. */
export async function replaceKey(context: Context, file: string | undefined, options: ReplaceOptions): Promise<void> {
  const { home } = context
  const before = await home.readKey('key')
  const keep = async (key: KeyFile) => {
    await home.writeOldKey(before)
    await home.writeKey('key', key)
  }
  if (file !== undefined) return bringOwnKey(context, { file, withGpg: options.withGpg ?? false, keep })
  const api = await signedInApi(context)
  const { name, email } = await api.call(identityOperations.account, {})
  const message = 'New passphrase for your new key'
  const passphrase = await readSecret(context, { file: options.passphraseFile, message })
  const made = await makeKey(context.io.now(), { name, email })
  await keep(await protectKey({ key: made, passphrase }))
  await proveMade(context, made)
  sayChanged(context, { key: await home.readKey('key'), what: 'Your new key. Read it to your administrator' })
}

async function proveMade({ io, home, ...rest }: Context, made: KeyPair): Promise<void> {
  const { account } = await home.readSettings()
  const { encryptionSubkey } = await home.readKey('key')
  const api = await signedInApi({ io, home, ...rest })
  const key = unlockedKey(made.privateKey)
  const prover = { api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now }
  await registerAndProve(prover, made.certificate)
}
