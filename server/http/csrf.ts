// State changes that a cookie vouches for must come from our own pages or programs. Programs send a header that forms cannot
// send; for forms the browser says where they come from (Fetch Metadata, else Origin), and http/pages.ts asks for the key that
// only our own page held. Tokens need none of it: no browser adds them.
import type { Request, RequestHandler } from 'express'
import { headers } from '#contract/problem.ts'
import { EdgeRefusal } from './problem.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Where people reach the service; null takes the host of the request (development). */
type PublicUrl = string | null

export function refuseForgery(publicUrl: PublicUrl): RequestHandler {
  return (request, _response, next) => {
    if (safe.has(request.method) || request.user?.by === 'token') return next()
    const { origin, site } = sourceOf(request)
    const forged =
      request.get(headers.csrf) !== '1' ||
      (origin !== undefined && origin !== addressOf(request, publicUrl)) ||
      (site !== undefined && site !== 'same-origin' && site !== 'none')
    if (forged) throw new EdgeRefusal('CSRF_REFUSED')
    next()
  }
}

/** A browser that says nothing of where a form comes from is too old to be trusted with it. */
export function refuseForeignForms(publicUrl: PublicUrl): RequestHandler {
  return (request, _response, next) => {
    const { origin, site } = sourceOf(request)
    const here = addressOf(request, publicUrl)
    const isOurs =
      site === undefined ? origin === here : site === 'same-origin' && (origin === undefined || origin === here)
    if (!isOurs) throw new EdgeRefusal('CSRF_REFUSED')
    next()
  }
}

const sourceOf = (request: Request) => ({ origin: request.get('origin'), site: request.get('sec-fetch-site') })

function addressOf(request: Request, publicUrl: PublicUrl): string {
  return publicUrl === null ? `${request.protocol}://${request.get('host')}` : new URL(publicUrl).origin
}
