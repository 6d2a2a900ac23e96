// `safehand key create`: makes one’s key, protected by a passphrase, and pins the own root and the origin.
import { identityOperations } from '#contract/identity.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { type Context, readSecret, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { protectKey } from '../../keys/key-envelope.ts'
import { type PinOptions, pin } from '../organisation/pin.ts'
import type { PassphraseOptions } from './key-life.ts'

export async function create(context: Context, options: PinOptions & PassphraseOptions): Promise<void> {
  const { home, output } = context
  if (await home.findKey('key')) throw usage('There is a key here already. For a new one use: safehand key replace')
  const { name, email } = await (await signedInApi(context)).call(identityOperations.account, {})
  const anchor = await pin(context, options)
  const passphrase = await readSecret(context, { file: options.passphraseFile, message: 'New passphrase for your key' })
  const made = await makeKey(context.io.now(), { name, email })
  await home.writeKey('key', await protectKey({ key: made, passphrase }))
  const { fingerprint, encryptionSubkey } = made
  output.result({
    value: { fingerprint, encryptionSubkey, root: anchor.root, origin: anchor.origin },
    text: `Your key: ${readable(fingerprint)}\nPinned: root ${readable(anchor.root)} at ${anchor.origin}`,
  })
}
