/**
 * clamd with our own small signature base: EICAR, and `Safehand.Unscannable.*` for what clamd answers OK without looking
 * inside. Plaintext reaches it over a private local socket and its temporary folder is in memory,
 * never on a disk (ARCHITECTURE.md#clamd). A real installation has freshclam's signatures beside these.
 */
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { largestScan } from '../../shared/domain/scanning/scannable.ts'
import { signatureBase, tooLargeSignature } from '../../shared/domain/scanning/signatures.ts'
import { debianPart } from './debian.ts'
import { programs } from './find.ts'
import type { Workspace } from './workspace.ts'
import { type Part, processPart } from './part.ts'

/** EICAR with nothing behind it. */
const EICAR_HASH = '44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature-Hash'

const MEBIBYTE = 1024 * 1024
/** clamd cuts off where its buffer was full last: by so much more than a scan takes, what was cut off is still larger. */
const CUT_OFF = 64 * 1024

type Wanted = Workspace & {
  /** A smaller limit, so that tests need no large files. */
  largestMib?: number
}

export async function startClamd({ temporary, memory, logs, guard, log, largestMib }: Wanted) {
  const home = join(temporary, 'clamd')
  const database = join(home, 'db')
  await mkdir(database, { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(signatureBase)) await writeFile(join(database, name), text)
  const largest = largestMib === undefined ? largestScan : largestMib * MEBIBYTE
  await writeFile(join(database, 'smaller.ldb'), `${tooLargeSignature(largest)}\n`)
  await writeFile(join(database, 'safehand.hdb'), `${EICAR_HASH}\n`)
  const socketPath = join(home, 'socket')
  const temporaryDirectory = join(await memory(), 'clamd')
  await mkdir(temporaryDirectory, { mode: 0o700 })
  const configuration = join(home, 'clamd.conf')
  await writeFile(configuration, settings({ database, socketPath, temporaryDirectory, largest }), { mode: 0o600 })
  const { program, env } = await findClamd({ home, log })
  const part = processPart({
    name: 'clamd',
    command: { command: program, args: ['-c', configuration], cwd: home, env },
    logFile: join(logs, 'clamd.log'),
    stopSignal: 'SIGTERM',
    guard,
    probe: () => answersPing(socketPath),
  })
  // Whoever was killed left plaintext there.
  const emptied: Part = {
    ...part,
    get pid() {
      return part.pid
    },
    async start() {
      for (const name of await readdir(temporaryDirectory))
        await rm(join(temporaryDirectory, name), { recursive: true })
      await part.start()
    },
  }
  await emptied.start()
  return { part: emptied, value: { socketPath, temporaryDirectory } }
}

type Settings = { database: string; socketPath: string; temporaryDirectory: string; largest: number }

function settings(wanted: Settings): string {
  const lines = {
    Foreground: 'yes',
    DatabaseDirectory: wanted.database,
    TemporaryDirectory: wanted.temporaryDirectory,
    LocalSocket: wanted.socketPath,
    LocalSocketMode: '600',
    FixStaleSocket: 'yes',
    MaxThreads: '4',
    ReadTimeout: '300',
    StreamMaxLength: '4096M',
    MaxFileSize: String(wanted.largest + CUT_OFF), // above it the answer is a limit, or a member is cut off and its size tells
    // In all, with what clamd takes for a program or an archive by chance, of which random octets have some.
    MaxScanSize: String(wanted.largest * 4),
    MaxScanTime: '3600000',
    AlertEncrypted: 'yes',
    AlertExceedsMax: 'yes',
    DisableCache: 'yes', // its cache of clean files is keyed by MD5
    ConcurrentDatabaseReload: 'no',
    SelfCheck: '0',
  }
  return `${Object.entries(lines)
    .map(([name, value]) => `${name} ${value}`)
    .join('\n')}\n`
}

/** The machine's clamd runs from a copy: Debian's AppArmor profile is bound to its path and knows no folder of ours. */
async function findClamd({ home, log }: { home: string; log: (line: string) => void }) {
  const [own] = programs('clamd')
  if (own !== undefined) {
    const program = join(home, 'clamd')
    await copyFile(own, program)
    return { program, env: process.env }
  }
  const setting = 'CLAMD_SOCKET (or CLAMD_HOST and CLAMD_PORT)'
  const { folder, env } = await debianPart({
    name: 'clamd',
    package: 'clamav-daemon',
    tries: [['usr/sbin/clamd', '-c', '/dev/null', '--version']],
    setting,
    log,
  })
  return { program: join(folder, 'usr/sbin/clamd'), env }
}

async function answersPing(path: string): Promise<void> {
  const socket = connect({ path }).setEncoding('utf8').setTimeout(2_000)
  socket.once('timeout', () => socket.destroy(new Error('timeout')))
  try {
    await once(socket, 'connect')
    socket.write('zPING\0')
    let answer = ''
    for await (const text of socket) answer += String(text)
    if (answer !== 'PONG\0') throw new Error(`no PONG: ${answer}`)
  } finally {
    socket.destroy()
  }
}
