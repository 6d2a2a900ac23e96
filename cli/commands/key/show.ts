// `safehand key show`: the fingerprint, to be read to the administrator, and the pinned root.
import { readable } from '#words/en/fingerprints.ts'
import type { Context } from '../../context.ts'

export async function show({ home, output }: Context): Promise<void> {
  const { fingerprint, encryptionSubkey, custody } = await home.readKey('key')
  const anchor = await home.findAnchor()
  output.result({
    value: { fingerprint, encryptionSubkey, custody, root: anchor?.root ?? null, origin: anchor?.origin ?? null },
    text: [
      `Your key: ${readable(fingerprint)}`,
      custody === 'file' ? 'It is here, protected by your passphrase.' : 'Its private part is kept elsewhere, by you.',
      anchor ? `Pinned: root ${readable(anchor.root)} at ${anchor.origin}` : 'No root is pinned.',
    ].join('\n'),
  })
}
