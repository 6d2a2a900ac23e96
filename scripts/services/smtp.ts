/**
 * A real SMTP server that delivers nowhere: each mail it takes becomes a file, so that any process can read what was
 * sent. Run as a program it is the server (port and folder as arguments); imported it starts one.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'
import type { Workspace } from './workspace.ts'
import { onFreePort, processPart } from './part.ts'

const ownFile = fileURLToPath(import.meta.url)

export async function startSmtp({ temporary, logs, guard }: Workspace) {
  const folder = join(temporary, 'mail')
  await mkdir(folder, { mode: 0o700 })
  return onFreePort(async (port) => {
    const part = processPart({
      name: 'smtp',
      command: { command: process.execPath, args: [ownFile, String(port), folder], cwd: temporary },
      logFile: join(logs, 'smtp.log'),
      stopSignal: 'SIGTERM',
      guard,
      probe: () => greets(port),
    })
    return { part, value: { url: `smtp://127.0.0.1:${port}`, folder } }
  })
}

/** Every mail so far, raw, in the order of arrival. */
export async function mailsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort()
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}

async function greets(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('utf8').setTimeout(2_000)
  socket.once('timeout', () => socket.destroy(new Error('timeout')))
  for await (const text of socket) {
    if (String(text).startsWith('220')) return
    throw new Error(`no greeting: ${text}`)
  }
}

function serve({ port, folder }: { port: number; folder: string }): void {
  let taken = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: 10 * 1024 * 1024,
    onData(stream, _session, answer) {
      const file = join(folder, `${String(Date.now()).padStart(15, '0')}-${String(taken++).padStart(6, '0')}.eml`)
      pipeline(stream, createWriteStream(`${file}.part`, { mode: 0o600 }))
        .then(() => rename(`${file}.part`, file))
        .then(() => answer(), answer)
    },
  })
  server.on('error', (error) => {
    console.error(error)
    // A connection that broke is its client's trouble alone.
    if (!server.server.listening) process.exit(1)
  })
  server.listen(port, '127.0.0.1')
  process.once('SIGTERM', () => server.close(() => process.exit(0)))
}

if (import.meta.main) {
  const [, , port, folder] = process.argv
  if (port === undefined || folder === undefined) throw new Error('usage: smtp.ts PORT FOLDER')
  serve({ port: Number(port), folder })
}
