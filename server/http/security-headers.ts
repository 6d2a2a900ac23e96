// What every reply says to browsers: our own scripts and styles only, no framing, no sniffing, nothing kept.
import type { RequestHandler } from 'express'
import helmet from 'helmet'

export function securityHeaders({ secure }: { readonly secure: boolean }): readonly RequestHandler[] {
  const own = ["'self'"]
  const none = ["'none'"]
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: none,
          scriptSrc: own,
          styleSrc: own,
          imgSrc: own,
          fontSrc: own,
          connectSrc: own,
          formAction: own,
          frameAncestors: none,
          baseUri: none,
          objectSrc: none,
          ...(secure && { upgradeInsecureRequests: [] }),
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: secure ? { maxAge: 2 * 365 * 24 * 3600, includeSubDomains: true } : false,
    }),
    (_request, response, next) => {
      response.set('Cache-Control', 'no-store')
      next()
    },
  ]
}
