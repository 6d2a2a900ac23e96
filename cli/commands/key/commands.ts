// `safehand key`: one’s own key, from its making to its end.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import type { OwnKeyOptions } from './own-key.ts'
import type { PinOptions } from '../organisation/pin.ts'
import { create } from './create.ts'
import { registerOwn } from './register.ts'
import { type ProveOptions, prove } from './prove.ts'
import { type ReplaceOptions, replaceKey } from './replace.ts'
import { type RenewOptions, renewOwnKey } from './renew.ts'
import { type RevokeOptions, revokeKey } from './revoke.ts'
import { type ExportOptions, exportKey } from './export.ts'
import { show } from './show.ts'
import type { PassphraseOptions } from './key-life.ts'

export function addKeyCommands(program: Command, context: Context): void {
  const key = program.command('key').description('your own key')
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  const withGpg = ['--with-gpg', 'this command may call gpg, which has the private key (or its smartcard)'] as const
  key
    .command('create')
    .description('make your key, protected by a passphrase, and pin your organisation’s root')
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
    .description('write your private key for GnuPG, protected by a passphrase')
    .requiredOption('--gpg <file>', 'where to write it')
    .option('--gpg-passphrase-file <file>', 'file with the passphrase that gpg is to ask for (otherwise you are asked)')
    .option(...passphrase)
    .action((options: ExportOptions) => exportKey(context, options))
  key
    .command('show')
    .description('your key’s fingerprint, to read to your administrator')
    .action(() => show(context))
}
