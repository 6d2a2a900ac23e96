// `safehand agreement`: import, sign, show, list. What is shown and signed is what this client verified under its own
// anchor, never what the service says of it.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { parseAgreementId } from '../../trust/agreements.ts'
import { importAgreement } from './import.ts'
import { type SignOptions, signAgreement } from './sign.ts'
import { showAgreement } from './show.ts'
import { listAgreements } from './list.ts'

export function addAgreementCommands(program: Command, context: Context): void {
  const agreement = program.command('agreement').description('data sharing agreements')
  agreement
    .command('import <file>')
    .description('give the service an agreement as JSON, so that its parties can sign it')
    .action((file: string) => importAgreement(context, file))
  agreement
    .command('sign <id>')
    .description('sign the newest version for your organisation, after reading it')
    .option('--yes', 'sign without being asked')
    .option('--passphrase-file <file>', 'the passphrase of your key')
    .action((id: string, options: SignOptions) => signAgreement(context, { id: parseAgreementId(id), ...options }))
  agreement
    .command('show <id>')
    .description('what an agreement says, and whether it holds')
    .option('--agreement-version <number>', 'another version than the one in force', parseVersion)
    .action((id: string, { agreementVersion: version }: { agreementVersion?: number }) =>
      showAgreement(context, { id: parseAgreementId(id), version }),
    )
  agreement
    .command('list')
    .description("your organisation's agreements")
    .action(() => listAgreements(context))
}

function parseVersion(text: string): number {
  const version = Number(text)
  if (!Number.isSafeInteger(version) || version < 1) throw usage('A version is a number from 1.')
  return version
}
