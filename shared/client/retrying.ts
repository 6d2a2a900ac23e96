// An Api that waits: for a service that does not answer, or says when to come back. A call is repeated under the same
// idempotency key, so that it is done once however often it was sent. A refusal that decides something is given back at once.
import { type Api, RefusedByServer, ServerUnreachable } from './api.ts'

export interface RetryOptions {
  readonly newId: () => string
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Seconds that one call may wait in all. */
  readonly seconds: number
  /** Told before each wait; `code` is the service's refusal, null when it did not answer. */
  readonly waiting?: (seconds: number, code: string | null) => void
}

/** Before the next try, when the service did not say: longer each time. */
const pauses = [1, 2, 5, 10, 20, 30]

export function retryingApi(api: Api, options: RetryOptions): Api {
  const repeat = async <T>(call: () => Promise<T>): Promise<T> => {
    let waited = 0
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await call()
      } catch (error) {
        const pause = pauseAfter(error, attempt)
        if (pause === null || waited + pause > options.seconds) throw error
        options.waiting?.(pause, error instanceof RefusedByServer ? error.code : null)
        await options.sleep(pause * 1000)
        waited += pause
      }
    }
  }
  return {
    call: (operation, input) => {
      const idempotencyKey = input.idempotencyKey ?? options.newId()
      return repeat(() => api.call(operation, { ...input, idempotencyKey }))
    },
    bytes: (operation, input) => repeat(() => api.bytes(operation, input)),
  }
}

/** Seconds; null: asking again would change nothing. */
function pauseAfter(error: unknown, attempt: number): number | null {
  const usual = pauses[Math.min(attempt, pauses.length - 1)] ?? 30
  if (error instanceof ServerUnreachable) return usual
  if (!(error instanceof RefusedByServer)) return null
  const isBusy = error.status === 429 || error.status >= 500
  return isBusy ? (error.retryAfter ?? usual) : null
}
