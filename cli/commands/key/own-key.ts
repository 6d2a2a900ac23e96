// Brings a key of one's own: a certificate made anywhere, whose private half stays where it is (custody `own`).
import { armorChallenge } from '#openpgp/key-proof.ts'
import { ownKeyOf } from '#client/trust/key-life.ts'
import { proveRegistered, register } from '#client/trust/key-proof.ts'
import { keepChallenge } from './challenge.ts'
import { type Context, readCertificate, signedInApi } from '../../context.ts'
import { gpgKey } from '../../keys/gpg-key.ts'
import type { OwnKey } from '#domain/certificates/key-file.ts'
import { readable } from '#words/en/fingerprints.ts'

export interface OwnKeyOptions {
  readonly withGpg?: true
}

/** Registers it and, with gpg, proves it; otherwise says how. `keep` stores the key once the service took it. */
export async function bringOwnKey(
  context: Context,
  of: { readonly file: string; readonly withGpg: boolean; readonly keep: (key: OwnKey) => Promise<void> },
): Promise<void> {
  const { io, home, output } = context
  const certificate = await readCertificate(of.file)
  const { account } = await home.readSettings()
  const anchor = await home.readAnchor()
  const api = await signedInApi(context)
  const challenge = await register({ api }, certificate)
  const reach = of.withGpg ? 'gpg' : 'by-hand'
  const key = await ownKeyOf({ certificate, encryptionSubkey: challenge.encryptionSubkey, reach, now: io.now() })
  await of.keep(key)
  const { encryptionSubkey } = key
  if (of.withGpg) {
    const holder = gpgKey({ gpg: io.gpg, fingerprint: key.fingerprint })
    await proveRegistered({ api, anchor, account, key: holder, encryptionSubkey, now: io.now }, challenge)
    return output.result({
      value: { fingerprint: key.fingerprint, encryptionSubkey, proven: true },
      text: `Proven with gpg. Read this to your administrator: ${readable(key.fingerprint)}`,
    })
  }
  await keepChallenge(context, challenge)
  const message = armorChallenge(Uint8Array.fromBase64(challenge.message))
  output.result({
    value: { fingerprint: key.fingerprint, encryptionSubkey, proven: false, message, expires: challenge.expires },
    text: [
      `Your key: ${readable(key.fingerprint)}`,
      `Open this with gpg -d before ${challenge.expires}. It must be one line, beginning`,
      `  safehand-key-proof v1 ${anchor.origin} register ${account} ${encryptionSubkey} -`,
      'Anything else is no key proof: do not paste any of it. Then: safehand key prove --nonce NONCE',
      'NONCE is the 64 characters before the date.',
      '',
      message,
    ].join('\n'),
  })
}
