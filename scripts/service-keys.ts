// Makes an installation's service keys, each in the folder of the one process that holds it
// (ARCHITECTURE.md#service-keys).
import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { publicKeys } from '#contract/service.ts'
import { origin } from '#domain/values.ts'
import { generateKey } from '#openpgp/keys.ts'
import { systemClock } from '#platform/clock.ts'
import { ed25519Key } from '#platform/crypto.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'

const HELP = `Makes the service keys of an installation.

  node scripts/service-keys.ts --directory DIRECTORY --origin NAME

  --directory DIRECTORY   where to: a folder for each process, mode 0700. Give each process its own and no other:
                            scanner/scan-authority.pgp      signs scan certificates
                            housekeeper/log.key             signs checkpoints (Ed25519 seed, base64)
                            housekeeper/housekeeper.pgp     signs destruction certificates
                            server/promise.key              signs promises (Ed25519 seed, base64)
                          and public.json, which the server shows to everybody.
  --origin NAME           the installation's fixed name, without scheme or port: files.example.gov.uk

Never overwrites: lost or stolen keys are replaced by new ones in another folder and a new agreement.`

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      directory: { type: 'string' },
      origin: { type: 'string' },
    },
  })
  if (options.help) return console.log(HELP)
  if (!options.directory) throw new Error('say where to: --directory DIRECTORY')
  const name = origin.safeParse(options.origin)
  if (!name.success) throw new Error('say the installation’s name, like files.example.gov.uk: --origin NAME')
  await makeServiceKeys({ directory: options.directory, name: name.data })
}

async function makeServiceKeys({ directory, name }: { directory: string; name: string }): Promise<void> {
  const listing = join(directory, 'public.json')
  if (await exists(listing)) throw new Error(`${listing} is there already; nothing was changed`)
  const folders = { scanner: '', housekeeper: '', server: '' }
  await makePrivateFolder(directory)
  for (const process of ['scanner', 'housekeeper', 'server'] as const) {
    folders[process] = join(directory, process)
    await makePrivateFolder(folders[process])
  }
  const listed = publicKeys.parse({
    origin: name,
    scanAuthority: await makeOpenPgp(join(folders.scanner, 'scan-authority.pgp'), `Safehand scan authority of ${name}`),
    log: await makeEd25519(join(folders.housekeeper, 'log.key')),
    promise: await makeEd25519(join(folders.server, 'promise.key')),
    housekeeper: await makeOpenPgp(join(folders.housekeeper, 'housekeeper.pgp'), `Safehand housekeeper of ${name}`),
  })
  // Last, so that a run that was cut short is not taken for a whole one.
  await writePrivate(listing, `${JSON.stringify(listed, null, 2)}\n`)
  console.log(`The keys of ${name} are in ${directory}.`)
}

async function makeOpenPgp(path: string, name: string): Promise<{ fingerprint: string; certificate: string }> {
  const key = await generateKey({ name, at: systemClock.now(), expiresAfterSeconds: null })
  await writePrivate(path, key.privateKey)
  return { fingerprint: key.fingerprint, certificate: key.certificate.toBase64() }
}

async function makeEd25519(path: string): Promise<{ publicKey: string }> {
  const seed = randomBytes(32)
  await writePrivate(path, `${seed.toString('base64')}\n`)
  return { publicKey: ed25519Key(seed).publicKey.toBase64() }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
