// One writer per upload over any number of servers (ARCHITECTURE.md#upload): a leased row, taken for each request,
// renewed while it lasts. What the row says of the upload is read with the lease and kept here, so that nobody asks
// again.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lock } from '@tus/server'
import { randomId } from '#platform/crypto.ts'
import type { Database } from '#store/database.ts'
import { addPart, type Held, type PartToAdd, releaseLease, takeLease } from '#store/transfers/upload-parts.ts'
import type { UploadKey } from '#store/transfers/uploads.ts'

/** A lease is renewed while it is held; after a crash it ends by itself. */
const leaseSeconds = 30
const renewEvery = 10_000
/** A client whose connection broke comes back before the server noticed: it waits a little. */
const waitFor = 5_000
const tryEvery = 250

/** As tus reads what is thrown: its client asks again later. */
const locked = { status_code: 423, body: 'Somebody else uploads this now\n' }

/** As tus wants it, and as the part store uses it. */
export interface UploadLease extends Lock {
  /** As the upload was when the lease began. Throws while there is none. */
  readonly held: Held
  /** Throws 423 when somebody else has the lease by now. */
  addPart(part: Omit<PartToAdd, keyof UploadKey | 'holder'>): Promise<void>
}

export function createLease(database: Database, { transfer, file }: UploadKey): UploadLease {
  const lease = { transfer, file, holder: randomId() }
  const take = () => takeLease(database, { ...lease, seconds: leaseSeconds })
  let renewing: NodeJS.Timeout | undefined
  let renewal: Promise<unknown> = Promise.resolve()
  let held: Held | null = null
  const renew = () => {
    renewal = take().catch(() => undefined)
  }
  /** One on its way would take again what is given back. */
  const stopRenewing = async () => {
    clearInterval(renewing)
    await renewal
  }
  return {
    get held() {
      if (!held) throw new Error('an upload without its lease')
      return held
    },
    async lock(signal) {
      const until = performance.now() + waitFor
      for (held = await take(); !held; held = await take()) {
        if (signal.aborted || performance.now() > until) throw locked
        await sleep(tryEvery)
      }
      // A renewal that fails is no harm by itself: the lease only ends sooner, and each part asks for it.
      renewing = setInterval(renew, renewEvery)
      renewing.unref()
    },
    async addPart(part) {
      if (part.last) await stopRenewing()
      if (!(await addPart(database, { ...lease, ...part }))) throw locked
      if (part.last) held = null
    },
    async unlock() {
      await stopRenewing()
      if (held) await releaseLease(database, lease)
      held = null
    },
  }
}
