// `safehand approve`: an approver of the sending organisation answers for a transfer that could not be scanned. It is
// released without a scan, and everyone who collects it is told so and by whom.
import type { Command } from 'commander'
import { approveTransfer } from '#client/approval.ts'
import type { TransferId } from '#domain/values.ts'
import { notScannedWords } from '#words/en/transfers.ts'
import { type Context, unlockRostered } from '../context.ts'
import { usage } from '../exit-codes.ts'
import { lookAt, parseTransferId, readNote } from '../open-transfer.ts'

interface ApproveOptions {
  readonly reason: string
  readonly passphraseFile?: string
}

export function addHeldTransferCommands(program: Command, context: Context): void {
  program
    .command('approve <id>')
    .description('answer for a transfer that could not be scanned, and release it')
    .requiredOption('--reason <text>', 'why you are sure of its content; recipients read it')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((id: string, options: ApproveOptions) => approve(context, parseTransferId(id), options))
}

async function approve(
  context: Context,
  transfer: TransferId,
  { reason, passphraseFile }: ApproveOptions,
): Promise<void> {
  if (reason.trim() === '' || reason.length > 500) throw usage('--reason is 1 to 500 characters.')
  const { now } = context.io
  const { api, view, agreement, person } = await lookAt(context, transfer)
  const note = await readNote({ agreement, transfer, view, now: now() })
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  const approval = await approveTransfer({ api, agreement, person, key, note, reason: reason.trim(), now })
  context.output.result({
    value: { transfer, note: note.hash, approval },
    text: `Approved, from ${note.sender.name}. ${notScannedWords}\nIt is released in a moment. See: safehand status ${transfer}`,
  })
}
