// safehand service show: the installation's origin and keys, to be compared by phone before an agreement lists them.
import type { Command } from 'commander'
import { type PublicKeys, serviceOperations } from '#contract/service.ts'
import { type Context, openApi } from '../context.ts'
import { readable, readableKey } from '#words/en/fingerprints.ts'
import { table } from '../terminal/output.ts'
import { baseUrl } from './sign-in.ts'

export function addServiceCommands(program: Command, context: Context): void {
  program
    .command('service')
    .description('the service itself')
    .command('show')
    .description('the service’s origin and keys; compare them by phone before you sign an agreement')
    .option('--url <url>', 'base URL of the service (default: where you are signed in)')
    .action((options: { url?: string }) => show(context, options))
}

async function show(context: Context, { url }: { readonly url?: string }): Promise<void> {
  const keys = await fetchServiceKeys(context, url === undefined ? undefined : baseUrl(url))
  context.output.result({ value: keys, text: describe(keys) })
}

/** What the service says of itself: believed by nobody until people compared it. */
export async function fetchServiceKeys(context: Context, url?: string): Promise<PublicKeys> {
  const base = url ?? (await context.home.readSettings()).url
  return openApi(context, base).call(serviceOperations.keys, {})
}

function describe({ origin, scanAuthority, log, promise, housekeeper }: PublicKeys): string {
  return table([
    ['Origin', origin],
    ['Scan authority', readable(scanAuthority.fingerprint)],
    ['Log', readableKey(log.publicKey)],
    ['Promises', readableKey(promise.publicKey)],
    ['Housekeeper', readable(housekeeper.fingerprint)],
  ])
}
