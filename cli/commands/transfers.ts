// `safehand send`, `sent`, `status`, `inbox`, `collect`, `acknowledge`. People and keys come from the verified agreement;
// what the service says about a transfer is shown, and believed only as far as the signed note goes.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { acknowledge, reportOpened } from '#client/acknowledge.ts'
import type { Api } from '#client/api.ts'
import { collectAndOpen } from '#client/collect-and-open.ts'
import { proveForCollecting } from '#client/key-proof.ts'
import { ownPerson } from '#client/outgoing.ts'
import { sendTransfer } from '#client/send.ts'
import type { NamedRecipient, VerifiedAgreement } from '#client/verify-agreement.ts'
import { type VerifiedNote, verifyNote } from '#client/verify-note.ts'
import type { VerifiedPerson } from '#client/verify-organisation.ts'
import { type TransferSummary, type TransferView, transferOperations } from '#contract/transfers.ts'
import { type Flow, type Marking, markings, purposeCode } from '#domain/agreements/agreement.ts'
import { addDays } from '#domain/time.ts'
import { type TransferId, transferId } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import { transferStateWords } from '#words/en/transfers.ts'
import { parseAgreementId, trustedAgreement } from '../agreements.ts'
import { type Context, signedInApi, type UnlockedKey, unlock } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../exit-codes.ts'
import { createJournal, outgoingFile } from '../outgoing-files.ts'
import { table } from '../output.ts'
import { startProgress } from '../progress.ts'
import { folderSink } from '../sink.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

interface SendOptions extends PassphraseOptions {
  readonly agreement: string
  readonly flow: string
  readonly purpose: string
  readonly item: readonly string[]
  readonly marking: Marking
  readonly handling?: string
  readonly to: readonly string[]
  readonly caseReference?: string
  readonly days?: string
}

export function addTransferCommands(program: Command, context: Context): void {
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  program
    .command('send <file...>')
    .description('encrypt files and hand them over under an agreement')
    .requiredOption('--agreement <id>', 'the agreement that permits it')
    .requiredOption('--flow <code>', "the agreement's flow")
    .requiredOption('--purpose <code>', 'why, as the agreement names it')
    .requiredOption('--item <codes...>', 'what is in the files, as the agreement names it')
    .addOption(new Option('--marking <marking>', 'protective marking').choices(markings).default('OFFICIAL'))
    .option('--handling <text>', "handling instruction (otherwise the flow's)")
    .requiredOption('--to <recipients...>', "e-mail addresses or team names at the flow's end")
    .option('--case-reference <text>', 'your reference; no personal identifier')
    .option('--days <number>', "days until it is deleted (otherwise the flow's longest)")
    .option(...passphrase)
    .action((files: string[], options: SendOptions) => send(context, files, options))
  program
    .command('sent')
    .description('what you sent')
    .action(() => list(context, 'sent'))
  program
    .command('inbox')
    .description('what was sent to you or your teams')
    .action(() => list(context, 'inbox'))
  program
    .command('status <id>')
    .description('where a transfer stands')
    .action((id: string) => status(context, parseTransferId(id)))
  program
    .command('collect <id>')
    .description('fetch, verify and open the files of a transfer')
    .requiredOption('--into <folder>', 'where to put them')
    .option(...passphrase)
    .action((id: string, options: PassphraseOptions & { into: string }) =>
      collect(context, parseTransferId(id), options),
    )
  program
    .command('acknowledge <id>')
    .description('sign that the files arrived')
    .option(...passphrase)
    .action((id: string, options: PassphraseOptions) => acknowledgeTransfer(context, parseTransferId(id), options))
}

function parseTransferId(text: string): TransferId {
  const parsed = transferId.safeParse(text)
  if (!parsed.success) throw usage('A transfer is named by its id, 32 characters. Use: safehand inbox')
  return parsed.data
}

async function send(context: Context, paths: readonly string[], options: SendOptions): Promise<void> {
  const { io, home, output } = context
  const files = await Promise.all(paths.map(outgoingFile))
  const api = await signedInApi(context)
  const agreement = await trustedAgreement(context, { api, id: parseAgreementId(options.agreement) })
  const flow = findFlow(agreement, options.flow)
  const recipients = options.to.map((text) => findRecipient(agreement, flow, text))
  const person = await findMyself(context, agreement)
  const { key } = await unlock(context, { name: 'key', passphraseFile: options.passphraseFile })
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const bar = startProgress(context, { label: 'Encrypting and uploading', total })
  const { url } = await home.readSettings()
  try {
    const { transfer, note } = await sendTransfer(
      {
        api,
        url,
        now: io.now,
        random: (octets) => Uint8Array.from(randomBytes(octets)),
        journal: createJournal(context),
        sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: io.signal }),
        progress: (sent, of) => bar.at(of === 0 ? total : (sent / of) * total),
        signal: io.signal,
      },
      {
        sender: { agreement, person, key },
        request: {
          flow: flow.code,
          purpose: parsePurpose(options.purpose),
          items: options.item,
          marking: options.marking,
          handlingInstruction: options.handling ?? flow.handlingInstruction,
          caseReference: options.caseReference ?? null,
          expires: addDays(io.now(), parseDays(options.days) ?? flow.maxDays),
          recipients,
          files,
        },
      },
    )
    bar.stop()
    const names = recipients.map(({ name }) => name).join(', ')
    output.result({
      value: { transfer, note, files: files.map(({ name, size }) => ({ name, size })) },
      text: `Sent to ${names}: transfer ${transfer}\nIt can be collected once it was checked for viruses. See: safehand status ${transfer}`,
    })
  } finally {
    bar.stop()
  }
}

