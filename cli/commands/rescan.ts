// `safehand rescan`: the sender wraps the session key again for a scan key that was lost, once the verified log says that it
// was.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { rescanTransfer } from '#client/send/rescan.ts'
import type { TransferId } from '#domain/values.ts'
import { readAgreementLog } from '../trust/agreement-log.ts'
import { type Context, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { lookAt, parseTransferId } from '../collecting/open-transfer.ts'
import { findSeen } from '../sending/files.ts'

export function addRescanCommand(program: Command, context: Context): void {
  program
    .command('rescan <id>')
    .description('ask for another scan of a transfer whose scan key was lost')
    .option('--yes', 'without being asked')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((id: string, options: RescanOptions) => rescan(context, parseTransferId(id), options))
}

interface RescanOptions {
  readonly yes?: boolean
  readonly passphraseFile?: string
}

async function rescan(
  context: Context,
  transfer: TransferId,
  { yes = false, passphraseFile }: RescanOptions,
): Promise<void> {
  const { io, output } = context
  const { api, look, view, agreement, person } = await lookAt(context, transfer)
  if (view.state !== 'waiting-for-sender') throw usage(`It is ${view.state}: nothing waits for you.`)
  const note = await look.note()
  const entries = await readAgreementLog(context, { api, agreement: view.agreement.id })
  const question = 'The scan key of this transfer was lost before it was scanned. Let a new scan key open it?'
  if (!yes && !(await io.confirm(question))) throw usage('Nothing was sent.')
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  const again = await rescanTransfer(
    {
      api,
      now: io.now,
      sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: io.signal }),
      signal: io.signal,
    },
    {
      sender: { agreement, person, key },
      note,
      view,
      entries,
      seen: await findSeen(context, transfer),
    },
  )
  output.result({
    value: { transfer, note: again },
    text: `It is scanned now, under a new note. See: safehand status ${transfer}`,
  })
}
