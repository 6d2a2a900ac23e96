// Makes what an installation must keep secret beside its keys: 32 random octets a file, each in the folder of the one
// process that holds it, and the passwords of the database logins. Nothing here is ever shown or sent.
import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { loginRoles } from '#store/migrate.ts'

const HELP = `Makes the secrets of an installation.

  node scripts/start.mjs scripts/secrets.ts --directory DIRECTORY

  --directory DIRECTORY   where to: a folder for each process, mode 0700. Give each process its own and no other:
                            server/session.key        signs session cookies
                            server/totp.key           seals authenticator secrets
                            server/tokens.key         derives tokens, invitations and one-time codes
                            server/webhooks.key       derives the secrets of webhooks; the same for the
                            housekeeper/webhooks.key  housekeeper, who signs with them
                            scanner/scan-keys.key     wraps scan keys
                          and passwords.json, for the operator: one for each database login (npm run migrate).

Never overwrites. Back them up apart from the database: who has both can sign in as anyone.`

const secrets = {
  server: ['session', 'totp', 'tokens', 'webhooks'],
  scanner: ['scan-keys'],
  housekeeper: ['webhooks'],
} as const satisfies Record<string, readonly string[]>

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, directory: { type: 'string' } },
  })
  if (options.help) return console.log(HELP)
  if (!options.directory) throw new Error('say where to: --directory DIRECTORY')
  await makeSecrets(options.directory)
}

async function makeSecrets(directory: string): Promise<void> {
  const passwords = join(directory, 'passwords.json')
  if (await exists(passwords)) throw new Error(`${passwords} is there already; nothing was changed`)
  await makePrivateFolder(directory)
  const webhooks = randomBytes(32)
  for (const [process, names] of Object.entries(secrets)) {
    await makePrivateFolder(join(directory, process))
    for (const name of names) {
      const secret = name === 'webhooks' ? webhooks : randomBytes(32)
      await writePrivate(join(directory, process, `${name}.key`), secret)
    }
  }
  // Last, so that a run that was cut short is not taken for a whole one.
  const chosen = Object.fromEntries(loginRoles.map((role) => [role, randomBytes(24).toString('base64url')]))
  await writePrivate(passwords, `${JSON.stringify(chosen, null, 2)}\n`)
  console.log(`The secrets are in ${directory}.`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
