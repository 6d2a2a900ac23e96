import type { Command } from 'commander'
import { acknowledge, acknowledgeUnsigned, reportOpened } from '#client/collect/acknowledge.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { proveForCollecting } from '#client/trust/key-proof.ts'
import { type OutgoingFile, profileFor, readersOf } from '#client/send/sending.ts'
import { sendTransfer } from '#client/send/send.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import type { Flow } from '#domain/agreements/agreement.ts'
import { type TransferSummary, type TransferView, viewOperations } from '#contract/transfers/view.ts'
import { amountOf, approvalFor } from '#domain/policy/approval-over.ts'
import { isTooLargeToScan, mayGoUnscanned } from '#domain/scanning/scannable.ts'
import { hasEnded } from '#domain/transfers/states.ts'
import { isForApproval } from '#domain/transfers/transfer.ts'
import type { TransferId } from '#domain/values.ts'
import type { ProfileChoice } from '#openpgp/profile.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { endedWords, firstReleaseWords, holdWords, recallOutcomeWords } from '#words/en/endings.ts'
import { dateInWords } from '#words/en/mail.ts'
import { unscannableWords } from '#words/en/scanning.ts'
import {
  approvalBoundWords,
  goesUncheckedWords,
  profileWords,
  tooBigToScanWords,
  transferStateWords,
} from '#words/en/transfers.ts'
import { type Context, signedInApi, type UnlockedKey, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { describeEnding, describeHold } from '../ending.ts'
import { describeAddenda } from '../addenda.ts'
import { describeAnswer } from '../approval-answer.ts'
import { type Delivery, describeDelivery, describeHolder, recipientName } from '../deliveries.ts'
import { allOption, describeMore, type ListOptions, readList } from '../lists.ts'
import { createNames, type Names, namesIn } from '../names.ts'
import {
  describeScan,
  describeUnrecognised,
  type Looked,
  lookAt,
  parseTransferId,
  readNote,
  refuseWithoutKey,
} from '../collecting/open-transfer.ts'
import { journalSeen, outgoingFiles } from '../sending/files.ts'
import { table } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'
import { findFlow } from '../sending/recipients.ts'
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
import { folderSink } from '../collecting/sink.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

export function addTransferCommands(program: Command, context: Context): void {
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  const sending = program
    .command('send [file...]')
    .description('encrypt files, or everything in a folder, and hand them over under an agreement')
    .option('--encrypted', 'the files are encrypted already, for the keys of “safehand recipients”')
    .option('--draft <id>', 'with --encrypted: the transfer that “safehand recipients” began; nothing else is asked')
  addBatchOptions(addRequestOptions(sending))
    .option(...passphrase)
    .action((files: string[], options: BatchOptions & EncryptedOptions) => {
      if (options.batch !== undefined) return sendBatch(context, { ...options, list: options.batch, named: files })
      refuseWithoutBatch(options)
      if (files.length === 0)
        throw usage('Name the files to send, or a list of them with --batch. See: safehand send --help')
      return options.encrypted ? sendEncryptedFiles(context, files, options) : send(context, files, requireAll(options))
    })
  program
    .command('sent')
    .description('what you sent, newest first')
    .option(...allOption)
    .action((options: ListOptions) => list(context, 'sent', options))
  program
    .command('inbox')
    .description('what was sent to you or your teams: what waits for you, then newest first')
    .option(...allOption)
    .action((options: ListOptions) => list(context, 'inbox', options))
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
    .command('acknowledge <id...>')
    .description('sign that the files arrived')
    .option('--unsigned', 'without a signature, for a key that you use by hand; the log says so')
    .option(...passphrase)
    .action((ids: string[], options: PassphraseOptions & { unsigned?: boolean }) =>
      acknowledgeAll(context, ids.map(parseTransferId), options),
    )
}

async function send(context: Context, paths: readonly string[], options: SendOptions): Promise<void> {
  const { io, home, output } = context
  const { files, leftOut } = await outgoingFiles(paths)
  if (leftOut.length > 0) output.note(`Left out, because hidden or no plain file: ${leftOut.join(', ')}`)
  const { api, agreement, person, asked } = await readRequest(context, options)
  const { recipients, expires } = asked
  const flow = findFlow(agreement, asked.flow)
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
    const { transfer, note } = sent
    output.result({
      value: { transfer, note, profile, files: files.map(({ name, size }) => ({ name, size })) },
      text: describeSent({ transfer, files: files.length, to: recipients.map(({ name }) => name), expires }),
    })
  } finally {
    bar.stop()
  }
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

async function list(context: Context, which: 'sent' | 'inbox', { all = false }: ListOptions): Promise<void> {
  const api = await signedInApi(context)
  const { transfers, more } = await readList(context, { api, operation: viewOperations[which], all })
  const namesOf = createNames(context, api)
  const named = await Promise.all(
    transfers.map(async (one) => {
      const names = await namesOf(one.agreement)
      const shown =
        which === 'sent' ? one.deliveries : one.deliveries.filter(({ recipient }) => names.isMine(recipient))
      return { ...nameSummary(one, names), to: shown.map((to) => nameDelivery(to, names)) }
    }),
  )
  context.output.result({ value: { transfers: named }, text: describeList(named, { which, more }) })
}

function nameSummary(one: TransferSummary, names: Names) {
  const { organisation } = one.sender
  const sender = { ...one.sender, name: names.person(one.sender), organisationName: names.organisation(organisation) }
  return { ...one, sender }
}

function senderInWords({ sender: { account, name, organisationName } }: ReturnType<typeof nameSummary>): string {
  return [name ?? `account ${account}`, organisationName].filter((part) => part !== null).join(', ')
}

function nameDelivery(delivery: Delivery, names: Names) {
  return { name: recipientName(delivery, names), holder: describeHolder(delivery, names) }
}

type Listed = ReturnType<typeof nameSummary> & { readonly to: readonly ReturnType<typeof nameDelivery>[] }

function describeList(
  transfers: readonly Listed[],
  { which, more }: { readonly which: 'sent' | 'inbox'; readonly more: number },
): string {
  if (transfers.length === 0) return which === 'sent' ? 'You have sent nothing yet.' : 'Nothing was sent to you.'
  const from = which === 'inbox'
  const rows = transfers.map((one) => [
    one.transfer,
    ...(from ? [senderInWords(one)] : []),
    one.to.map(({ name }) => name).join(', '),
    one.caseReference ?? '',
    one.state,
    one.to.map(({ holder }) => holder).join(', '),
    dateInWords(one.createdAt),
    dateInWords(one.expiresAt),
  ])
  const head = ['transfer', ...(from ? ['from'] : []), 'to', 'reference', 'state', 'with', 'begun', 'until']
  const next = from ? 'safehand collect TRANSFER --into FOLDER' : 'safehand status TRANSFER'
  return [table([head, ...rows]), ...describeMore(more, which), '', `Next: ${next}`].join('\n')
}

/** As the scanner names it, and in words where nobody could look inside. */
function describeFinding({ finding }: TransferView): readonly string[] {
  if (finding === null) return []
  const why = unscannableWords(finding)
  return [`Found: ${finding}`, ...(why === null ? [] : [`It could not be looked into: ${why}.`])]
}

async function status(context: Context, transfer: TransferId): Promise<void> {
  const api = await signedInApi(context)
  const view = await api.call(viewOperations.view, { params: { transfer } })
  const { account } = await context.home.readSettings()
  if (view.verdict !== null && view.sender.account === account) await journalSeen(context, view)
  const names = await createNames(context, api)(view.agreement)
  const said = sayState(view)
  const added = await describeAddenda(context, { api, view })
  const ended = await describeEnding(context, { api, view, names })
  context.output.result({
    value: { ...view, sender: nameSummary(view, names).sender, said },
    text: [
      `Transfer ${transfer}${view.caseReference === null ? '' : `, reference ${view.caseReference}`}`,
      describeSender(view, names),
      `State: ${view.state}. ${said}`,
      ...(await describeAnswer(context, { api, view })),
      ...describeFinding(view),
      ...describeUnrecognised(view),
      ...view.deliveries.map((delivery) => `  ${describeDelivery(delivery, { names, transfer: view.state })}`),
      ...added,
      ...describeHold(view, names),
      ...ended,
      ...(hasEnded(view.state) || view.keptUntil !== null ? [] : [`It is kept until ${dateInWords(view.expiresAt)}.`]),
      ...nextStep(view, names),
    ].join('\n'),
  })
}

function sayState({ state, deliveries, ended, recall, held, releaseNotBefore }: TransferView): string {
  if (recall !== null) return recallOutcomeWords[recall.outcome]
  if (ended !== null) return endedWords[ended.as]
  if (held !== null && !isForApproval(held.reason)) return holdWords[held.reason]
  if (releaseNotBefore !== null && state !== 'released') return firstReleaseWords(dateInWords(releaseNotBefore))
  const done = state === 'released' && deliveries.every((one) => one.state === 'acknowledged')
  return done ? 'Everyone it was sent to has acknowledged it.' : transferStateWords[state]
}

function describeSender(view: TransferView, names: Names): string {
  const instruction = view.handlingInstruction === null ? '' : `: ${view.handlingInstruction}`
  return `From ${senderInWords(nameSummary(view, names))}. ${view.marking}${instruction}`
}

/** What this person can do now; nothing for who only looks. */
function nextStep({ transfer, state, deliveries, held }: TransferView, names: Names): readonly string[] {
  const mine = deliveries.filter(({ recipient }) => names.isMine(recipient))
  if (state !== 'released' || held !== null || mine.length === 0 || mine.every((one) => one.state === 'acknowledged'))
    return []
  const collected = mine.some((one) => one.state !== 'waiting')
  return [`Next: safehand ${collected ? `acknowledge ${transfer}` : `collect ${transfer} --into FOLDER`}`]
}

interface Opening extends Looked {
  readonly unlocked: UnlockedKey
  /** Those addressed to this person or a team of theirs. */
  readonly deliveries: readonly Delivery[]
}

/** Everything both collect and acknowledge begin with: the transfer, its verified agreement, the unlocked key. */
async function openTransfer(
  context: Context,
  { transfer, passphraseFile }: { readonly transfer: TransferId; readonly passphraseFile: string | undefined },
): Promise<Opening> {
  const { api, view, agreement, person } = await lookAt(context, transfer)
  const deliveries = view.deliveries.filter(({ recipient }) => namesIn(agreement, person.account).isMine(recipient))
  if (deliveries.length === 0 && view.sender.account === person.account) {
    throw usage(`You sent this transfer; its recipients collect it. See: safehand status ${transfer}`)
  }
  const { encryptionSubkey } = person
  const unlocked = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  return { api, agreement, person, unlocked, view, deliveries }
}

async function collect(
  context: Context,
  transfer: TransferId,
  { into, passphraseFile }: PassphraseOptions & { readonly into: string },
): Promise<void> {
  const { io, home, output } = context
  const opening = await openTransfer(context, { transfer, passphraseFile })
  const { api, agreement, person, unlocked, view } = opening
  if (view.state === 'released') await refuseWithoutKey({ ...opening, now: io.now() })
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
      primitives: openpgpPrimitives,
      now: io.now,
      progress: (received) => bar.at(received),
      signal: io.signal,
    })
    bar.stop()
    const scan = await describeScan({ agreement, note: collected.note, view, now: io.now() })
    await reportOpened({ api, note: collected.note })
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
        acknowledgedAlready(opening) ?? `Next: safehand acknowledge ${transfer}`,
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
  const api = await signedInApi(context)
  for (const transfer of transfers) await acknowledgeUnsigned(api, transfer)
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
  const opening = await openTransfer(context, { transfer, passphraseFile })
  const already = acknowledgedAlready(opening)
  if (already !== null) throw usage(already)
  if (opening.deliveries.every(({ state }) => state === 'waiting')) {
    throw usage(
      `Nobody has collected it yet, so nobody can sign that it arrived. Use: safehand collect ${transfer} --into FOLDER`,
    )
  }
  const { api, agreement, person, unlocked, view } = opening
  const note = await readNote({ agreement, transfer, view, now: io.now() })
  const scanned = view.verdict === 'clean'
  const receipt = await acknowledge({ api, agreement, person, key: unlocked.key, note, scanned, now: io.now })
  const place = await home.path('receipts', `${transfer}.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, receipt }, null, 2)}\n`)
  output.result({
    value: { transfer, note: note.hash, receipt },
    text: `Acknowledged. Your signed receipt: ${place}`,
  })
}

/** Null while a delivery to this person, or a team of theirs, is still to be acknowledged. */
function acknowledgedAlready({ agreement, person, view, deliveries }: Opening): string | null {
  if (deliveries.length === 0 || deliveries.some(({ state }) => state !== 'acknowledged')) return null
  const of = { names: namesIn(agreement, person.account), transfer: view.state }
  const said = deliveries.map((one) => describeDelivery(one, of))
  return `${said.join('; ')}. There is nothing left to do.`
}
