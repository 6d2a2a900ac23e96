// What the file system refused, in words for a person: it says ENOSPC, they read "the disk is full".

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'you may not read or write there',
  EPERM: 'you may not read or write there',
  EEXIST: 'there is something else of that name',
  ENOTDIR: 'a part of that path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ENOSPC: 'the disk is full',
  EFBIG: 'no file may be as large there',
  EDQUOT: 'you have used all the room you have there',
  EROFS: 'that disk can only be read',
  ENAMETOOLONG: 'the name is too long',
}

/** Null when the error is not one of a file or folder. */
export function describeFileError(error: unknown, path?: string): string | null {
  const { code, syscall, path: named = path } = error as NodeJS.ErrnoException
  if (!(error instanceof Error) || code === undefined) return null
  // An open file no longer says where it is.
  if (named === undefined) return syscall === 'write' && reasons[code] ? `Cannot write: ${reasons[code]}.` : null
  return `Cannot use ${named}: ${reasons[code] ?? code}.`
}
