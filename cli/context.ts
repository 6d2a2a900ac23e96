// What every command is given: the world outside (io), the home, the way to speak, and the service.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, createApi, type Fetch } from '#client/api.ts'
import { type KeyHolder, unlockedKey } from '#client/trust/key-holder.ts'
import type { ServiceClock } from '#client/service-clock.ts'
import { retryingApi } from '#client/retrying.ts'
import type { Fingerprint } from '#domain/values.ts'
import { armorChallenge } from '#openpgp/key-proof.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import { randomId } from '#platform/crypto.ts'
import { fetchWithIdleTimeout, defaultIdleSeconds } from '#client/idle-timeout.ts'
import { CommandFailed, exitCodes, usage } from './terminal/exit-codes.ts'
import { describeFileError } from './terminal/file-error.ts'
import type { Home, KeyName } from './home.ts'
import type { Io } from './terminal/io.ts'
import { gpgKey } from './keys/gpg-key.ts'
import { handKey } from './keys/hand-key.ts'
import { unlockKey } from './keys/key-envelope.ts'
import type { KeyFile } from '#domain/certificates/key-file.ts'
import type { Output } from './terminal/output.ts'
import { publicPart } from './keys/public-part.ts'
import { sayWaiting } from './terminal/waiting.ts'

export interface Context {
  readonly io: Io
  readonly home: Home
  readonly output: Output
  readonly clock: ServiceClock
}

/** A connection that broke, or a restart of the service, is waited out for so long. */
const retrySeconds = 8

/**
 * The service as the signed-in person. What got no answer is asked again under the same key: it may have been done.
 * Throws CommandFailed `LOCKED` when nobody is signed in.
 */
export async function signedInApi(context: Context): Promise<Api> {
  const { io, home, output } = context
  const { url } = await home.readSettings()
  // Whether it has expired, the service says: it counted its days.
  const { token } = await home.readToken()
  return retryingApi(createApi({ url, fetch: fetchOf(context), token, newId: randomId, client: 'cli' }), {
    newId: randomId,
    seconds: retrySeconds,
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: io.signal }),
    waiting: sayWaiting(output),
  })
}

/** The service before anyone is signed in. */
export function openApi(context: Context, url: string): Api {
  return createApi({ url, fetch: fetchOf(context), newId: randomId, client: 'cli' })
}

/** The network, which is given up when it is silent. */
export function fetchOf({ io: { fetch, idleSeconds = defaultIdleSeconds }, clock }: Context): Fetch {
  return clock.noting(fetchWithIdleTimeout(fetch, idleSeconds))
}

/** A secret from a file, or asked for hidden. Never from an argument: those stand in process lists and histories. */
export async function readSecret(
  { io }: Context,
  { file, message }: { readonly file: string | undefined; readonly message: string },
): Promise<string> {
  const text = file === undefined ? await io.ask({ message, secret: true }) : await readText(file)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw usage('It must not be empty.')
  return secret
}

export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString('utf8')
}

export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const message = describeFileError(error, path) ?? `Cannot read ${path}.`
    throw new CommandFailed({ exit: exitCodes.usage, code: 'FILE_UNREADABLE', message })
  }
}

/** Only a certificate leaves this machine, as it was read here; what else is wrong with it, the service says. */
export async function readCertificate(file: string): Promise<PublicCertificate> {
  return publicPart(await readBytes(file), file)
}

/** The person's own key (or the roster key), unlocked for this command only. */
export async function unlock(
  context: Context,
  { name, passphraseFile }: { readonly name: KeyName; readonly passphraseFile: string | undefined },
): Promise<UnlockedKey> {
  return open(context, { file: await context.home.readKey(name), passphraseFile })
}

/** The person's own key that the roster names: until the next roster it is the one before a replacement. */
export async function unlockRostered(
  context: Context,
  of: { readonly encryptionSubkey: Fingerprint; readonly passphraseFile: string | undefined },
): Promise<UnlockedKey> {
  const newest = await context.home.readKey('key')
  const older =
    newest.encryptionSubkey === of.encryptionSubkey ? null : await context.home.findOldKey(of.encryptionSubkey)
  return open(context, { file: older ?? newest, passphraseFile: of.passphraseFile })
}

interface Unlocking {
  readonly file: KeyFile
  readonly passphraseFile: string | undefined
}

async function open(context: Context, unlocking: Unlocking): Promise<UnlockedKey> {
  const { fingerprint, encryptionSubkey, certificate } = unlocking.file
  const key = await holderOf(context, unlocking)
  const publicKey = await publicPart(Uint8Array.fromBase64(certificate), 'The key file')
  return { key, certificate: publicKey, fingerprint, encryptionSubkey }
}

async function holderOf(context: Context, { file, passphraseFile }: Unlocking): Promise<KeyHolder> {
  const { io, output } = context
  if (file.custody === 'file') {
    const passphrase = await readSecret(context, { file: passphraseFile, message: 'Passphrase of your key' })
    return unlockedKey(await unlockKey({ file, passphrase }))
  }
  if (file.reach === 'gpg') return gpgKey({ gpg: io.gpg, fingerprint: file.fingerprint })
  return handKey(async (message) => {
    output.note(`Open this with gpg -d:\n\n${armorChallenge(message)}`)
    return io.ask({ message: 'Nonce (the 64 characters before the date)', secret: false })
  })
}

export interface UnlockedKey {
  readonly key: KeyHolder
  readonly certificate: PublicCertificate
  readonly fingerprint: Fingerprint
  readonly encryptionSubkey: Fingerprint
}
