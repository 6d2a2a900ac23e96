// State changes that a cookie vouches for must come from our own pages or programs: a header that forms cannot
// send, and where the browser says where a request comes from, from here. Tokens need neither: no browser adds them.
import type { RequestHandler } from 'express'
import { headers } from '#contract/problem.ts'
import { EdgeRefusal } from './problem.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** `publicUrl`: where people reach the service; null takes the host of the request (development). */
export function refuseForgery(publicUrl: string | null): RequestHandler {
  const own = publicUrl === null ? null : new URL(publicUrl).origin
  return (request, _response, next) => {
    if (safe.has(request.method) || request.user?.by === 'token') return next()
    const from = request.get('origin')
    const site = request.get('sec-fetch-site')
    const here = own ?? `${request.protocol}://${request.get('host')}`
    const forged =
      request.get(headers.csrf) !== '1' ||
      (from !== undefined && from !== here) ||
      (site !== undefined && site !== 'same-origin' && site !== 'none')
    if (forged) throw new EdgeRefusal('CSRF_REFUSED')
    next()
  }
}
