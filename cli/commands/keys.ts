// safehand key: make one's key, prove it to the service, show it. Making it pins the own root and the origin.
import type { Command } from 'commander'
import { registerAndProve } from '#client/key-proof.ts'
import { identityOperations } from '#contract/identity.ts'
import { type Context, readSecret, signedInApi, unlock } from '../context.ts'
import { usage } from '../exit-codes.ts'
import { lockKey } from '../key-envelope.ts'
import { makeKey } from '../make-key.ts'
import { readable } from '../output.ts'
import { type PinOptions, pin } from './organisations.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

export function addKeyCommands(program: Command, context: Context): void {
  const key = program.command('key').description('your own key')
  key
    .command('create')
    .description('make your key, locked by a passphrase, and pin your organisation’s root')
    .requiredOption('--root <fingerprint>', 'your organisation’s root fingerprint, from a colleague or by phone')
    .option('--origin <name>', 'the installation’s name, if you were told it')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((options: PinOptions & PassphraseOptions) => create(context, options))
  key
    .command('prove')
    .description('register your certificate and prove that you hold the key')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((options: PassphraseOptions) => prove(context, options))
  key
    .command('show')
    .description('your key’s fingerprint, to read to your administrator')
    .action(() => show(context))
}

async function create(context: Context, options: PinOptions & PassphraseOptions): Promise<void> {
  const { home, output } = context
  if (await home.findKey('key')) throw usage('There is a key here already. A new one needs another SAFEHAND_HOME.')
  const { name, email } = await (await signedInApi(context)).call(identityOperations.account, {})
  const anchor = await pin(context, options)
  const passphrase = await readSecret(context, { file: options.passphraseFile, message: 'New passphrase for your key' })
  const made = await makeKey(context, { name, email })
  await home.writeKey('key', await lockKey({ key: made, passphrase }))
  const { fingerprint, encryptionSubkey } = made
  output.result({
    value: { fingerprint, encryptionSubkey, root: anchor.root, origin: anchor.origin },
    text: `Your key: ${readable(fingerprint)}\nPinned: root ${readable(anchor.root)} at ${anchor.origin}`,
  })
}

async function prove(context: Context, { passphraseFile }: PassphraseOptions): Promise<void> {
  const { io, home, output } = context
  const { account } = await home.readSettings()
  const anchor = await home.readAnchor()
  const { key, certificate, fingerprint, encryptionSubkey } = await unlock(context, { name: 'key', passphraseFile })
  const api = await signedInApi(context)
  await registerAndProve({ api, anchor, account, key, encryptionSubkey, now: io.now }, certificate)
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
      anchor ? `Pinned: root ${readable(anchor.root)} at ${anchor.origin}` : 'No root is pinned.',
    ].join('\n'),
  })
}
