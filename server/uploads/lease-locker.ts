// tus's lock as a leased row: one writer per upload over any number of servers (DESIGN 4.3, RISKS A21).
import { setTimeout as sleep } from 'node:timers/promises'
import { ERRORS, type Lock, type Locker } from '@tus/server'
import { randomId } from '#platform/crypto.ts'
import type { Database } from '#store/database.ts'
import { releaseLease, takeLease } from '#store/uploads.ts'
import { readUploadId } from './upload-id.ts'

/** A lease is renewed while it is held; after a crash it ends by itself. */
const leaseSeconds = 30
const renewEvery = 10_000
/** A client whose connection broke comes back before the server noticed: it waits a little. */
const waitFor = 5_000
const tryEvery = 250

export function createLeaseLocker(database: Database): Locker {
  return { newLock: (id) => createLease(database, id) }
}

function createLease(database: Database, id: string): Lock {
  const key = readUploadId(id)
  if (!key) throw ERRORS.FILE_NOT_FOUND
  const lease = { ...key, holder: randomId() }
  const take = () => takeLease(database, { ...lease, seconds: leaseSeconds })
  let renewing: NodeJS.Timeout | undefined
  return {
    async lock(signal) {
      const until = performance.now() + waitFor
      while (!(await take())) {
        if (signal.aborted || performance.now() > until) throw ERRORS.ERR_LOCK_TIMEOUT
        await sleep(tryEvery)
      }
      // A renewal that fails is no harm by itself: the lease only ends sooner, and finishing compares.
      renewing = setInterval(() => void take().catch(() => undefined), renewEvery)
      renewing.unref()
    },
    async unlock() {
      clearInterval(renewing)
      await releaseLease(database, lease)
    },
  }
}
