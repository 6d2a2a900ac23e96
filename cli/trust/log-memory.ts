// What this home saw of each log (ARCHITECTURE.md#nobody-forgets): a file for each, `logs/HASH.json`, named by its origin's
// hash. One that cannot be read ends the command: forgetting is what a liar would wish for.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { headOf, type LogMemory } from '#client/log/memory.ts'
import type { LogOrigin } from '#domain/audit/entry.ts'
import { type RememberedLog, rememberedLog } from '#domain/audit/remembered.ts'
import { sha256 } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { type Home, readJson } from '../home.ts'
import { waitForLock } from '../lock.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'

const folder = 'logs'
const nameOf = (origin: LogOrigin) =>
  `${new Uint8Array(sha256(new TextEncoder().encode(origin))).toHex().slice(0, 32)}.json`

/** Two commands at once keep both what they saw: each compares with what the other kept before it writes. */
export function logMemory(home: Home): LogMemory {
  const recall = (origin: LogOrigin) => read(join(home.folder, folder, nameOf(origin)), origin)
  return {
    recall,
    async keep({ before, now }) {
      if (isDeepStrictEqual(before, now)) return true
      const path = await home.path(folder, nameOf(now.origin))
      const taken = 'Another safehand has been writing what it saw of this log for ten seconds. Try again.'
      using _lock = await waitForLock(await home.path(folder, 'lock'), { taken })
      if (!isDeepStrictEqual(await recall(now.origin), before)) return false
      await writePrivate(path, `${JSON.stringify(now, null, 2)}\n`)
      return true
    },
  }
}

/** Every log that this home saw, by name. */
export async function listRemembered(home: Home): Promise<readonly RememberedLog[]> {
  const place = join(home.folder, folder)
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
  const logs = await Promise.all(files.map((name) => read(join(place, name), null)))
  return logs.filter((log) => log !== null).sort((a, b) => (a.origin < b.origin ? -1 : 1))
}

/** `origin`: what it must be of; null: what its name says. */
async function read(path: string, origin: LogOrigin | null): Promise<RememberedLog | null> {
  const kept = await readJson({ path, model: rememberedLog }).catch((error: unknown) => {
    if (error instanceof CommandFailed) throw damaged(path)
    throw error
  })
  if (kept === null) return null
  if (kept.origin !== (origin ?? kept.origin) || !path.endsWith(nameOf(kept.origin))) throw damaged(path)
  try {
    headOf(kept)
  } catch {
    throw damaged(path)
  }
  return kept
}

function damaged(path: string): CommandFailed {
  return new CommandFailed({
    exit: exitCodes.unexpected,
    code: 'HOME_DAMAGED',
    message:
      `${path} is damaged. In it is what this home saw of a log, and without it a log that was cut or written again is ` +
      'not noticed here. Put it back from a backup of this home. If there is none, move the file away, export the log, ' +
      'and compare it with an export of another officer: safehand audit verify FOLDER --earlier THEIRS',
  })
}
