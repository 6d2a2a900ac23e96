// `safehand resume` goes on with what broke off, as this machine's own journal has it; `safehand abandon` gives it up.
import type { Command } from 'commander'
import { abandonTransfer } from '#client/send/abandon.ts'
import { progressOf, type Unfinished, uploadsEnd } from '#client/send/journal.ts'
import type { OutgoingFile } from '#client/send/sending.ts'
import { ProfileCannotOpen, resumeTransfer } from '#client/send/resume.ts'
import { isHandedOver } from '#client/transfers/as-signed.ts'
import type { Look } from '#client/transfers/look.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { dateInWords } from '#words/en/dates.ts'
import { transferStateWords } from '#words/en/transfers.ts'
import { trustedAgreement } from '../trust/agreements.ts'
import { CannotGoOn, cannotGoOn, FileGone, underJournal } from '../sending/broke-off.ts'
import { type Context, signedInApi, unlockRostered } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'
import { findMyself, look, parseTransferId } from '../collecting/open-transfer.ts'
import { outgoingFile } from '../sending/files.ts'
import { table } from '../terminal/output.ts'
import { startProgress } from '../terminal/progress.ts'
import { describeSent, sendEffects } from '../sending/request.ts'
import { forgetUnfinished, type Journals, listUnfinished } from '../sending/journals.ts'

interface ResumeOptions {
  readonly passphraseFile?: string
}

export function addResumeCommands(program: Command, context: Context): void {
  program
    .command('resume [id]')
    .description('go on with a transfer that broke off; without an id: what there is')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((id: string | undefined, options: ResumeOptions) =>
      id === undefined ? list(context) : resume(context, parseTransferId(id), options),
    )
  program
    .command('abandon <id>')
    .description('give up a transfer that was not handed over; what was uploaded is destroyed')
    .action((id: string) => abandon(context, parseTransferId(id)))
}

async function list({ io, home, output }: Context): Promise<void> {
  const found = await listUnfinished(home)
  output.result({
    value: { unfinished: found.map(describeForPrograms) },
    text: found.length === 0 ? 'Nothing broke off.' : describeList(found, io.now()),
  })
}

function describeForPrograms(unfinished: Unfinished) {
  const { transfer, at: begunAt, to, files, request } = unfinished.begun
  const { caseReference } = request
  const names = files.map(({ name, size, place }) => ({ name, size, place }))
  return {
    transfer,
    begunAt,
    to,
    caseReference,
    files: names,
    ...progressOf(unfinished),
    until: uploadsEnd(unfinished),
  }
}

function describeList(found: readonly Unfinished[], now: Instant): string {
  const rows = found.map((one) => {
    const { left, total } = progressOf(one)
    const { transfer, at, to, files } = one.begun
    const percent = total === 0 ? 100 : Math.floor((left / total) * 100)
    const until = isTooLate(one, now) ? 'too late' : dateInWords(uploadsEnd(one))
    return [transfer, to.join(', '), files.map(({ name }) => name).join(', '), dateInWords(at), `${percent} %`, until]
  })
  const head = ['transfer', 'to', 'files', 'begun', 'uploaded', 'until']
  return `${table([head, ...rows])}\n\nNext: safehand resume TRANSFER, or safehand abandon TRANSFER`
}

/** What is uploaded already needs no time: the rest is signing. */
function isTooLate(unfinished: Unfinished, now: Instant): boolean {
  const { begun, arrived } = unfinished
  const whole = [...begun.files.map(({ upload }) => upload), begun.manifest].every(({ file }) => arrived.has(file))
  return !whole && uploadsEnd(unfinished) <= now
}

async function resume(context: Context, transfer: TransferId, options: ResumeOptions): Promise<void> {
  await underJournal(context, async (journals) => {
    const unfinished = await journals.take(transfer)
    if (unfinished === null) throw usage(`Nothing of transfer ${transfer} broke off here. See: safehand resume`)
    const api = await signedInApi(context)
    const looked = await look(context, { api, transfer })
    const { view } = looked
    if (view.state !== 'draft' && view.state !== 'uploading') return sayEnded(context, { looked, journals })
    if (isTooLate(unfinished, context.io.now())) throw tooLate(unfinished)
    await goOn(context, { journals, unfinished, view, options }).catch((error: unknown) => {
      throw inWords(error, transfer)
    })
  })
}

