// Files that a person encrypts with gpg, sq or another program of their own. `safehand recipients` begins the transfer and
// writes the keys, the one-use scan certificate among them; `safehand send --encrypted` hands over what was made for exactly
// these. What was asked is kept in the journal: the service is not asked again what it was.
import { open, readFile, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { findFlow } from '#client/send/request-in-words.ts'
import type { SendTerms } from '#client/send/sending.ts'
import { currentRecipient } from '#client/send/rescan.ts'
import { draftKeyring, type Keyring, sendEncrypted } from '#client/send/send-encrypted.ts'
import { agreementReference, instant, type TransferId } from '#domain/values.ts'
import { marking, purposeCode } from '#domain/agreements/agreement.ts'
import { recipients } from '#domain/policy/recipient.ts'
import { writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/dates.ts'
import { profileWords } from '#words/en/transfers.ts'
import { trustedAgreement } from '../trust/agreements.ts'
import { type Context, signedInApi, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { findMyself, parseTransferId } from '../collecting/open-transfer.ts'
import { encryptedFile } from '../sending/files.ts'
import { startProgress } from '../terminal/progress.ts'
import {
  addRequestOptions,
  readRequest,
  requireAll,
  required,
  sendEffects,
  type SendOptions,
} from '../sending/request.ts'

export interface EncryptedOptions {
  readonly encrypted?: boolean
  readonly draft?: string
  readonly passphraseFile?: string
}

export function addEncryptedFileCommands(program: Command, context: Context): void {
  const command = program
    .command('recipients')
    .description(
      'begin a transfer of files that you encrypt with gpg or sq, and write the keys to encrypt them for; then send --encrypted',
    )
    .requiredOption('--export <file>', 'where to write the keys')
  addRequestOptions(command).action((options: Partial<SendOptions> & { readonly export: string }) =>
    exportRecipients(context, { ...requireAll(options), export: options.export }),
  )
}

/** What was asked at the draft; recipients by id, to be looked up in the rosters of the day of sending. */
const draftedRequest = z.strictObject({
  agreement: agreementReference.pick({ id: true, version: true }),
  flow: z.string(),
  purpose: purposeCode,
  items: z.array(z.string()),
  marking,
  handlingInstruction: z.string().nullable(),
  caseReference: z.string().nullable(),
  records: z.int().nonnegative().nullable().default(null),
  expires: instant,
  recipients,
})
type DraftedRequest = z.infer<typeof draftedRequest>

async function exportRecipients(context: Context, options: SendOptions & { readonly export: string }): Promise<void> {
  const { home, output } = context
  const { api, agreement, person, asked } = await readRequest(context, options)
  const { url } = await home.readSettings()
  const effects = sendEffects(context, { api, url, progress: () => undefined })
  const place = resolve(options.export)
  // Over nothing that is there, and known to be writable before anything is begun.
  const file = await open(place, 'wx')
  let keyring: Keyring
  try {
    keyring = await draftKeyring(effects, { sender: { agreement, person }, asked })
    await file.writeFile(keyring.bytes)
  } catch (error) {
    await rm(place)
    throw error
  } finally {
    await file.close()
  }
  const { id, version } = agreement.agreement
  const { days: _, ...terms } = asked
  await keepRequest(context, keyring.transfer, {
    ...terms,
    expires: keyring.expires,
    records: asked.records ?? null,
    items: [...asked.items],
    agreement: { id, version },
    recipients: asked.recipients.map(({ recipient }) => recipient),
  })
  const { expires } = keyring.scan.statement
  output.note(profileWords['v1-cfb'])
  output.result({
    value: { transfer: keyring.transfer, keyring: place, fingerprints: fingerprintsOf(keyring), expires },
    text: describeKeyring(keyring, { place, until: dateInWords(expires) }),
  })
}

function fingerprintsOf({ readers, scan }: Keyring): readonly string[] {
  return [...readers.map(({ certificate }) => certificate), scan.statement.fingerprint]
}

function describeKeyring(keyring: Keyring, { place, until }: { place: string; until: string }): string {
  const readers = fingerprintsOf(keyring).map((fingerprint) => `-r ${fingerprint}`)
  return [
    `Transfer ${keyring.transfer} is begun. The keys of ${keyring.readers.map(({ name }) => name).join(', ')}`,
    `and of the virus scan are in ${place}. Encrypt each file for all of them and nobody else, before ${until}:`,
    `  gpg --no-default-keyring --keyring ${quoted(place)} --trust-model always ${readers.join(' ')} --output FILE.pgp --encrypt FILE`,
    `  sq encrypt --binary --compression none --recipient-cert ${quoted(place)} --output FILE.pgp FILE`,
    `Next: safehand send FILE.pgp --encrypted --draft ${keyring.transfer}`,
  ].join('\n')
}

/** For a shell, where the path needs it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

/** Hands over what was encrypted for the keys of `recipients`. */
export async function sendEncryptedFiles(
  context: Context,
  paths: readonly string[],
  { draft, passphraseFile }: EncryptedOptions,
): Promise<void> {
  if (draft === undefined) throw usage('--encrypted needs --draft. Begin with: safehand recipients --export FILE')
  const { home, output } = context
  const transfer = parseTransferId(draft)
  const { agreement: reference, expires, ...drafted } = await readKept(context, transfer)
  const files = await Promise.all(paths.map(encryptedFile))
  const api = await signedInApi(context)
  const agreement = await trustedAgreement(context, { api, ...reference })
  const person = await findMyself(context, agreement)
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  const request: SendTerms = {
    ...drafted,
    recipients: drafted.recipients.map((recipient) =>
      currentRecipient(agreement, { recipient, now: context.io.now() }),
    ),
    files,
  }
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const bar = startProgress(context, { label: 'Uploading', total })
  const { url } = await home.readSettings()
  try {
    const { note } = await sendEncrypted(sendEffects(context, { api, url, progress: (sent) => bar.at(sent) }), {
      sender: { agreement, person, key },
      request,
      transfer,
      expires,
      limit: required(findFlow(agreement, request.flow)).maxFileBytes,
    })
    bar.stop()
    output.result({
      value: { transfer, note, files: files.map(({ name }) => ({ name })) },
      text: [
        `Sent to ${request.recipients.map(({ name }) => name).join(', ')}: transfer ${transfer}`,
        `It is checked for viruses first; then it can be collected until ${dateInWords(expires)}.`,
        `Next: safehand status ${transfer}`,
      ].join('\n'),
    })
  } finally {
    bar.stop()
  }
}

async function keepRequest({ home }: Context, transfer: TransferId, request: DraftedRequest): Promise<void> {
  await writePrivate(await home.path('journal', `${transfer}.request.json`), `${JSON.stringify(request, null, 2)}\n`)
}

async function readKept({ home }: Context, transfer: TransferId): Promise<DraftedRequest> {
  const text = await readFile(await home.path('journal', `${transfer}.request.json`), 'utf8').catch(() => null)
  if (text === null) throw usage(`${transfer} was not begun here. Begin with: safehand recipients --export FILE`)
  const parsed = draftedRequest.safeParse(jsonIn(text))
  if (!parsed.success)
    throw usage(`What was kept of ${transfer} here cannot be read. Begin again with: safehand recipients`)
  return parsed.data
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
