/** Where the machine's own programs are, if it has them, and whether another user may run them. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** Folders beyond PATH: an ordinary user's PATH lacks the sbin ones. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/opt/homebrew/sbin']

/** `SAFEHAND_PARTS=debian` passes the machine's own programs over, as on a machine that has none. */
const ignoresSystem = (): boolean => process.env.SAFEHAND_PARTS === 'debian'

/** Real paths of every program of that name, in the order of PATH. */
export function programs(name: string, folders: readonly string[] = []): string[] {
  if (ignoresSystem()) return []
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'))
  const found = [...path, ...MORE_FOLDERS, ...folders].map((folder) => join(folder, name)).filter(isProgram)
  return [...new Set(found.map((file) => realpathSync(file)))]
}

export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** Whether every folder above (and the file itself) lets any user through. */
export function isOpenToAll(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false
  return path === '/' || isOpenToAll(dirname(path))
}
