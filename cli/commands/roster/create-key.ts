// `safehand roster create-key`: the key that signs rosters, once the root’s next statement lists it.
import { writePrivate } from '#platform/files.ts'
import { readable } from '#words/en/fingerprints.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { type Context, readSecret } from '../../context.ts'
import { protectKey } from '../../keys/key-envelope.ts'
import { usage } from '../../terminal/exit-codes.ts'

export interface CreateOptions {
  readonly passphraseFile?: string
  readonly certificateFile?: string
}

export async function createKey(context: Context, { passphraseFile, certificateFile }: CreateOptions): Promise<void> {
  const { home, output } = context
  if (await home.findKey('roster-key')) throw usage('There is a roster key here already.')
  const { email } = await home.readSettings()
  const passphrase = await readSecret(context, { file: passphraseFile, message: 'New passphrase for the roster key' })
  const key = await makeKey(context.io.now(), { name: `Roster key of ${email}` })
  await home.writeKey('roster-key', await protectKey({ key, passphrase }))
  if (certificateFile !== undefined) await writePrivate(certificateFile, key.certificate)
  output.result({ value: { fingerprint: key.fingerprint }, text: `Your roster key: ${readable(key.fingerprint)}` })
}
