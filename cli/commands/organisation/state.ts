// `safehand organisation state`: the next statement, signed with the root key and registered.
import { unlockedKey } from '#client/trust/key-holder.ts'
import { nextStatement, registerStatement } from '#client/trust/next-statement.ts'
import { fetchOwnDocuments, loadOwnStatements } from '#client/trust/own-organisation.ts'
import { rootAfter } from '#client/trust/verify-statements.ts'
import { identityOperations } from '#contract/identity.ts'
import { addDays } from '#domain/time.ts'
import { type Fingerprint, fingerprint } from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { dateInWords } from '#words/en/dates.ts'
import { statementWords } from '#words/en/organisations.ts'
import { readable } from '#words/en/fingerprints.ts'
import { type Context, readCertificate, readSecret, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { unlockKey } from '../../keys/key-envelope.ts'
import { ownOf } from '../../trust/own-organisation.ts'
import { publicPart } from '../../keys/public-part.ts'
import { readRoot } from './root-folder.ts'

export interface StateOptions {
  readonly rootDirectory: string
  readonly rootPassphraseFile?: string
  readonly rosterKey: readonly string[]
  readonly days: string
  readonly successor?: string
  readonly yes?: true
}

export async function state(context: Context, options: StateOptions): Promise<void> {
  const { io, output } = context
  const api = await signedInApi(context)
  const own = ownOf(context, api)
  const documents = await fetchOwnDocuments(own)
  const last = await loadOwnStatements(own, documents)
  const { organisation } = await api.call(identityOperations.account, {})
  const root = await readRoot(options.rootDirectory)
  const due = last ? rootAfter(last.current) : documents.anchor.root
  if (root.fingerprint !== due) throw usage(last ? anotherRoot(due) : notPinned(root.fingerprint, due))
  const successor = options.successor === undefined ? null : await readRoot(options.successor)
  const rosterKeys = await readRosterKeys(context, options.rosterKey)
  const issued = io.now()
  const expires = addDays(issued, parseDays(options.days))
  const document = nextStatement({
    origin: documents.anchor.origin,
    organisation: organisation.id,
    name: organisation.name,
    last,
    issued,
    expires,
    root: root.fingerprint,
    rosterKeys: rosterKeys.map(({ fingerprint }) => fingerprint),
    successorRoot: successor?.fingerprint ?? null,
  })
  output.note(statementWords(document))
  if (!options.yes && !(await io.confirm('Sign this statement with the root key?'))) throw usage('Nothing was signed.')
  const passphrase = await readSecret(context, {
    file: options.rootPassphraseFile,
    message: 'Passphrase of the root key',
  })
  const key = unlockedKey(await unlockKey({ file: root, passphrase }))
  const named = [root, ...rosterKeys, ...(successor ? [successor] : [])]
  const keys = await Promise.all(named.map((one) => publicPart(Uint8Array.fromBase64(one.certificate), 'The key file')))
  const registered = await registerStatement({ api, key, at: io.now() }, { document, keys })
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

/** Before the first statement: most likely it was mistyped. */
function notPinned(root: Fingerprint, pinned: Fingerprint): string {
  return [
    `Pinned here:    ${readable(pinned)}`,
    `In that folder: ${readable(root)}`,
    'Nothing was signed. If the first was mistyped: safehand organisation pin --root FINGERPRINT',
  ].join('\n')
}

function anotherRoot(due: Fingerprint): string {
  return [
    `The next statement is to be signed by the root ${readable(due)}.`,
    'If that root is lost or stolen and named no successor, nothing can follow it: the operator registers the',
    'organisation anew, everyone pins its new root, and every agreement is signed again.',
  ].join('\n')
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
    const found = await inspectNow(await readCertificate(file), context.io.now())
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
