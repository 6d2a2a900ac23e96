// How much one transfer holds, whatever its agreement permits. Each bound follows from the size of something that is
// signed, stored or read whole: a note of 1 MiB has room for so many files and readers and no more. Asked
// before a byte is encrypted, so that nobody uploads for an hour what cannot be handed over.

/** Files beside the manifest: about 255 octets each in the note. */
export const mostFiles = 3000

/** People who can open it, the sender among them: about 210 octets each in the note. */
export const mostReaders = 500

/** Packets of all key sets together: files made elsewhere have a key set each, wrapped for every reader and the scan. */
export const mostWrappedKeys = 2000

/** No agreement keeps anything for longer; a year that no calendar has is refused as a number. */
export const mostDays = 3650

/** An entry of the log names them all. */
export const mostItems = 100

/** The manifest is encrypted and uploaded like a file, so that it may be larger than what is signed: names are long. */
export const maxManifestBytes = 4 * 1024 * 1024

/** How many files, made elsewhere, can be wrapped for so many readers and the scan; one key set more is the manifest's. */
export function mostFilesMadeElsewhere(readers: number): number {
  return Math.min(mostFiles, Math.floor(mostWrappedKeys / (readers + 1)) - 1)
}
