// What the commands share that make or change one’s key (ARCHITECTURE.md#custody).
import type { KeyFile, ProtectedKey } from '#domain/certificates/key-file.ts'
import type { Renewing } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { type Context, signedInApi } from '../../context.ts'
import { protection, unlockKey } from '../../keys/key-envelope.ts'

export interface PassphraseOptions {
  readonly passphraseFile?: string
}

/** Throws CommandFailed `LOCKED` for a wrong passphrase. */
export async function renewing(
  context: Context,
  { file, passphrase }: { readonly file: ProtectedKey; readonly passphrase: string },
): Promise<Renewing> {
  const { io, home } = context
  const key = await unlockKey({ file, passphrase })
  const keep = (renewed: ProtectedKey) => home.writeKey('key', renewed)
  return { api: await signedInApi(context), protection, now: io.now(), key, passphrase, keep }
}

export function sayChanged({ output }: Context, { key, what }: { readonly key: KeyFile; readonly what: string }): void {
  const { fingerprint, encryptionSubkey } = key
  output.result({ value: { fingerprint, encryptionSubkey }, text: `${what}: ${readable(fingerprint)}` })
}
