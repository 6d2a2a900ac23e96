/** The folders of one run of parts: short names (socket paths are bounded), private content, gone after stop. */
import { existsSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Guard, startGuard } from './guard.ts'

export type Workspace = {
  /** Open to be passed through by every user (PostgreSQL runs as another one), each folder in it private. */
  temporary: string
  /** Makes, once, a private folder on a memory file system. */
  memory: () => Promise<string>
  logs: string
  guard: Guard
  log: (line: string) => void
}

export async function makeWorkspace({ directory, log }: { directory: string; log: (line: string) => void }) {
  const logs = join(directory, 'logs')
  await mkdir(logs, { recursive: true, mode: 0o700 })
  const temporary = await mkdtemp(join(temporaryBase(), 'safehand-'))
  await chmod(temporary, 0o711)
  const shared = `/dev/shm/${temporary.slice(temporary.lastIndexOf('/') + 1)}`
  const guard = startGuard([temporary, shared])
  const memory = async () => {
    if (!existsSync('/dev/shm')) {
      throw new Error('no memory file system at /dev/shm for clamd: set CLAMD_SOCKET (or CLAMD_HOST and CLAMD_PORT)')
    }
    await mkdir(shared, { recursive: true, mode: 0o700 })
    return shared
  }
  const remove = async () => {
    await Promise.all([temporary, shared].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })))
    guard.dismiss()
  }
  return { workspace: { temporary, memory, logs, guard, log } satisfies Workspace, remove }
}

/** `/tmp` itself where it is the usual one: a private or long TMPDIR fits neither another user nor a socket path. */
function temporaryBase(): string {
  const usual = existsSync('/tmp') ? statSync('/tmp') : undefined
  return usual?.isDirectory() && (usual.mode & 0o1777) === 0o1777 ? '/tmp' : tmpdir()
}
