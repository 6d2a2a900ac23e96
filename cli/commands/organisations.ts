// safehand organisation: the offline root, the statements it signs, and pinning it.
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Anchor, newAnchor } from '#client/trust/anchor.ts'
import { fetchOwnDocuments, loadOwnStatements } from '#client/trust/own-organisation.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { rootAfter, type VerifiedStatements } from '#client/trust/verify-statements.ts'
import { encodeSigned } from '#contract/documents.ts'
import { identityOperations } from '#contract/identity.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { encodeDocument } from '#domain/document.ts'
import { type Statement, statement as statementModel } from '#domain/organisations/statement.ts'
import { addDays } from '#domain/time.ts'
import { type Fingerprint, fingerprint, type Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { signDetached } from '#openpgp/signatures.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/mail.ts'
import { statementWords } from '#words/en/organisations.ts'
import { type Context, readSecret, signedInApi } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { readJson } from '../home.ts'
import { type LockedKey, lockedKey } from '#domain/certificates/key-file.ts'
import { lockKey, unlockKey } from '../keys/key-envelope.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { ownOf } from '../trust/own-organisation.ts'
import { readCertificate } from '../keys/own-key.ts'
import { publicPart } from '../keys/public-part.ts'
import { collect } from './account.ts'
import { fetchServiceKeys } from './service.ts'

interface RootOptions {
  readonly directory: string
  readonly name: string
  readonly passphraseFile?: string
}

interface StateOptions {
  readonly rootDirectory: string
  readonly rootPassphraseFile?: string
  readonly rosterKey: readonly string[]
  readonly days: string
  readonly successor?: string
  readonly yes?: true
}

export interface PinOptions {
  readonly root: string
  readonly origin?: string
}

export function addOrganisationCommands(program: Command, context: Context): void {
  const organisation = program.command('organisation').description('your organisation’s root and statements')
  organisation
    .command('create-root')
    .description('make the root key; keep its folder offline and in two places')
    .requiredOption('--directory <folder>', 'where to: a folder on removable media')
    .requiredOption('--name <name>', 'the organisation’s name')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((options: RootOptions) => createRoot(context, options))
  organisation
    .command('pin')
    .description('pin your organisation’s root and the installation’s name')
    .requiredOption('--root <fingerprint>', 'the root’s fingerprint, from a colleague or by phone')
    .option('--origin <name>', 'the installation’s name, if you were told it')
    .action((options: PinOptions) => pinOnly(context, options))
  organisation
    .command('state')
    .description('sign and register the next statement: which roster keys may sign rosters, and until when')
    .requiredOption('--root-directory <folder>', 'the folder of the root key')
    .option('--root-passphrase-file <file>', 'file with the root’s passphrase (otherwise you are asked)')
    .option('--roster-key <file>', 'certificate of another roster key beside your own; may be repeated', collect, [])
    .option('--days <days>', 'how long it holds, at most 366', '365')
    .option('--successor <folder>', 'the folder of a new root: it signs every statement after this one')
    .option('--yes', 'do not ask')
    .action((options: StateOptions) => state(context, options))
}

async function createRoot(context: Context, { directory, name, passphraseFile }: RootOptions): Promise<void> {
  const path = rootPath(directory)
  if (await readJson({ path, model: lockedKey })) throw usage(`${path} is there already; nothing was changed.`)
  const passphrase = await readSecret(context, { file: passphraseFile, message: 'New passphrase for the root key' })
  const key = await makeKey(context.io.now(), { name: `${name} root` })
  await makePrivateFolder(directory)
  await writePrivate(path, `${JSON.stringify(await lockKey({ key, passphrase }), null, 2)}\n`)
  context.output.result({
    value: { root: key.fingerprint, path },
    text: `Root of ${name}: ${readable(key.fingerprint)}\nIt is in ${path}. Keep it offline; everyone pins this fingerprint.`,
  })
}

function rootPath(directory: string): string {
  return join(directory, 'root-key.json')
}

async function pinOnly(context: Context, options: PinOptions): Promise<void> {
  const { root, origin } = await pin(context, options)
  context.output.result({ value: { root, origin }, text: `Pinned: root ${readable(root)} at ${origin}` })
}

/** Pins once. What was pinned before stays, and anything else is refused. */
export async function pin(context: Context, options: PinOptions): Promise<Anchor> {
  const { home } = context
  const root = fingerprint.safeParse(options.root.replaceAll(/\s/g, '').toLowerCase())
  if (!root.success) throw usage('--root is a full fingerprint: 40 or 64 hexadecimal characters.')
  const { origin } = await fetchServiceKeys(context)
  if (options.origin !== undefined && options.origin !== origin)
    throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  const pinned = await home.findAnchor()
  if (pinned?.former?.includes(root.data)) return pinned
  if (pinned && pinned.root !== root.data) throw new TrustRefused({ code: 'TRUST_ROOT', saw: root.data })
  if (pinned && pinned.origin !== origin) throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  if (pinned) return pinned
  const anchor = newAnchor({ origin, root: root.data })
  await home.writeAnchor(anchor)
  return anchor
}

async function state(context: Context, options: StateOptions): Promise<void> {
  const { io, output } = context
  const api = await signedInApi(context)
  const own = ownOf(context, api)
  const documents = await fetchOwnDocuments(own)
  const last = await loadOwnStatements(own, documents)
  const { organisation } = await api.call(identityOperations.account, {})
  const root = await readRoot(options.rootDirectory)
  const due = last ? rootAfter(last.current) : documents.anchor.root
  if (root.fingerprint !== due) throw usage(anotherRoot(due))
  const successor = options.successor === undefined ? null : await readRoot(options.successor)
  const rosterKeys = await readRosterKeys(context, options.rosterKey)
  const issued = io.now()
  const expires = addDays(issued, parseDays(options.days))
  const document: Statement = {
    type: 'safehand.organisation-statement/1',
    origin: documents.anchor.origin,
    organisation: organisation.id,
    name: last?.name ?? organisation.name,
    sequence: (last?.current.sequence ?? 0) + 1,
    previous: last?.hash ?? null,
    issued,
    expires,
    root: root.fingerprint,
    rosterKeys: rosterKeys.map((key) => ({
      fingerprint: key.fingerprint,
      from: firstNamed(last, key) ?? issued,
      until: expires,
    })),
    successorRoot: successor?.fingerprint ?? null,
  }
  output.note(statementWords(document))
  if (!options.yes && !(await io.confirm('Sign this statement with the root key?'))) throw usage('Nothing was signed.')
  const passphrase = await readSecret(context, {
    file: options.rootPassphraseFile,
    message: 'Passphrase of the root key',
  })
  const bytes = encodeDocument(statementModel, document)
  const key = await unlockKey({ file: root, passphrase })
  const signature = new Uint8Array(await signDetached({ bytes, key, at: io.now() }))
  const named = [root, ...rosterKeys, ...(successor ? [successor] : [])]
  const keys = await Promise.all(named.map((one) => publicPart(Uint8Array.fromBase64(one.certificate), 'The key file')))
  const registered = await api.call(organisationOperations.registerStatement, {
    body: { document: encodeSigned({ bytes, signature }), keys: keys.map((one) => one.toBase64()) },
  })
  await loadOwnStatements(own, await fetchOwnDocuments(own))
  output.result({
    value: { ...registered, organisation: organisation.id, root: root.fingerprint, expires },
    text: [
      `Statement ${registered.sequence} of ${document.name} is registered, until ${dateInWords(expires)}.`,
      ...(successor
        ? ['From now on the new root signs. State with it now, then destroy every copy of the old one.']
        : []),
    ].join('\n'),
  })
}

/** A key that is named again keeps its time: what it has signed stays signed. */
function firstNamed(last: VerifiedStatements | null, { fingerprint: key }: RosterKey): Instant | null {
  return last?.current.rosterKeys.find((before) => before.fingerprint === key)?.from ?? null
}

function anotherRoot(due: Fingerprint): string {
  return [
    `The next statement is to be signed by the root ${readable(due)}.`,
    'If that root is lost or stolen and named no successor, nothing can follow it: the operator registers the',
    'organisation anew, everyone pins its new root, and every agreement is signed again.',
  ].join('\n')
}

async function readRoot(directory: string): Promise<LockedKey> {
  const root = await readJson({ path: rootPath(directory), model: lockedKey })
  if (!root) throw usage(`There is no root key in ${directory}.`)
  return root
}

interface RosterKey {
  readonly fingerprint: Fingerprint
  /** Base64. */
  readonly certificate: string
}

async function readRosterKeys(context: Context, files: readonly string[]): Promise<readonly RosterKey[]> {
  const own = await context.home.findKey('roster-key')
  const keys: RosterKey[] = own ? [{ fingerprint: own.fingerprint, certificate: own.certificate }] : []
  for (const file of files) {
    const found = await inspectCertificate(await readCertificate(file), context.io.now())
    if (!found.ok) throw usage(`${file} is no certificate that can be used (${found.code}).`)
    const { certificate } = found
    keys.push({ fingerprint: fingerprint.parse(certificate.fingerprint), certificate: certificate.bytes.toBase64() })
  }
  if (keys.length === 0) throw usage('There is no roster key yet. Use: safehand roster create-key')
  return keys
}

function parseDays(text: string): number {
  const days = Number(text)
  if (!(Number.isInteger(days) && days >= 1 && days <= 366)) throw usage('--days is a number from 1 to 366.')
  return days
}
