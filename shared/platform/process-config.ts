/** What every process is told alike: its database, its objects, its listener for operators, its log, and how strict. */
import type { CommonSettings } from '#domain/settings.ts'
import { objectStoreSettings } from './object-store/settings.ts'

/** Throws when the settings name no object store, or two. */
export function processConfig(env: CommonSettings) {
  return {
    database: { url: env.DATABASE_URL, statementSeconds: env.SAFEHAND_DATABASE_SECONDS },
    objectStore: objectStoreSettings(env),
    origin: env.SAFEHAND_ORIGIN,
    mode: env.SAFEHAND_MODE,
    plainHosts: env.SAFEHAND_PLAIN_HOSTS,
    monitor: { host: env.SAFEHAND_MONITOR_HOST, port: env.SAFEHAND_MONITOR_PORT },
    logLevel: env.SAFEHAND_LOG_LEVEL,
  }
}
