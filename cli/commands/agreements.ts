// `safehand agreement`: import, sign, show, list. What is shown and signed is what this client verified under its own
// anchor, never what the service says of it.
import type { Command } from 'commander'
import type { Api } from '#client/api.ts'
import { fetchAgreementDocuments, refuseAnother } from '#client/trust/fetch-agreement.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { type AgreementProposal, verifyAgreement, verifyProposal } from '#client/trust/verify-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { type AgreementDocuments, encodeSigned } from '#contract/documents.ts'
import { type Agreement, agreement as agreementModel, type Flow } from '#domain/agreements/agreement.ts'
import { agreementSignature } from '#domain/agreements/signature.ts'
import { encodeDocument } from '#domain/document.ts'
import { type AgreementId, fingerprint, type Sha256Hex } from '#domain/values.ts'
import { flowLimitsWords, secondPersonWords } from '#words/en/agreements.ts'
import { parseAgreementId } from '../trust/agreements.ts'
import { type Context, readText, signedInApi, unlockRostered } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'
import { readable, readableKey, table } from '../terminal/output.ts'
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

function canonicalBytes(text: string): Uint8Array<ArrayBuffer> {
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
  output.note(describe(proposal))
  if (!asked.yes && !(await io.confirm(`Sign version ${version} for your organisation?`))) throw usage('Not signed.')
  const signed = await makeSignature(context, { proposal, passphraseFile: asked.passphraseFile })
  const body = encodeSigned(signed)
  const reply = await api.call(agreementOperations.sign, { params: { agreement: asked.id }, body })
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

/** Names the roster that was verified just now: in it the signer stands as SIRO with exactly this key. */
async function makeSignature(
  context: Context,
  { proposal, passphraseFile }: { readonly proposal: AgreementProposal; readonly passphraseFile: string | undefined },
) {
  const { account } = await context.home.readSettings()
  const { agreement, hash, own, organisations } = proposal
  const roster = organisations.get(own)?.roster
  const person = roster?.people.find((one) => one.account === account)
  if (!roster || !person?.roles.includes('siro'))
    throw notSignatory('Your organisation’s roster does not make you its SIRO.')
  const { encryptionSubkey } = person
  const unlocked = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  if (unlocked.fingerprint !== person.certificate) throw notSignatory('The roster names another key than the one here.')
  const at = context.io.now()
  const bytes = encodeDocument(agreementSignature, {
    type: 'safehand.agreement-signature/1',
    origin: agreement.origin,
    agreement: { id: agreement.id, version: agreement.version, hash },
    organisation: own,
    role: 'siro',
    account,
    fingerprint: fingerprint.parse(unlocked.fingerprint),
    at,
    roster: roster.reference,
  })
  return { bytes, signature: await unlocked.key.sign({ bytes, at }) }
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
    text: `${describe({ agreement, hash })}\n\n${standing}`,
  })
}

/** A missing signature is no lie while an agreement is being signed; everything else is. */
async function verifyAsFarAsSigned(input: {
  readonly anchor: Parameters<typeof verifyAgreement>[0]
  readonly documents: AgreementDocuments
  readonly now: Parameters<typeof verifyAgreement>[2]
}) {
  const { anchor, documents, now } = input
  try {
    return { ...(await verifyAgreement(anchor, documents, now)), missing: null }
  } catch (error) {
    if (!(error instanceof TrustRefused) || error.code !== 'TRUST_AGREEMENT_NOT_SIGNED') throw error
    return { ...(await verifyProposal(anchor, documents, now)), missing: error.saw }
  }
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

/** Everything a signatory puts their name to and compares by phone: roots and service keys in full. */
function describe({ agreement, hash }: { readonly agreement: Agreement; readonly hash: Sha256Hex }): string {
  const { reference, version, title, purpose, effectiveFrom, reviewOn, expiresOn, serviceKeys } = agreement
  return [
    `${reference} version ${version}: ${title}`,
    `SHA-256 ${hash}`,
    `Purpose: ${purpose.statement} (${purpose.codes.join(', ')})`,
    `From ${effectiveFrom}, review on ${reviewOn}, until ${expiresOn}`,
    'Parties and their roots:',
    ...agreement.parties.map(({ name, root }) => `  ${name}\n    ${readable(root)}`),
    'Flows:',
    ...agreement.flows.flatMap((flow) => describeFlow(flow, agreement).map((text) => `  ${text}`)),
    'Keys of the service (compare by phone):',
    ...serviceKeys.scanAuthority.map((key) => `  scan authority  ${readable(key.fingerprint)}`),
    ...serviceKeys.housekeeper.map((key) => `  housekeeper     ${readable(key.fingerprint)}`),
    ...serviceKeys.log.map((key) => `  log             ${readableKey(key.publicKey)}`),
    ...serviceKeys.promise.map((key) => `  promise         ${readableKey(key.publicKey)}`),
    describeWitnesses(agreement),
    `This is a summary; what is signed is the whole. Read it with: safehand agreement show ${agreement.id} --json`,
  ].join('\n')
}

function describeFlow(flow: Flow, { parties }: Agreement): readonly string[] {
  const { code, from, to, items, maxMarking, maxDays } = flow
  const nameOf = (end: string) => parties.find(({ organisation }) => organisation === end)?.name ?? end
  const second = secondPersonWords(flow)
  return [
    `${code}: ${nameOf(from)} to ${nameOf(to)}, ${items.join(', ')}, up to ${maxMarking}, kept ${maxDays} days at most`,
    `  ${flowLimitsWords(flow)}`,
    ...(second === null ? [] : [`  ${second}`]),
  ]
}

function describeWitnesses({ witnesses, quorum }: Agreement): string {
  return quorum === 0
    ? 'No witness cosigns this agreement’s log: only the service vouches for it.'
    : `Witnesses: ${quorum} of ${witnesses.length} must cosign the log.`
}
