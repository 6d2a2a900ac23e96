// The one way into PostgreSQL: a pool for one role, with the types that the tables promise.
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

const types = new pg.TypeOverrides()
const timestamptz = 1184
const int8 = 20
// Whole seconds: instants are claims to the second (DESIGN 5), and text order is time order.
types.setTypeParser(timestamptz, (text) => `${new Date(text).toISOString().slice(0, 19)}Z`)
types.setTypeParser(int8, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint left the range of safe integers')
  return value
})

/**
 * A lost first setting would lose acknowledged entries: durability is asserted per connection. The others free what a
 * process that hangs would hold for ever: a connection of the pool, and the row of a transfer.
 */
const settings = '-c synchronous_commit=on -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s'

export interface OpenDatabase {
  readonly database: Database
  /** The same connections, for libraries that bring their own SQL (sessions, rate limits). */
  readonly pool: pg.Pool
  /** For LISTEN and advisory locks, which need a connection of their own. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

/** `url`: postgres://role:password@host:port/database. Never logged. */
export function openDatabase(url: string, options: { readonly connections?: number } = {}): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    types,
    connectionTimeoutMillis: 10_000,
    options: settings,
  })
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    database,
    pool,
    async connect() {
      const client = new pg.Client({ connectionString: url, types })
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    close: () => database.destroy(),
  }
}
