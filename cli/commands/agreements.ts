// `safehand agreement`: import, sign, show, list. What is shown and signed is what this client verified under its own
// anchor, never what the service says of it.
import type { Command } from 'commander'
import type { Api } from '#client/api.ts'
import { fetchAgreementDocuments, refuseAnother } from '#client/trust/fetch-agreement.ts'
import { registerSignature, signatoryIn, signProposal, verifyAsFarAsSigned } from '#client/trust/sign-agreement.ts'
import { type AgreementProposal, verifyProposal } from '#client/trust/verify-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { encodeDocument, type SignedBytes } from '#domain/document.ts'
import type { AgreementId, Bytes } from '#domain/values.ts'
import { agreementWords } from '#words/en/agreements.ts'
import { type Context, readText, signedInApi, unlockRostered } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'
import { table } from '../terminal/output.ts'
import { parseAgreementId } from '../trust/agreements.ts'
import { keepAnchor } from '../trust/own-organisation.ts'

export function addAgreementCommands(program: Command, context: Context): void {
  const agreement = program.command('agreement').description('data sharing agreements')
  agreement
    .command('import <file>')
    .description('give the service an agreement as JSON, so that its parties can sign it')
    .action((file: string) => importAgreement(context, file))
  agreement
    .command('sign <id>')
    .description('sign the newest version for your organisation, after reading it')
    .option('--yes', 'sign without being asked')
    .option('--passphrase-file <file>', 'the passphrase of your key')
    .action((id: string, options: SignOptions) => signAgreement(context, { id: parseAgreementId(id), ...options }))
  agreement
    .command('show <id>')
    .description('what an agreement says, and whether it holds')
    .option('--agreement-version <number>', 'another version than the one in force', parseVersion)
    .action((id: string, { agreementVersion: version }: { agreementVersion?: number }) =>
      showAgreement(context, { id: parseAgreementId(id), version }),
    )
  agreement
    .command('list')
    .description("your organisation's agreements")
    .action(() => listAgreements(context))
}

interface SignOptions {
  readonly yes?: boolean
  readonly passphraseFile?: string
}

function parseVersion(text: string): number {
  const version = Number(text)
  if (!Number.isSafeInteger(version) || version < 1) throw usage('A version is a number from 1.')
  return version
}

/** People write agreements with spaces and in any order; what is imported and signed is the canonical form. */
async function importAgreement(context: Context, file: string): Promise<void> {
  const bytes = canonicalBytes(await readText(file))
  const api = await signedInApi(context)
  const imported = await api.call(agreementOperations.import, { body: { bytes: bytes.toBase64() } })
  const { id, version, hash } = imported
  context.output.result({
    value: imported,
    text: `Imported agreement ${id} version ${version}.\nSHA-256 ${hash}\nNext, each party's SIRO: safehand agreement sign ${id}`,
  })
}

function canonicalBytes(text: string): Bytes {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw usage('The file is not JSON.')
  }
  const parsed = agreementModel.safeParse(json)
  if (parsed.success) return encodeDocument(agreementModel, parsed.data)
  const issue = parsed.error.issues[0]
  throw usage(`The file is no agreement: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

async function signAgreement(context: Context, asked: SignOptions & { readonly id: AgreementId }): Promise<void> {
  const { io, output, home } = context
  const api = await signedInApi(context)
  const version = await newestVersion(api, asked.id)
  const documents = await fetchAgreementDocuments({ api, id: asked.id, version })
  const anchor = await home.readAnchor()
  const proposal = await verifyProposal(anchor, documents, io.now())
  refuseAnother(proposal.agreement, { id: asked.id, version })
  output.note(summary(proposal))
  if (!asked.yes && !(await io.confirm(`Sign version ${version} for your organisation?`))) throw usage('Not signed.')
  const signed = await makeSignature(context, { proposal, passphraseFile: asked.passphraseFile })
  const reply = await registerSignature({ api, id: asked.id }, signed)
  await keepAnchor(context, { before: anchor, now: proposal.anchor })
  const waiting = proposal.agreement.parties.filter(({ organisation }) => reply.unsigned.includes(organisation))
  output.result({
    value: reply,
    text:
      waiting.length === 0
        ? `Signed version ${version}. Every party has signed; the service puts it in force now.`
        : `Signed version ${version}. Still to sign: ${waiting.map(({ name }) => name).join(', ')}.`,
  })
}

async function newestVersion(api: Api, id: AgreementId): Promise<number> {
  const { agreements } = await api.call(agreementOperations.list, {})
  const found = agreements.find((one) => one.id === id)
  if (!found) throw usage('Your organisation has no such agreement. Use: safehand agreement list')
  return found.version
}

/** With the key that the roster names for this person, whom it must make SIRO. */
async function makeSignature(
  context: Context,
  { proposal, passphraseFile }: { readonly proposal: AgreementProposal; readonly passphraseFile: string | undefined },
): Promise<SignedBytes> {
  const { account } = await context.home.readSettings()
  const signatory = signatoryIn(proposal, account)
  if (!signatory) throw notSignatory('Your organisation’s roster does not make you its SIRO.')
  const { encryptionSubkey } = signatory
  const { key, fingerprint } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  if (fingerprint !== signatory.certificate) throw notSignatory('The roster names another key than the one here.')
  return signProposal({ proposal, signatory, key, at: context.io.now() })
}

function notSignatory(message: string): CommandFailed {
  return new CommandFailed({ exit: exitCodes.refusedByClient, code: 'NOT_SIGNATORY', message })
}

async function showAgreement(
  context: Context,
  asked: { readonly id: AgreementId; readonly version: number | undefined },
): Promise<void> {
  const { io, output, home } = context
  const documents = await fetchAgreementDocuments({ api: await signedInApi(context), ...asked })
  const anchor = await home.readAnchor()
  const shown = await verifyAsFarAsSigned({ anchor, documents, now: io.now() })
  refuseAnother(shown.agreement, asked)
  await keepAnchor(context, { before: anchor, now: shown.anchor })
  const { agreement, hash, missing } = shown
  const standing = missing === null ? 'Signed by every party.' : `Not signed by every party yet: ${missing}.`
  output.result({
    value: { agreement, hash, signed: missing === null },
    text: `${summary({ agreement, hash })}\n\n${standing}`,
  })
}

async function listAgreements(context: Context): Promise<void> {
  const api = await signedInApi(context)
  const { agreements } = await api.call(agreementOperations.list, {})
  const rows = agreements.map(({ id, version, reference, title, activatedAt, parties }) => [
    id,
    reference,
    `version ${version}`,
    activatedAt === null
      ? `signed by ${parties.filter(({ signed }) => signed).length} of ${parties.length}`
      : 'in force',
    title,
  ])
  context.output.result({
    value: { agreements },
    text: rows.length === 0 ? 'Your organisation has no agreements.' : table(rows),
  })
}

function summary(shown: Parameters<typeof agreementWords>[0]): string {
  const { id } = shown.agreement
  return `${agreementWords(shown)}\nThis is a summary; what is signed is the whole. Read it with: safehand agreement show ${id} --json`
}
