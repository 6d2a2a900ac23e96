// What no process starts with in production: a link that anyone on the way can read, a folder of secrets that others can read,
// an address that tells people's passwords in the clear. Each finding names the setting, never its value.
import { stat } from 'node:fs/promises'
import type { Mode } from '#domain/settings.ts'
import type { Log } from './log.ts'

export interface Setting {
  readonly name: string
  /** undefined: it is not set, and nothing goes there. */
  readonly value: string | undefined
}

const overTls = new Set(['https:', 'rediss:', 'smtps:'])
const thisMachine = new Set(['localhost', '127.0.0.1', '[::1]', ''])
/** node-postgres verifies the server's certificate with each of these. */
const verified = new Set(['require', 'verify-ca', 'verify-full'])

/** `links`: URLs. `plainHosts`: hosts that are reached over a network of the service's own, as the operator says. */
export function openLinks(links: readonly Setting[], plainHosts: readonly string[]): string[] {
  return links
    .filter(({ value }) => value !== undefined && !isProtected(new URL(value), plainHosts))
    .map(({ name }) => `${name} crosses a network without TLS (or name its host in SAFEHAND_PLAIN_HOSTS)`)
}

function isProtected({ protocol, hostname, searchParams }: URL, plainHosts: readonly string[]): boolean {
  if (overTls.has(protocol) || thisMachine.has(hostname) || plainHosts.includes(hostname)) return true
  if (protocol === 'smtp:') return searchParams.get('requireTLS') === 'true'
  return protocol.startsWith('postgres') && verified.has(searchParams.get('sslmode') ?? '')
}

/** Folders that others than their owner and its group may look into, or write to. */
export async function openFolders(folders: readonly Setting[]): Promise<string[]> {
  const open = await Promise.all(folders.map(async ({ value }) => value !== undefined && isOpen(await stat(value))))
  return folders
    .filter((_, index) => open[index])
    .map(({ name }) => `${name} is a folder that others can read or change: chmod 700`)
}

const isOpen = ({ mode }: { readonly mode: number }) => (mode & 0o027) !== 0

/** People's passwords go there. */
export function openAddress({ name, value }: Setting): string[] {
  return value !== undefined && new URL(value).protocol === 'https:' ? [] : [`${name} must be an https address`]
}

/** Throws with all findings in production; says each of them in a demo. */
export function refuseUnsafe(
  findings: readonly string[],
  { mode, log }: { readonly mode: Mode; readonly log: Log },
): void {
  if (findings.length > 0 && mode === 'production') {
    throw new Error(
      `This is not safe, so nothing starts (SAFEHAND_MODE=demo is for trials):\n  ${findings.join('\n  ')}`,
    )
  }
  for (const finding of findings) log.warn(`DEMO ONLY: ${finding}`)
}
