// Brings a database to the newest form: roles first (by an administrator), then the numbered SQL files of migrations/,
// forward only, as safehand_migrations acting for the owner. Nothing the running processes hold can change a table.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration'
import pg from 'pg'

export const loginRoles = ['migrations', 'server', 'scanner', 'housekeeper'] as const
export type LoginRole = (typeof loginRoles)[number]
export type Passwords = Partial<Record<LoginRole, string>>

const here = import.meta.dirname
const folder = join(here, 'migrations')

export interface Migrate {
  /** postgres://... of a login that may create roles and owns, or may give away, the database. */
  readonly administratorUrl: string
  /** Sets the passwords of these logins. The one of `migrations` is needed each time: it is who migrates. */
  readonly passwords: Passwords & { readonly migrations: string }
}

/** @returns the names of the migrations that were run now. Throws the database's own error; nothing is half done. */
export async function migrate({ administratorUrl, passwords }: Migrate): Promise<string[]> {
  await prepareRoles(administratorUrl, passwords)
  const connectionString = urlOf({ url: administratorUrl, role: 'migrations', password: passwords.migrations })
  const pool = new pg.Pool({ connectionString, max: 1, options: '-c role=safehand_owner' })
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const { error, results } = await new Migrator({ db: database, provider: sqlFiles }).migrateToLatest()
    if (error) throw error
    return (results ?? []).map(({ migrationName }) => migrationName)
  } finally {
    await database.destroy()
  }
}

/** The same database, for another login. */
export function urlOf(wanted: { readonly url: string; readonly role: LoginRole; readonly password: string }): string {
  const url = new URL(wanted.url)
  url.username = `safehand_${wanted.role}`
  url.password = encodeURIComponent(wanted.password)
  return url.href
}

/** All migrations as one text: its digest names the form of the database. */
export async function migrationsText(): Promise<string> {
  const names = await migrationNames()
  const files = [join(here, 'roles.sql'), ...names.map((name) => join(folder, `${name}.sql`))]
  return (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('\n')
}

/** The logins and what owns the database; safe to run again. Those without a password here keep theirs. */
export async function prepareRoles(administratorUrl: string, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: administratorUrl })
  await client.connect()
  try {
    await client.query(await readFile(join(here, 'roles.sql'), 'utf8'))
    for (const role of loginRoles) {
      const password = passwords[role]
      if (password === undefined) continue
      await client.query(`ALTER ROLE safehand_${role} PASSWORD ${client.escapeLiteral(password)}`)
    }
  } finally {
    await client.end()
  }
}

const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const names = await migrationNames()
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sqlFile(name)] as const)))
  },
}

async function migrationNames(): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()
}

async function sqlFile(name: string): Promise<Migration> {
  const text = await readFile(join(folder, `${name}.sql`), 'utf8')
  return {
    async up(database) {
      await sql.raw(text).execute(database)
    },
  }
}
