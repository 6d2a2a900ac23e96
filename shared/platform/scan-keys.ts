/**
 * Private halves of scan certificates: one per transfer, at most 24 hours, in a small Redis of their own that writes
 * nothing down. A lost key costs one more wrapped key from the sender; a kept one would open files after the seal.
 * So a store that persists, has a replica, or lets this account do more than it needs is refused at start, and again
 * when it later begins to (ARCHITECTURE.md#scan-keys).
 */
import { connectRedis } from './redis.ts'

const LIFETIME_SECONDS = 24 * 60 * 60
const ID = /^[0-9a-f]{32,64}$/

export type ScanKeys = {
  /** Keeps the key for 24 hours. False when the id (32 to 64 hex characters) has one already: that one stays. */
  put(key: { id: string; secret: Uint8Array }): Promise<boolean>
  get(id: string): Promise<Uint8Array | undefined>
  exists(id: string): Promise<boolean>
  /** Deletes and checks the absence. Repeating it is no error. */
  destroy(id: string): Promise<void>
  close(): void
}

export class ScanKeyStoreUnsafe extends Error {
  override readonly name = 'ScanKeyStoreUnsafe'
}

/** Throws `ScanKeyStoreUnsafe`, naming why, unless the store keeps keys in memory only. */
export async function openScanKeys({
  url,
  onError,
}: {
  url: string
  onError: (error: Error) => void
}): Promise<ScanKeys> {
  const redis = connectRedis({ url, whenAway: 'fail', onError })
  const nameOf = (id: string) => {
    if (!ID.test(id)) throw new RangeError('the id of a scan key has 32 to 64 hex characters')
    return `scan:${id}`
  }
  const checkInfo = async () => refuse(whyUnsafe(await redis.info()))
  try {
    await redis.connect()
    await checkInfo()
    refuse(await whyOverprivileged((name) => redis.config('GET', name)))
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return {
    async put({ id, secret }) {
      const name = nameOf(id)
      await checkInfo()
      return (await redis.set(name, Buffer.from(secret), 'EX', LIFETIME_SECONDS, 'NX')) === 'OK'
    },
    get: async (id) => (await redis.getBuffer(nameOf(id))) ?? undefined,
    exists: async (id) => (await redis.exists(nameOf(id))) === 1,
    async destroy(id) {
      await redis.del(nameOf(id))
      if ((await redis.exists(nameOf(id))) !== 0) throw new Error('the scan key is still there')
    },
    close: () => redis.disconnect(),
  }
}

/** What INFO says against keeping keys there; undefined when nothing does. */
export function whyUnsafe(info: string): string | undefined {
  const fields = new Map(info.split(/\r?\n/).map((line) => line.split(':', 2) as [string, string | undefined]))
  const number = (name: string) => Number(fields.get(name) ?? 0)
  if (fields.get('role') !== 'master') return 'it is a replica, or does not say what it is'
  if (number('connected_slaves') > 0) return 'it has a replica, which is sent every key'
  if (fields.get('aof_enabled') !== '0') return 'it writes an append-only file'
  if (number('rdb_bgsave_in_progress') > 0 || number('rdb_saves') > 0) return 'it has written its keys to a file'
  if (number('rdb_last_load_keys_loaded') > 0) return 'it has read keys from a file'
  return undefined
}

/** Save points that have not struck yet are not in INFO. Whoever may ask for them may do more than a scanner needs. */
async function whyOverprivileged(configGet: (name: string) => Promise<unknown>): Promise<string | undefined> {
  try {
    const [, save] = Object.values((await configGet('save')) as object)
    return save ? 'it has save points' : 'this account may read its configuration: give it an account of its own'
  } catch (error) {
    if (String(error).includes('NOPERM')) return undefined
    throw error
  }
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new ScanKeyStoreUnsafe(`the store for scan keys is refused: ${why}`)
}
