// Brings a key of one's own: a certificate made anywhere, whose private half stays where it is (custody `own`).
import { armorChallenge } from '#openpgp/key-proof.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { proveRegistered, register } from '#client/key-proof.ts'
import { fingerprint } from '#domain/values.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { keepChallenge } from './challenge.ts'
import { type Context, readBytes, signedInApi } from './context.ts'
import { CommandFailed, exitCodes } from './exit-codes.ts'
import { gpgKey } from './gpg-key.ts'
import type { OwnKey } from './key-file.ts'
import { readable } from './output.ts'

export interface OwnKeyOptions {
  readonly withGpg?: true
}

/** Registers it and, with gpg, proves it; otherwise says how. `keep` stores the key once the service took it. */
export async function bringOwnKey(
  context: Context,
  of: { readonly file: string; readonly withGpg: boolean; readonly keep: (key: OwnKey) => Promise<void> },
): Promise<void> {
  const { io, home, output } = context
  const bytes = await readCertificate(context, of.file)
  const { account } = await home.readSettings()
  const anchor = await home.readAnchor()
  const api = await signedInApi(context)
  const challenge = await register({ api }, bytes)
  const key = await ownKeyOf({ bytes, subkey: challenge.encryptionSubkey, withGpg: of.withGpg, now: io.now() })
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

/** A secret key never leaves this machine; what else is wrong with it, the service says. */
export async function readCertificate({ io }: Context, file: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(await readBytes(file))
  const found = await inspectCertificate(bytes, io.now())
  if (found.ok || found.code !== 'KEY_SECRET') return bytes
  const { title } = describeRefusal({ code: 'KEY_SECRET' })
  const message = `${title}: it was not sent. Give the public part: gpg --export FINGERPRINT`
  throw new CommandFailed({ exit: exitCodes.refusedByClient, code: 'KEY_SECRET', message })
}

async function ownKeyOf(of: {
  readonly bytes: Uint8Array
  readonly subkey: string
  readonly withGpg: boolean
  readonly now: string
}): Promise<OwnKey> {
  const found = await inspectCertificate(of.bytes, of.now)
  const listed = found.ok && found.certificate.encryptionSubkeys.some((subkey) => subkey.fingerprint === of.subkey)
  if (!found.ok || !listed) {
    const message = 'The service registered another key than the one given.'
    throw new CommandFailed({ exit: exitCodes.refusedByClient, code: 'TRUST_CERTIFICATE', message })
  }
  return {
    type: 'safehand.key/1',
    custody: 'own',
    fingerprint: fingerprint.parse(found.certificate.fingerprint),
    encryptionSubkey: fingerprint.parse(of.subkey),
    certificate: found.certificate.bytes.toBase64(),
    reach: of.withGpg ? 'gpg' : 'by-hand',
  }
}
