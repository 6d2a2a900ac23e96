// `safehand send`: files, or everything in a folder, encrypted here and handed over under an agreement.
import type { Command } from 'commander'
import { type OutgoingFile, profileFor, readersOf } from '#client/send/sending.ts'
import { sendTransfer } from '#client/send/send.ts'
import type { NamedRecipient } from '#client/trust/named-recipient.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import type { Flow } from '#domain/agreements/agreement.ts'
import { amountOf, approvalFor } from '#domain/policy/approval-over.ts'
import { isTooLargeToScan, mayGoUnscanned } from '#domain/scanning/scannable.ts'
import type { ProfileChoice } from '#openpgp/profile.ts'
import { approvalBoundWords, goesUncheckedWords, profileWords, tooBigToScanWords } from '#words/en/transfers.ts'
import { type Context, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { outgoingFiles } from '../sending/files.ts'
import { startProgress } from '../terminal/progress.ts'
import { addBatchOptions, type BatchOptions, refuseWithoutBatch, sendBatch } from './batch.ts'
import { underJournal } from '../sending/broke-off.ts'
import {
  addRequestOptions,
  describeSent,
  readRequest,
  requireAll,
  sendEffects,
  type SendOptions,
} from '../sending/request.ts'
import { type EncryptedOptions, sendEncryptedFiles } from './encrypted-files.ts'

export function addSendCommand(program: Command, context: Context): void {
  const sending = program
    .command('send [file...]')
    .description('encrypt files, or everything in a folder, and hand them over under an agreement')
    .option('--encrypted', 'the files are encrypted already, for the keys of “safehand recipients”')
    .option('--draft <id>', 'with --encrypted: the transfer that “safehand recipients” began; nothing else is asked')
  addBatchOptions(addRequestOptions(sending))
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((files: string[], options: BatchOptions & EncryptedOptions) => {
      if (options.batch !== undefined) return sendBatch(context, { ...options, list: options.batch, named: files })
      refuseWithoutBatch(options)
      if (files.length === 0)
        throw usage('Name the files to send, or a list of them with --batch. See: safehand send --help')
      return options.encrypted ? sendEncryptedFiles(context, files, options) : send(context, files, requireAll(options))
    })
}

async function send(context: Context, paths: readonly string[], options: SendOptions): Promise<void> {
  const { io, home, output } = context
  const { files, leftAlone } = await outgoingFiles(paths)
  for (const words of leftAlone) output.note(words)
  const { api, agreement, person, flow, asked } = await readRequest(context, options)
  const { recipients } = asked
  sayUnchecked(context, { flow, files })
  const readers = readersOf({ person }, recipients)
  const profile = await profileFor(readers, io.now())
  output.note(describeProfile(profile, readers))
  const amount = amountOf({ records: asked.records ?? null, fileBytes: files.map(({ size }) => size) })
  const over = approvalFor(flow, amount)
  if (over)
    output.note(`${approvalBoundWords[over]}: an approver of your organisation releases them or sends them back.`)
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile: options.passphraseFile })
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const bar = startProgress(context, { label: 'Encrypting and uploading', total })
  const { url } = await home.readSettings()
  const progress = (sent: number, of: number) => bar.at(of === 0 ? total : (sent / of) * total)
  const sending = { sender: { agreement, person, key }, request: { ...asked, files }, profile }
  try {
    const sent = await underJournal(context, (journals) =>
      sendTransfer(sendEffects(context, { api, url, progress, journals }), sending),
    )
    bar.stop()
    const { transfer, note, expires } = sent
    output.result({
      value: {
        transfer,
        note,
        leftOut: leftOutOf(recipients),
        profile,
        files: files.map(({ name, size }) => ({ name, size })),
        leftAlone,
      },
      text: describeSent({ transfer, files: files.length, to: recipients.map(({ name }) => name), expires }),
    })
  } finally {
    bar.stop()
  }
}

function leftOutOf(recipients: readonly NamedRecipient[]) {
  return recipients.flatMap(({ leftOut }) => leftOut.map(({ account, name, email }) => ({ account, name, email })))
}

/** Before anything is encrypted. Throws CommandFailed USAGE where the flow lets nothing go unchecked. */
function sayUnchecked({ output }: Context, { flow, files }: { flow: Flow; files: readonly OutgoingFile[] }): void {
  const unchecked = files.filter(isTooLargeToScan).map(({ name }) => name)
  const [first] = unchecked
  if (first === undefined) return
  if (!mayGoUnscanned(flow)) throw usage(tooBigToScanWords(first))
  output.note(goesUncheckedWords(unchecked))
}

function describeProfile({ profile, because }: ProfileChoice, readers: readonly VerifiedPerson[]): string {
  if (because.code === 'every-key-lists-aes256-gcm') return profileWords[profile]
  if (because.code === 'made-elsewhere') return profileWords[profile]
  const forWhom = readers.filter(({ certificate }) => because.fingerprints.includes(certificate))
  return `${profileWords[profile]} Their keys ask for it: ${forWhom.map(({ name }) => name).join(', ')}.`
}
