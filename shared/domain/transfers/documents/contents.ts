// What the manifest's body holds. In `v2-gcm` the manifest itself; in `v1-cfb` a text with the manifest in its last line,
// so that who has GnuPG alone can read it and give it to `sha256sum -c`, which passes over lines that begin with #.
// The text follows from the manifest, octet by octet: whoever reads both must find the same, or it is refused.
import type { Bytes } from '../../values.ts'
import { encodeDocument, type ParsedDocument, parseDocument, tooLarge } from '../../document.ts'
import { maxManifestBytes } from '../../policy/bounds.ts'
import type { Profile } from './dispatch-note.ts'
import { type Manifest, type ManifestFile, manifest } from './manifest.ts'

export function encodeContents(profile: Profile, value: Manifest): Bytes {
  const bytes = encodeDocument(manifest, value)
  if (profile === 'v2-gcm') return bytes
  return new TextEncoder().encode(readable(value, new TextDecoder().decode(bytes)))
}

/** Refuses what `parseDocument` refuses, a check sum too many or missing, and a text that says something else. */
export function parseContents(profile: Profile, bytes: Uint8Array): ParsedDocument<Manifest> {
  const most = maxManifestBytes
  if (bytes.length > most) return { ok: false, reason: tooLarge(most) }
  const parsed = parseDocument(manifest, profile === 'v2-gcm' ? bytes : lastLine(bytes), { most })
  if (!parsed.ok) return parsed
  const summed = parsed.value.files.every(({ sha256 }) => (sha256 !== undefined) === (profile === 'v1-cfb'))
  if (!summed) return { ok: false, reason: `files.sha256: not as the profile ${profile} has it` }
  if (!same(bytes, encodeContents(profile, parsed.value))) return { ok: false, reason: 'the text says something else' }
  return parsed
}

const mark = '# '

function readable(value: Manifest, json: string): string {
  return [
    `# Contents of transfer ${value.transfer} from ${value.origin}, signed by its sender ${value.sender.fingerprint}.`,
    '# Each file is the octets of IDENTIFIER.pgp. To check those that you opened: gpg -d contents.pgp | sha256sum -c',
    ...value.files.map(nameLine),
    ...value.files.map(({ id, sha256 }) => `${sha256}  ${id}`),
    `${mark}${json}`,
    '',
  ].join('\n')
}

/** As JSON writes it: a name with a line break in it stays in its line. */
function nameLine({ id, name, mediaType, size }: ManifestFile): string {
  return `# ${id} is ${JSON.stringify(name)} (${mediaType}, ${size} octets)`
}

function lastLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length
  const start = bytes.lastIndexOf(lineFeed, end - 1) + 1
  return bytes.subarray(start + mark.length, end)
}

const lineFeed = 0x0a

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index])
}
