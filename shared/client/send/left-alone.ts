// Which files are left alone, by their names: one rule for a file, a folder, a list and a watched folder. Nobody means to send
// what a system or an office program puts beside people's files, or what is not written to its end. Whoever does gives it
// another name.

/** `temporary`: it may get its name yet. */
export type LeftAlone = 'hidden' | 'systems' | 'temporary'

const systems =
  /^(?:thumbs\.db|ehthumbs(?:_vista)?\.db|desktop\.ini|autorun\.inf|icon\r|\$recycle\.bin|system volume information|__macosx)$/i
const temporary = /\.(?:part|partial|tmp|filepart|crdownload|opdownload|download)$/i

/** Of a file or a folder; null: it is sent. */
export function whyLeftAlone(name: string): LeftAlone | null {
  if (name.startsWith('.')) return 'hidden'
  if (name.startsWith('~$') || systems.test(name)) return 'systems'
  return temporary.test(name) ? 'temporary' : null
}

/** Of a path as somebody wrote it: of whichever part of it is left alone. */
export function whyPathLeftAlone(path: string): LeftAlone | null {
  const parts = path.split(/[/\\]/).filter((part) => !/^\.{0,2}$/.test(part))
  return parts.map(whyLeftAlone).find((why) => why !== null) ?? null
}
