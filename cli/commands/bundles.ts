// `safehand bundle`: transfers as they are, for gpg or another program of one's own. What the service gives is kept unread;
// the sender's certificate beside it is the one that the verified roster names, so that the other program checks against that.
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Api, RefusedByServer } from '#client/api.ts'
import { proveForCollecting } from '#client/trust/key-proof.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import type { TransferId } from '#domain/values.ts'
import { type Context, unlockRostered } from '../context.ts'
import { type Looked, lookAt, parseTransferId } from '../collecting/open-transfer.ts'
import { folderSink } from '../collecting/sink.ts'

interface BundleOptions {
  readonly into: string
  readonly passphraseFile?: string
}

export function addBundleCommands(program: Command, context: Context): void {
  program
    .command('bundle <id...>')
    .description('fetch transfers encrypted, with their signed contents, for gpg or a program of your own')
    .requiredOption('--into <folder>', 'where to put the zip files')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((ids: string[], options: BundleOptions) => bundle(context, ids.map(parseTransferId), options))
}

async function bundle(context: Context, transfers: readonly TransferId[], options: BundleOptions): Promise<void> {
  const kept = []
  for (const transfer of transfers) kept.push(await bundleOne(context, transfer, options))
  context.output.result({
    value: { bundles: kept },
    text: [
      ...kept.map(({ place, sender }) => `${place}, from ${sender.name} <${sender.email}>`),
      'In each, after unpacking (the sender’s certificate, as your organisations’ signed lists name it, is beside it):',
      ...new Set(kept.map(({ sender }) => `  gpg --import ${sender.certificate}`)),
      '  gpg --verify dispatch-note.asc',
      '  gpg --decrypt-files *.pgp',
      '  sha256sum -c contents',
      'The same names are in contents, which gpg says is signed by the sender.',
    ].join('\n'),
  })
}

async function bundleOne(context: Context, transfer: TransferId, options: BundleOptions) {
  const looked = await lookAt(context, transfer)
  const note = await looked.look.note()
  // What is not released yet is the service's to refuse, and no lie; what it gives all the same is not kept.
  if (looked.view.state === 'released') await looked.look.released()
  const body = await fetchBundle(context, { looked, transfer, options })
  await looked.look.released()
  const place = await keep(body, { folder: options.into, name: `${transfer}.zip` })
  const { name, email, certificate: fingerprint, certificateBytes } = note.sender
  const certificate = await keepCertificate(certificateBytes, { folder: options.into, name: `${fingerprint}.pgp` })
  return { transfer, place, sender: { name, email, fingerprint, certificate } }
}

/** Where an earlier bundle of the same sender put it, if that is what stands there. */
async function keepCertificate(bytes: Uint8Array, at: { readonly folder: string; readonly name: string }) {
  const place = join(at.folder, at.name)
  const isPlain = (await lstat(place).catch(() => null))?.isFile() ?? false
  if (isPlain && Buffer.compare(await readFile(place), bytes) === 0) return place
  return keep(
    (async function* () {
      yield bytes
    })(),
    at,
  )
}

interface Fetching {
  readonly looked: Looked
  readonly transfer: TransferId
  readonly options: BundleOptions
}

/** The key is asked for only when this sign-in has not proved it yet: once for however many transfers. */
async function fetchBundle(context: Context, { looked, transfer, options }: Fetching) {
  const { api, person } = looked
  try {
    return await ask(context, { api, transfer })
  } catch (error) {
    if (!(error instanceof RefusedByServer) || error.code !== 'KEY_PROOF_REQUIRED') throw error
  }
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile: options.passphraseFile })
  const { home, io } = context
  const { account } = await home.readSettings()
  await proveForCollecting({ api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now })
  return ask(context, { api, transfer })
}

async function ask({ io }: Context, { api, transfer }: { readonly api: Api; readonly transfer: TransferId }) {
  const { body } = await api.bytes(collectOperations.bundle, { params: { transfer }, signal: io.signal })
  return body
}

async function keep(
  body: AsyncIterable<Uint8Array>,
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<string> {
  const file = await folderSink(folder).begin(name)
  try {
    for await (const piece of body) await file.write(piece)
    return await file.keep()
  } catch (error) {
    await file.discard()
    throw error
  }
}
