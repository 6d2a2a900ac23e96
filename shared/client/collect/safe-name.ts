// A name from a manifest, reduced to one harmless path component: the sender may be hostile, and so may what a file
// system makes of a name (ARCHITECTURE.md#safe-names). Done here, in the client, never by the service.

const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)/i
/** What a system obeys, or shows a folder by, when it finds it. */
const systemFile = /^(?:desktop\.ini|autorun\.inf|thumbs\.db|ehthumbs\.db)$/i
/** Read as an option, or as somebody's home, by whoever gives the name to a program. */
const beginning = /^[-~]/
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
  const means = [deviceName, systemFile].some((one) => one.test(plain))
  return shorten(means ? `_${plain}` : plain.replace(beginning, '_')).replace(ends, '')
}

/**
 * Places of one transfer's files in one folder, each used once whatever a file system thinks of case. Folders in a name are
 * kept, as safe components separated by `/`: nothing leads out, and what is a file already is no folder as well.
 */
export function distinctPaths(names: readonly string[]): readonly string[] {
  const files = new Set<string>()
  const folders = new Set<string>()
  return names.map((name) => {
    const { above, last } = safePath(name)
    const parents = above.map((_, depth) => above.slice(0, depth + 1).join('/'))
    const flat = parents.some((parent) => files.has(parent.toLowerCase()))
    const safe = flat ? safeName([...above, last].join('_')) : [...above, last].join('/')
    let distinct = safe
    const taken = () => files.has(distinct.toLowerCase()) || folders.has(distinct.toLowerCase())
    for (let copy = 2; taken(); copy += 1) distinct = numbered(safe, copy)
    files.add(distinct.toLowerCase())
    if (!flat) for (const parent of parents) folders.add(parent.toLowerCase())
    return distinct
  })
}

/** Deeper is flattened: a path has its limits too. */
const deepest = 8

function safePath(name: string): { readonly above: readonly string[]; readonly last: string } {
  const components = name.split('/').filter((one) => !/^\.{0,2}$/.test(one))
  const above = components.slice(0, Math.min(components.length - 1, deepest)).map(safeName)
  return { above, last: safeName(components.slice(above.length).join('/')) }
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
