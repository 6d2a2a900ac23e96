// safehand key: make one's key or bring one, prove it to the service, show it, and its life after that. Making or bringing
// it pins the own root and the origin.
import type { Command } from 'commander'
import { proveRegistered, registerAndProve } from '#client/trust/key-proof.ts'
import { identityOperations } from '#contract/identity.ts'
import { readChallenge } from '../keys/challenge.ts'
import { type Context, readSecret, signedInApi, unlock } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { handKey } from '../keys/hand-key.ts'
import { lockKey } from '../keys/key-envelope.ts'
import type { OwnKey } from '#domain/certificates/key-file.ts'
import {
  type ExportOptions,
  exportKey,
  type RenewOptions,
  type ReplaceOptions,
  type RevokeOptions,
  renewOwnKey,
  replaceKey,
  revokeKey,
} from '../keys/key-life.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { bringOwnKey, type OwnKeyOptions } from '../keys/own-key.ts'
import { type PinOptions, pin } from './organisation/pin.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

interface ProveOptions extends PassphraseOptions {
  readonly nonce?: string
}

export function addKeyCommands(program: Command, context: Context): void {
  const key = program.command('key').description('your own key')
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  const withGpg = ['--with-gpg', 'this command may call gpg, which has the private key (or its smartcard)'] as const
  key
    .command('create')
    .description('make your key, locked by a passphrase, and pin your organisation’s root')
    .requiredOption('--root <fingerprint>', 'your organisation’s root fingerprint, from a colleague or by phone')
    .option('--origin <name>', 'the installation’s name, if you were told it')
    .option(...passphrase)
    .action((options: PinOptions & PassphraseOptions) => create(context, options))
  key
    .command('register <certificate-file>')
    .description('bring a key of your own, made anywhere: register its certificate and prove the key')
    .requiredOption('--root <fingerprint>', 'your organisation’s root fingerprint, from a colleague or by phone')
    .option('--origin <name>', 'the installation’s name, if you were told it')
    .option(...withGpg)
    .action((file: string, options: PinOptions & OwnKeyOptions) => registerOwn(context, file, options))
  key
    .command('prove')
    .description('register your certificate and prove that you hold the key')
    .option('--nonce <nonce>', 'of the challenge that “key register” printed, opened by hand')
    .option(...passphrase)
    .action((options: ProveOptions) => prove(context, options))
  key
    .command('replace [certificate-file]')
    .description('make a new key, or bring one; the old one counts until your administrator signs the next roster')
    .option(...passphrase)
    .option(...withGpg)
    .action((file: string | undefined, options: ReplaceOptions) => replaceKey(context, file, options))
  key
    .command('renew')
    .description('give your key a new expiry date')
    .option('--days <number>', 'days from now until it expires (otherwise never)')
    .option('--certificate-file <file>', 'the renewed certificate, if your key is kept elsewhere')
    .option(...passphrase)
    .action((options: RenewOptions) => renewOwnKey(context, options))
  key
    .command('revoke')
    .description('revoke your key for ever, at once: lost, stolen or not needed any more')
    .option('--certificate-file <file>', 'the revoked certificate, to be kept by the service as proof')
    .option('--yes', 'do not ask')
    .action((options: RevokeOptions) => revokeKey(context, options))
  key
    .command('export')
    .description('write your private key for GnuPG, locked by a passphrase')
    .requiredOption('--gpg <file>', 'where to write it')
    .option('--gpg-passphrase-file <file>', 'file with the passphrase that gpg is to ask for (otherwise you are asked)')
    .option(...passphrase)
    .action((options: ExportOptions) => exportKey(context, options))
  key
    .command('show')
    .description('your key’s fingerprint, to read to your administrator')
    .action(() => show(context))
}

async function create(context: Context, options: PinOptions & PassphraseOptions): Promise<void> {
  const { home, output } = context
  if (await home.findKey('key')) throw usage('There is a key here already. For a new one use: safehand key replace')
  const { name, email } = await (await signedInApi(context)).call(identityOperations.account, {})
  const anchor = await pin(context, options)
  const passphrase = await readSecret(context, { file: options.passphraseFile, message: 'New passphrase for your key' })
  const made = await makeKey(context.io.now(), { name, email })
  await home.writeKey('key', await lockKey({ key: made, passphrase }))
  const { fingerprint, encryptionSubkey } = made
  output.result({
    value: { fingerprint, encryptionSubkey, root: anchor.root, origin: anchor.origin },
    text: `Your key: ${readable(fingerprint)}\nPinned: root ${readable(anchor.root)} at ${anchor.origin}`,
  })
}

async function registerOwn(context: Context, file: string, options: PinOptions & OwnKeyOptions): Promise<void> {
  const { home } = context
  if (await home.findKey('key')) throw usage('There is a key here already. For another use: safehand key replace')
  await pin(context, options)
  const keep = (key: OwnKey) => home.writeKey('key', key)
  await bringOwnKey(context, { file, withGpg: options.withGpg ?? false, keep })
}

async function prove(context: Context, { passphraseFile, nonce }: ProveOptions): Promise<void> {
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

async function show({ home, output }: Context): Promise<void> {
  const { fingerprint, encryptionSubkey, custody } = await home.readKey('key')
  const anchor = await home.findAnchor()
  output.result({
    value: { fingerprint, encryptionSubkey, custody, root: anchor?.root ?? null, origin: anchor?.origin ?? null },
    text: [
      `Your key: ${readable(fingerprint)}`,
      custody === 'file' ? 'It is here, locked by your passphrase.' : 'Its private part is kept elsewhere, by you.',
      anchor ? `Pinned: root ${readable(anchor.root)} at ${anchor.origin}` : 'No root is pinned.',
    ].join('\n'),
  })
}
