// `safehand certificate`: the housekeeper's signed word that a transfer is destroyed, verified by the agreement, and kept.
import type { Command } from 'commander'
import { fetchDestructionCertificate } from '#client/transfers/destruction-certificate.ts'
import type { TransferId } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import { endedWords } from '#words/en/endings.ts'
import { dateInWords } from '#words/en/dates.ts'
import type { Context } from '../context.ts'
import { lookAt, parseTransferId } from '../collecting/open-transfer.ts'

export function addCertificateCommand(program: Command, context: Context): void {
  program
    .command('certificate <id>')
    .description('fetch and verify the certificate that a transfer is destroyed')
    .option('--save <file>', 'keep it, with what any OpenPGP program needs to check it')
    .action((id: string, options: { save?: string }) => certificate(context, parseTransferId(id), options))
}

async function certificate(
  context: Context,
  transfer: TransferId,
  { save }: { readonly save?: string },
): Promise<void> {
  const { io, output } = context
  const { api, look, view, agreement } = await lookAt(context, transfer)
  if (view.note !== null) await look.note()
  const { note } = view
  const { certificate: said, ...kept } = await fetchDestructionCertificate({
    ...{ api, agreement, transfer, note },
    now: io.now(),
  })
  if (save !== undefined) await writePrivate(save, `${JSON.stringify({ note, ...kept }, null, 2)}\n`)
  output.result({
    value: said,
    text: [
      `Destroyed ${dateInWords(said.at)}: ${said.files.length} files and ${said.wrappedKeys} wrapped keys. ${endedWords[said.ended.as]}`,
      `Backups hold its wrapped keys until ${dateInWords(said.backupsUntil)} at the latest, and never its files.`,
      `Signed by the housekeeper’s key ${said.fingerprint}, which the agreement lists. Copies that were fetched are none of this.`,
      ...(save === undefined ? [] : [`Kept in ${save}.`]),
    ].join('\n'),
  })
}
