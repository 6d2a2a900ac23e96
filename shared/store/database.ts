// The one way into PostgreSQL: a pool for one role, with the types that the tables promise. Trusts no connection to say
// that it is gone: whoever waits for an answer waits for a while, and then for another connection.
import { Socket } from 'node:net'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { createLocks, type WithLock } from './advisory-locks.ts'
import { preparedStatements } from './prepared-statements.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>
export type Tx = Transaction<Tables>

const types = new pg.TypeOverrides()
const timestamptz = 1184
const int8 = 20
// Whole seconds: instants are claims to the second (ARCHITECTURE.md#exact-bytes), and text order is time order.
types.setTypeParser(timestamptz, (text) => `${new Date(text).toISOString().slice(0, 19)}Z`)
types.setTypeParser(int8, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint left the range of safe integers')
  return value
})

/**
 * A lost first setting would lose acknowledged entries: durability is asserted per connection. The others free what a
 * process that hangs, or is cut off, would hold for ever: a connection of the pool, an advisory lock, a transfer's row.
 */
const settings = (seconds: number) =>
  [
    'synchronous_commit=on',
    `statement_timeout=${seconds}s`,
    `idle_in_transaction_session_timeout=${seconds}s`,
    'tcp_keepalives_idle=10',
    'tcp_keepalives_interval=5',
    'tcp_keepalives_count=3',
  ]
    .map((setting) => `-c ${setting}`)
    .join(' ')

/** What is asked on a connection of one's own is answered at once, or by nobody. */
const shortSeconds = 10
/** PostgreSQL itself ends what takes too long; it has so much longer to say so. */
const graceSeconds = 5
const closingMs = 5_000

export interface OpenDatabase {
  readonly database: Database
  /** The same connections, for libraries that bring their own SQL (sessions, rate limits). */
  readonly pool: pg.Pool
  /** For LISTEN and a loop's lock, which need a connection of their own. */
  connect(): Promise<pg.Client>
  /** For one job at a time, on one connection for all locks of this process. */
  readonly withLock: WithLock
  close(): Promise<void>
}

interface DatabaseOptions {
  readonly connections?: number | undefined
  /** What is not done by then never will be: the database stands, or nobody is there any more. */
  readonly statementSeconds?: number | undefined
}

/** `url`: postgres://role:password@host:port/database. Never logged. */
export function openDatabase(
  url: string,
  { connections = 10, statementSeconds = 60 }: DatabaseOptions = {},
): OpenDatabase {
  const soon = Math.min(statementSeconds, shortSeconds)
  const common = {
    connectionString: url,
    types,
    connectionTimeoutMillis: soon * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: settings(statementSeconds),
  }
  const silenceMs = (statementSeconds + graceSeconds) * 1000
  const pool = new pg.Pool({ ...common, max: connections, stream: () => endedBySilence(silenceMs) })
  // A connection that breaks is replaced at the next use, and what was asked on it fails. Without a listener for each,
  // one that breaks between two statements of a transaction would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
  const connect = async () => {
    const client = new pg.Client({ ...common, query_timeout: soon * 1000, stream: endedSoonAfterGoodbye })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const locks = createLocks(connect)
  return {
    database,
    pool,
    connect,
    withLock: locks.withLock,
    async close() {
      await locks.close()
      await database.destroy()
    },
  }
}

/** A connection of the pool is at work or closed soon: one on which nothing moves has lost its other end. */
function endedBySilence(milliseconds: number): Socket {
  const socket = new Socket()
  socket.setTimeout(milliseconds, () => {
    socket.destroy(Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' }))
  })
  return socket
}

/** One of one's own may be silent for long; only its end is not waited for without limit. */
function endedSoonAfterGoodbye(): Socket {
  const socket = new Socket()
  socket.once('finish', () => socket.setTimeout(closingMs, () => socket.destroy()))
  return socket
}
