// The folder of a root key, on removable media.
import { join } from 'node:path'
import { type ProtectedKey, protectedKey } from '#domain/certificates/key-file.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { readJson } from '../../home.ts'

export function rootPath(directory: string): string {
  return join(directory, 'root-key.json')
}

export async function readRoot(directory: string): Promise<ProtectedKey> {
  const root = await readJson({ path: rootPath(directory), model: protectedKey })
  if (!root) throw usage(`There is no root key in ${directory}.`)
  return root
}
