// `safehand collect` and `safehand acknowledge`: files fetched, verified and opened here, and the signature that they arrived.
import type { Command } from 'commander'
import { acknowledge, acknowledgeUnsigned, reportOpened } from '#client/collect/acknowledge.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { proveForCollecting } from '#client/trust/key-proof.ts'
import type { TransferId } from '#domain/values.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { describeScan } from '#present/approval.ts'
import { notReportedWords } from '#words/en/transfers.ts'
import { type Delivery, describeDelivery } from '#present/deliveries.ts'
import { namesIn } from '#present/names.ts'
import { type Looked, lookAt, parseTransferId, refuseWithoutKey } from '../collecting/open-transfer.ts'
import { folderSink } from '../collecting/sink.ts'
import { type Context, type UnlockedKey, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { startProgress } from '../terminal/progress.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

export function addCollectCommands(program: Command, context: Context): void {
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  program
    .command('collect <id>')
    .description('fetch, verify and open the files of a transfer')
    .requiredOption('--into <folder>', 'where to put them')
    .option(...passphrase)
    .action((id: string, options: PassphraseOptions & { into: string }) =>
      collect(context, parseTransferId(id), options),
    )
  program
    .command('acknowledge <id...>')
    .description('sign that the files arrived')
    .option('--unsigned', 'without a signature, for a key that you use by hand; the log says so')
    .option(...passphrase)
    .action((ids: string[], options: PassphraseOptions & { unsigned?: boolean }) =>
      acknowledgeAll(context, ids.map(parseTransferId), options),
    )
}

interface Addressed extends Looked {
  readonly unlocked: UnlockedKey
  /** Those addressed to this person or a team of theirs. */
  readonly deliveries: readonly Delivery[]
}

/** Everything both collect and acknowledge begin with: the transfer, its verified agreement, the unlocked key. */
async function lookAtAddressed(
  context: Context,
  { transfer, passphraseFile }: { readonly transfer: TransferId; readonly passphraseFile: string | undefined },
): Promise<Addressed> {
  const looked = await lookAt(context, transfer)
  const { view, agreement, person } = looked
  const deliveries = view.deliveries.filter(({ recipient }) => namesIn(agreement, person.account).isMine(recipient))
  if (deliveries.length === 0 && view.sender.account === person.account) {
    throw usage(`You sent this transfer; its recipients collect it. See: safehand status ${transfer}`)
  }
  const { encryptionSubkey } = person
  const unlocked = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  return { ...looked, unlocked, deliveries }
}

async function collect(
  context: Context,
  transfer: TransferId,
  { into, passphraseFile }: PassphraseOptions & { readonly into: string },
): Promise<void> {
  const { io, home, output } = context
  const addressed = await lookAtAddressed(context, { transfer, passphraseFile })
  const { api, look, person, unlocked, view } = addressed
  if (view.state === 'released') await refuseWithoutKey(addressed)
  const { key, encryptionSubkey } = unlocked
  const { account } = await home.readSettings()
  await proveForCollecting({ api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now })
  const total = view.files.reduce((sum, { length }) => sum + length, 0)
  const bar = startProgress(context, { label: 'Collecting and opening', total })
  try {
    const collected = await collectAndOpen({
      api,
      look,
      person,
      key,
      transfer,
      sink: folderSink(into),
      primitives: openpgpPrimitives,
      progress: (received) => bar.at(received),
      signal: io.signal,
    })
    bar.stop()
    const scan = describeScan(collected.verdict, collected.approval)
    if (!(await reportOpened({ api, note: collected.note }))) output.note(notReportedWords)
    const { sender, note } = collected.note
    output.result({
      value: {
        transfer,
        sender: { account: sender.account, name: sender.name, email: sender.email },
        caseReference: collected.caseReference,
        marking: note.marking,
        handlingInstruction: note.handlingInstruction,
        scan: scan.value,
        files: collected.files,
      },
      text: [
        `From ${sender.name} <${sender.email}>, ${note.marking}${note.handlingInstruction ? `: ${note.handlingInstruction}` : ''}`,
        ...scan.text,
        ...collected.files.map(({ place, size }) => `${place} (${size} bytes)`),
        acknowledgedAlready(addressed) ?? `Next: safehand acknowledge ${transfer}`,
      ].join('\n'),
    })
  } finally {
    bar.stop()
  }
}

async function acknowledgeAll(
  context: Context,
  transfers: readonly TransferId[],
  { unsigned, ...options }: PassphraseOptions & { readonly unsigned?: boolean },
): Promise<void> {
  if (unsigned) return acknowledgeByHand(context, transfers)
  const [transfer, ...more] = transfers
  if (!transfer || more.length > 0) throw usage('Sign for one transfer at a time.')
  return acknowledgeTransfer(context, transfer, options)
}

async function acknowledgeByHand(context: Context, transfers: readonly TransferId[]): Promise<void> {
  for (const transfer of transfers) {
    const { api, look, view } = await lookAt(context, transfer)
    await look.note()
    if (view.state === 'released') await look.released()
    await acknowledgeUnsigned(api, transfer)
  }
  context.output.result({
    value: { transfers, signed: false },
    text: `Acknowledged without a signature: ${transfers.join(', ')}. The log says so.`,
  })
}

async function acknowledgeTransfer(
  context: Context,
  transfer: TransferId,
  { passphraseFile }: PassphraseOptions,
): Promise<void> {
  const { io, home, output } = context
  const addressed = await lookAtAddressed(context, { transfer, passphraseFile })
  const already = acknowledgedAlready(addressed)
  if (already !== null) throw usage(already)
  if (addressed.deliveries.every(({ state }) => state === 'waiting')) {
    throw usage(
      `Nobody has collected it yet, so nobody can sign that it arrived. Use: safehand collect ${transfer} --into FOLDER`,
    )
  }
  const { api, agreement, person, unlocked, view } = addressed
  const note = await addressed.look.note()
  const { verdict } = await addressed.look.released()
  const receipt = await acknowledge({ api, agreement, person, key: unlocked.key, note, verdict, now: io.now })
  const place = await home.path('receipts', `${transfer}.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, receipt }, null, 2)}\n`)
  output.result({
    value: { transfer, note: note.hash, receipt },
    text: `Acknowledged. Your signed receipt: ${place}`,
  })
}

/** Null while a delivery to this person, or a team of theirs, is still to be acknowledged. */
function acknowledgedAlready({ agreement, person, view, deliveries }: Addressed): string | null {
  if (deliveries.length === 0 || deliveries.some(({ state }) => state !== 'acknowledged')) return null
  const of = { names: namesIn(agreement, person.account), transfer: view.state }
  const said = deliveries.map((one) => describeDelivery(one, of))
  return `${said.join('; ')}. There is nothing left to do.`
}
