// The idle timeout: a network that goes away tells nobody, no answer comes, and no error either. What has been silent for
// too long is given up as if it had broken, so that whoever asked asks again, or goes on from what arrived.
import type { Bytes } from '#domain/values.ts'

/** Seconds without an octet from the service, or on the way to it, while one is waited for. */
export const defaultIdleSeconds = 60

export interface IdleTimer {
  stir(): void
  stop(): void
}

/** Calls `tooLong` once, when nothing stirred for so many seconds; until it is stopped. */
export const idleTimer =
  (seconds: number) =>
  (tooLong: () => void): IdleTimer => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = () => clearTimeout(timer)
    const stir = () => {
      stop()
      timer = setTimeout(tooLong, seconds * 1000)
    }
    stir()
    return { stir, stop }
  }

/** Like `fetch`; rejects, or breaks off the reply's body, when the service is silent for so many seconds. */
export function fetchWithIdleTimeout(
  fetch: typeof globalThis.fetch,
  seconds: number,
): (url: string, init: RequestInit) => Promise<Response> {
  const startTimer = idleTimer(seconds)
  return async (url, init) => {
    const givenUp = new AbortController()
    const signal = init.signal ? AbortSignal.any([init.signal, givenUp.signal]) : givenUp.signal
    const heard = async <T>(answer: Promise<T>): Promise<T> => {
      const timer = startTimer(() => givenUp.abort(new Error(`nothing came for ${seconds} seconds`)))
      try {
        return await answer
      } finally {
        timer.stop()
      }
    }
    const reply = await heard(fetch(url, { ...init, signal }))
    if (reply.body === null) return reply
    const { status, statusText, headers } = reply
    return new Response(eachHeard(reply.body, heard), { status, statusText, headers })
  }
}

/** Only while a piece is waited for: how long its reader takes with the last one does not count. */
function eachHeard(body: ReadableStream<Bytes>, heard: <T>(piece: Promise<T>) => Promise<T>): ReadableStream<Bytes> {
  const reader = body.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await heard(reader.read())
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