/** The last word was lost on the way back: it was handed over, which one's own note says, or given up, already. */
async function sayEnded({ output }: Context, { looked, journals }: { looked: Look; journals: Journals }) {
  const { transfer, state } = looked.view
  const handedOver = isHandedOver(looked.view)
  if (handedOver) await looked.note()
  await journals.write({ entry: 'ended', transfer, how: handedOver ? 'sent' : 'abandoned' })
  output.result({
    value: { transfer, state },
    text: `Nothing is left to do. ${transferStateWords[state]}\nNext: safehand status ${transfer}`,
  })
}

interface GoingOn {
  readonly journals: Journals
  readonly unfinished: Unfinished
  readonly view: TransferView
  readonly options: ResumeOptions
}

async function goOn(context: Context, { journals, unfinished, view, options }: GoingOn): Promise<void> {
  const { home, output } = context
  const { begun } = unfinished
  const api = await signedInApi(context)
  const agreement = await trustedAgreement(context, { api, ...begun.agreement })
  const person = await findMyself(context, agreement)
  const files = await Promise.all(begun.files.map(fileAgain))
  const unlocked = (encryptionSubkey: typeof person.encryptionSubkey) =>
    unlockRostered(context, { encryptionSubkey, passphraseFile: options.passphraseFile })
  const { key } = await unlocked(person.encryptionSubkey)
  const wrappedFor = begun.sessionKey.encryptionSubkey
  const unwrapping = wrappedFor === person.encryptionSubkey ? key : (await unlocked(wrappedFor)).key
  const { left, total } = progressOf(unfinished)
  output.note(`Going on at ${total === 0 ? 100 : Math.floor((left / total) * 100)} % of what was begun.`)
  const bar = startProgress(context, { label: 'Encrypting and uploading', total })
  const { url } = await home.readSettings()
  try {
    const effects = sendEffects(context, { api, url, progress: (sent) => bar.at(sent), journals })
    const { transfer, note } = await resumeTransfer(effects, {
      unfinished,
      sender: { agreement, person, key },
      unwrapping,
      files,
      view,
    })
    bar.stop()
    const { to, request } = begun
    output.result({
      value: { transfer, note, files: files.map(({ name, size }) => ({ name, size })) },
      text: describeSent({ transfer, files: files.length, to, expires: request.expires }),
    })
  } finally {
    bar.stop()
  }
}

async function fileAgain({ place, name }: Unfinished['begun']['files'][number]): Promise<OutgoingFile> {
  if (place === null) throw usage(`Where ${name} was is not known.`)
  return outgoingFile(place).catch((error: unknown) => {
    throw error instanceof CommandFailed
      ? new FileGone({ exit: error.exit, code: error.code, message: error.message })
      : error
  })
}

function inWords(error: unknown, transfer: TransferId): unknown {
  if (!(error instanceof ProfileCannotOpen)) return error
  const message = `${error.reader} joined since, and their program cannot open what is uploaded.`
  return cannotGoOn({ transfer, code: 'PROFILE_CANNOT_OPEN', message })
}

function tooLate(unfinished: Unfinished): CannotGoOn {
  const { transfer } = unfinished.begun
  return new CannotGoOn({
    exit: exitCodes.usage,
    code: 'RESUME_TOO_LATE',
    message: `Uploads are taken for a day: this one ended ${dateInWords(uploadsEnd(unfinished))}. Give it up and send again: safehand abandon ${transfer}`,
  })
}

async function abandon(context: Context, transfer: TransferId): Promise<void> {
  const api = await signedInApi(context)
  await abandonTransfer({ api }, transfer)
  await forgetUnfinished(context.home, transfer)
  context.output.result({
    value: { transfer, state: 'abandoned' },
    text: `Transfer ${transfer} is given up. Nothing of it was handed over; what was uploaded is destroyed.`,
  })
}
