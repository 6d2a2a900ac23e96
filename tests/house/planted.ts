// Plants a small house in a temporary folder: the files given, and nothing of the real one. The self-tests of the
// checks break a rule there and look whether the check speaks.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const houseRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Calls `look` with the folder that holds `files` (path -> text), and removes the folder afterwards. */
export async function withPlantedHouse<T>(
  files: Record<string, string>,
  look: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'safehand-planted-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return await look(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
