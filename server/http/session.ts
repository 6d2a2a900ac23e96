// Browser sessions, kept in PostgreSQL so that one row gone is one person out. Idle for fifteen minutes or eight hours
// old: over. The cookie's value is signed with a key that is not in the database.
import connectPgSimple from 'connect-pg-simple'
import type { RequestHandler } from 'express'
import session from 'express-session'
import { sha256Hex } from '#platform/crypto.ts'
import { sessionSeconds } from '#store/access.ts'
import type { OpenDatabase } from '#store/database.ts'

declare module 'express-session' {
  interface SessionData {
    /** Milliseconds since 1970: when it began. */
    startedAt: number
  }
}

const idleMs = sessionSeconds.idle * 1000
const absoluteMs = sessionSeconds.old * 1000

export interface SessionOptions {
  readonly pool: OpenDatabase['pool']
  readonly key: Uint8Array
  /** Whether people reach the service by https: the cookie is then `__Host-`, and never sent otherwise. */
  readonly secure: boolean
  readonly epochMs: () => number
}

export interface Sessions {
  readonly middleware: readonly RequestHandler[]
  close(): void
}

export function createSessions({ pool, key, secure, epochMs }: SessionOptions): Sessions {
  const Store = connectPgSimple(session)
  const store = new Store({ pool, tableName: 'session', createTableIfMissing: false, pruneSessionInterval: 15 * 60 })
  const cookies = session({
    name: secure ? '__Host-safehand' : 'safehand',
    secret: Buffer.from(key).toString('base64'),
    store,
    resave: false,
    rolling: true,
    saveUninitialized: false,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: idleMs },
  })
  const endOld: RequestHandler = (request, _response, next) => {
    const { startedAt } = request.session
    if (startedAt === undefined || epochMs() - startedAt < absoluteMs) return next()
    request.session.regenerate(next)
  }
  return { middleware: [cookies, endOld], close: () => store.close() }
}

/** What entries and key proofs know a session by; it opens nothing. */
export function sessionName(id: string): string {
  return sha256Hex(`safehand session ${id}`).slice(0, 32)
}
