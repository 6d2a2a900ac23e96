// Brings a key of one's own: a certificate made anywhere, whose private half stays where it is (custody `own`).
import { armorChallenge } from '#openpgp/key-proof.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import { proveRegistered, register } from '#client/trust/key-proof.ts'
import { fingerprint } from '#domain/values.ts'
import { keepChallenge } from './challenge.ts'
import { type Context, readBytes, signedInApi } from '../context.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import { gpgKey } from './gpg-key.ts'
import type { OwnKey } from './key-file.ts'
import { readable } from '#words/en/fingerprints.ts'
import { publicPart } from './public-part.ts'

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
  const key = await ownKeyOf({ certificate, subkey: challenge.encryptionSubkey, withGpg: of.withGpg, now: io.now() })
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

/** Only a certificate leaves this machine, as it was read here; what else is wrong with it, the service says. */
export async function readCertificate(file: string): Promise<PublicCertificate> {
  return publicPart(await readBytes(file), file)
}

async function ownKeyOf(of: {
  readonly certificate: PublicCertificate
  readonly subkey: string
  readonly withGpg: boolean
  readonly now: string
}): Promise<OwnKey> {
  const found = await inspectCertificate(of.certificate, of.now)
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
