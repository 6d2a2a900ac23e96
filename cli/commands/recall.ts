// How a transfer ends by a person's act. `safehand recall`: at once, without a key; it says what is true afterwards.
// `safehand state-destruction`: a recipient signs what became of the copy they had fetched.
import type { Command } from 'commander'
import { type Api, RefusedByServer } from '#client/api.ts'
import { stateDestruction } from '#client/transfers/destruction.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Destruction } from '#domain/transfers/documents/destruction-statement.ts'
import type { TransferId } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import { namesIn } from '#present/names.ts'
import { recallOutcomeWords, signForTeamWords } from '#words/en/endings.ts'
import { type Context, signedInApi, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { lookAt, parseTransferId } from '../collecting/open-transfer.ts'

interface StateDestructionOptions {
  readonly how?: string
  readonly witness?: string
  readonly keptBecause?: string
  readonly passphraseFile?: string
}

export function addRecallCommands(program: Command, context: Context): void {
  program
    .command('recall <id>')
    .description(
      'take back what was sent, at once, and say whether anybody had fetched it; before its release that undoes it',
    )
    .requiredOption('--reason <text>', 'why; those it was sent to can read it')
    .action((id: string, options: { reason: string }) => recall(context, parseTransferId(id), options))
  program
    .command('state-destruction <id>')
    .description('sign that your copy of a transfer is destroyed, or why you keep it; one member does for a whole team')
    .option('--how <text>', 'how it was destroyed')
    .option('--witness <name>', 'who saw it')
    .option('--kept-because <text>', 'instead: the law that makes you keep it')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((id: string, options: StateDestructionOptions) => signStatement(context, parseTransferId(id), options))
}

async function recall(context: Context, transfer: TransferId, { reason }: { readonly reason: string }): Promise<void> {
  const words = oneLine(reason, { name: '--reason', longest: 200 })
  const api = await signedInApi(context)
  const { outcome, before } = await askRecall(api, transfer, words)
  context.output.result({
    value: { transfer, outcome },
    text: `${before ? 'That was done before.' : 'Recalled.'} ${recallOutcomeWords[outcome]}\nNext: safehand status ${transfer}`,
  })
}

/** Whoever asks again, because they heard nothing of the first time, is told what came of it. */
async function askRecall(api: Api, transfer: TransferId, reason: string) {
  const params = { transfer }
  try {
    const { outcome } = await api.call(endingOperations.recall, { params, body: { reason } })
    return { outcome, before: false }
  } catch (error) {
    if (!(error instanceof RefusedByServer && error.code === 'TRANSFER_STATE')) throw error
    const { recall: earlier } = await api.call(viewOperations.view, { params })
    if (earlier === null) throw error
    return { outcome: earlier.outcome, before: true }
  }
}

async function signStatement(context: Context, transfer: TransferId, options: StateDestructionOptions): Promise<void> {
  const what = readDestruction(options)
  const { io, home, output } = context
  const { api, look, view, agreement, person } = await lookAt(context, transfer)
  const note = await look.note()
  const names = namesIn(agreement, person.account)
  const mine = view.deliveries.filter(({ recipient, state }) => state !== 'waiting' && names.isMine(recipient))
  const team = mine.find(({ recipient }) => recipient.kind === 'team')
  if (team) output.note(signForTeamWords(names.recipient(team.recipient) ?? 'your team'))
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile: options.passphraseFile })
  const statement = await stateDestruction({ api, agreement, person, key, note, what, now: io.now })
  const place = await home.path('receipts', `${transfer}-destruction.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, statement }, null, 2)}\n`)
  output.result({
    value: { transfer, what, statement },
    text: `Signed, and kept in ${place}. The sender was told.`,
  })
}

function readDestruction({ how, witness, keptBecause }: StateDestructionOptions): Destruction {
  if (how !== undefined && keptBecause === undefined) {
    const seen = witness === undefined ? null : oneLine(witness, { name: '--witness', longest: 120 })
    return { outcome: 'destroyed', how: oneLine(how, { name: '--how', longest: 500 }), witness: seen }
  }
  if (keptBecause !== undefined && how === undefined && witness === undefined) {
    return { outcome: 'kept-by-law', because: oneLine(keptBecause, { name: '--kept-because', longest: 500 }) }
  }
  throw usage('Say either how it was destroyed (--how, and --witness if somebody saw it), or --kept-because.')
}

function oneLine(text: string, { name, longest }: { readonly name: string; readonly longest: number }): string {
  const line = text.trim()
  if (line === '' || line.length > longest || /[\p{Cc}]/u.test(line)) {
    throw usage(`${name} is one line of 1 to ${longest} characters.`)
  }
  return line
}
