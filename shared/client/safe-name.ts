// A name from a manifest, reduced to one harmless path component: the sender may be hostile, and so may what a file
// system makes of a name (RISKS A22). Done here, in the client, never by the service.

const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"/\\|?*]/gu
/** Windows drops these from the end of a name. */
const ends = /[\s.]+$/u
const longest = 120
/** File systems count octets, 255 at most; some are left for a number. */
const mostOctets = 240

/** Never empty, never `.` or `..`, no separator, control, direction override or device name; the extension is kept. */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(unsafe, '_')
    .replace(/^[\s.]+/u, '')
    .replace(ends, '')
  if (plain === '') return 'file'
  return shorten(deviceName.test(plain) ? `_${plain}` : plain).replace(ends, '')
}

/** Names of one transfer, each used once whatever a file system thinks of case. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>()
  return names.map((name) => {
    const safe = safeName(name)
    let distinct = safe
    for (let copy = 2; used.has(distinct.toLowerCase()); copy += 1) distinct = numbered(safe, copy)
    used.add(distinct.toLowerCase())
    return distinct
  })
}

function shorten(name: string): string {
  const { stem, extension } = split(name)
  const letters = [...stem].slice(0, longest - [...extension].length)
  while (octetsOf([...letters, extension].join('')) > mostOctets) letters.pop()
  return `${letters.join('')}${extension}`
}

function octetsOf(text: string): number {
  return new TextEncoder().encode(text).length
}

function numbered(name: string, copy: number): string {
  const { stem, extension } = split(name)
  return `${stem} (${copy})${extension}`
}

function split(name: string): { readonly stem: string; readonly extension: string } {
  const [extension = ''] = /\.[^.]{1,16}$/u.exec(name) ?? []
  return { stem: name.slice(0, name.length - extension.length), extension }
}