function findFlow({ agreement }: VerifiedAgreement, code: string): Flow {
  const flow = agreement.flows.find((candidate) => candidate.code === code)
  if (flow) return flow
  throw usage(`The agreement has no flow ${code}. It has: ${agreement.flows.map((one) => one.code).join(', ')}.`)
}

function findRecipient(agreement: VerifiedAgreement, flow: Flow, text: string): NamedRecipient {
  const found = agreement.resolveRecipient(text, flow.to)
  if (found && found.members.length > 0) return found
  throw new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'RECIPIENT_NOT_LISTED',
    message: `${text} is nobody who can collect at the end of this flow, by the organisation's signed roster.`,
  })
}

async function findMyself({ home }: Context, agreement: VerifiedAgreement): Promise<VerifiedPerson> {
  const { account } = await home.readSettings()
  const person = ownPerson(agreement, account)
  if (person) return person
  throw new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'NOT_IN_ROSTER',
    message: "You are not in your organisation's signed roster. Ask your administrator.",
  })
}

function parsePurpose(text: string) {
  const parsed = purposeCode.safeParse(text)
  if (!parsed.success) throw usage(`There is no purpose ${text}. Purposes: ${purposeCode.options.join(', ')}.`)
  return parsed.data
}

function parseDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const days = Number(text)
  if (!Number.isSafeInteger(days) || days < 1) throw usage('--days is a whole number from 1.')
  return days
}

async function list(context: Context, which: 'sent' | 'inbox'): Promise<void> {
  const api = await signedInApi(context)
  const { transfers } = await api.call(transferOperations[which], {})
  const rows = transfers.map((one) => [one.transfer, one.state, one.createdAt, one.caseReference ?? ''])
  const text = rows.length === 0 ? 'Nothing here.' : table([['transfer', 'state', 'made', 'reference'], ...rows])
  context.output.result({ value: { transfers }, text })
}

async function status(context: Context, transfer: TransferId): Promise<void> {
  const api = await signedInApi(context)
  const view = await api.call(transferOperations.view, { params: { transfer } })
  const deliveries = view.deliveries.map(({ recipient, state }) => `${recipient.kind} ${state}`)
  context.output.result({
    value: { ...view, said: transferStateWords[view.state] },
    text: [
      `Transfer ${transfer}: ${view.state}`,
      transferStateWords[view.state],
      ...(view.finding === null ? [] : [`Found: ${view.finding}`]),
      `Until ${view.expiresAt}`,
      ...deliveries,
    ].join('\n'),
  })
}

interface Opening {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly unlocked: UnlockedKey
  readonly view: TransferView
}

/** Everything both collect and acknowledge begin with: the transfer, its verified agreement, the unlocked key. */
async function openTransfer(
  context: Context,
  { transfer, passphraseFile }: { readonly transfer: TransferId; readonly passphraseFile: string | undefined },
): Promise<Opening> {
  const api = await signedInApi(context)
  const view = await api.call(transferOperations.view, { params: { transfer } })
  const { id, version }: TransferSummary['agreement'] = view.agreement
  const agreement = await trustedAgreement(context, { api, id, version })
  const person = await findMyself(context, agreement)
  const unlocked = await unlock(context, { name: 'key', passphraseFile })
  return { api, agreement, person, unlocked, view }
}

async function collect(
  context: Context,
  transfer: TransferId,
  { into, passphraseFile }: PassphraseOptions & { readonly into: string },
): Promise<void> {
  const { io, home, output } = context
  const { api, agreement, person, unlocked, view } = await openTransfer(context, { transfer, passphraseFile })
  const { key, encryptionSubkey } = unlocked
  const { account } = await home.readSettings()
  await proveForCollecting({ api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now })
  const total = view.files.reduce((sum, { length }) => sum + length, 0)
  const bar = startProgress(context, { label: 'Collecting and opening', total })
  try {
    const collected = await collectAndOpen({
      api,
      agreement,
      person,
      key,
      transfer,
      sink: folderSink(into),
      now: io.now,
      progress: (received) => bar.at(received),
      signal: io.signal,
    })
    bar.stop()
    await reportOpened({ api, note: collected.note })
    const { sender, note } = collected.note
    output.result({
      value: {
        transfer,
        sender: { account: sender.account, name: sender.name, email: sender.email },
        caseReference: collected.caseReference,
        marking: note.marking,
        handlingInstruction: note.handlingInstruction,
        files: collected.files,
      },
      text: [
        `From ${sender.name} <${sender.email}>, ${note.marking}${note.handlingInstruction ? `: ${note.handlingInstruction}` : ''}`,
        ...collected.files.map(({ place, size }) => `${place} (${size} bytes)`),
        `Next: safehand acknowledge ${transfer}`,
      ].join('\n'),
    })
  } finally {
    bar.stop()
  }
}

async function acknowledgeTransfer(
  context: Context,
  transfer: TransferId,
  { passphraseFile }: PassphraseOptions,
): Promise<void> {
  const { io, home, output } = context
  const { api, agreement, person, unlocked, view } = await openTransfer(context, { transfer, passphraseFile })
  const note = await readNote({ agreement, transfer, view, now: io.now() })
  const receipt = await acknowledge({ api, agreement, person, key: unlocked.key, note, now: io.now })
  const place = await home.path('receipts', `${transfer}.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, receipt }, null, 2)}\n`)
  output.result({
    value: { transfer, note: note.hash, receipt },
    text: `Acknowledged. Your signed receipt: ${place}`,
  })
}

async function readNote(of: {
  readonly agreement: VerifiedAgreement
  readonly transfer: TransferId
  readonly view: TransferView
  readonly now: ReturnType<Context['io']['now']>
}): Promise<VerifiedNote> {
  const { view, ...claim } = of
  if (view.note) return verifyNote({ ...claim, document: view.note })
  throw usage('This transfer has not been handed over yet.')
}
