// What backup and restore share: one dump with its manifest beside it, and PostgreSQL's own programs, which are told the
// password by their environment and by nothing that a list of processes shows.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { instant, sha256Hex } from '#domain/values.ts'

/** `TIME.json` beside `TIME.dump`. */
export const manifest = z.strictObject({ dump: z.string(), sha256: sha256Hex, made: instant, deleteAfter: instant })
export type Manifest = z.infer<typeof manifest>

export async function readManifest(path: string): Promise<Manifest> {
  return manifest.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** SHA-256, lower-case hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Runs `pg_dump` or `pg_restore` on the database of `url`. Throws with the last that it said. */
export async function runOn(
  url: string,
  { program, args }: { readonly program: string; readonly args: readonly string[] },
) {
  const child = spawn(program, args, {
    env: { ...process.env, ...connectionOf(url) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: Buffer[] = []
  child.stderr.on('data', (part: Buffer) => said.push(part))
  const [code] = await once(child, 'close').catch((error: unknown) => {
    throw new Error(`${program} cannot be started: is postgresql-client installed?`, { cause: error })
  })
  if (code !== 0)
    throw new Error(`${program}: ${Buffer.concat(said).toString().trim().split('\n').slice(-5).join('\n')}`)
}

/** As libpq reads it. */
function connectionOf(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return {
    PGHOST: decodeURIComponent(hostname),
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(searchParams.has('sslmode') ? { PGSSLMODE: searchParams.get('sslmode') ?? '' } : {}),
  }
}
