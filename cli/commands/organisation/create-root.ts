// `safehand organisation create-root`: makes the root key, protected by a passphrase, in a folder that is kept offline.
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { protectedKey } from '#domain/certificates/key-file.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { type Context, readSecret } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { readJson } from '../../home.ts'
import { protectKey } from '../../keys/key-envelope.ts'
import { rootPath } from './root-folder.ts'

export interface RootOptions {
  readonly directory: string
  readonly name: string
  readonly passphraseFile?: string
}

export async function createRoot(context: Context, { directory, name, passphraseFile }: RootOptions): Promise<void> {
  const path = rootPath(directory)
  if (await readJson({ path, model: protectedKey })) throw usage(`${path} is there already; nothing was changed.`)
  const passphrase = await readSecret(context, { file: passphraseFile, message: 'New passphrase for the root key' })
  const key = await makeKey(context.io.now(), { name: `${name} root` })
  await makePrivateFolder(directory)
  await writePrivate(path, `${JSON.stringify(await protectKey({ key, passphrase }), null, 2)}\n`)
  context.output.result({
    value: { root: key.fingerprint, path },
    text: `Root of ${name}: ${readable(key.fingerprint)}\nIt is in ${path}. Keep it offline; everyone pins this fingerprint.`,
  })
}
