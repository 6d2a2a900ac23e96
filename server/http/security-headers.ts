// What every reply says to browsers: our own scripts and styles only, each with its digest, no framing, no sniffing, nothing
// kept. An address of ours is told to nobody else; to ourselves it is, because without it browsers say of a form that it comes
// from nowhere.
import type { RequestHandler } from 'express'
import helmet from 'helmet'

const own = ["'self'"]
const none = ["'none'"]

export function securityHeaders({ secure }: { readonly secure: boolean }): readonly RequestHandler[] {
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
          workerSrc: own,
          formAction: own,
          frameAncestors: none,
          baseUri: none,
          objectSrc: none,
          ...(secure && { upgradeInsecureRequests: [] }),
        },
      },
      referrerPolicy: { policy: 'same-origin' },
      strictTransportSecurity: secure ? { maxAge: 2 * 365 * 24 * 3600, includeSubDomains: true } : false,
    }),
    (_request, response, next) => {
      response.set({ 'Cache-Control': 'no-store', 'Integrity-Policy': 'blocked-destinations=(script)' })
      next()
    },
  ]
}

/**
 * Of the one file that a worker runs, whose policy is that worker's: it may compile WebAssembly, which no page may
 * (Argon2id needs it), and reaches nothing but the service.
 */
export const engineHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'",
} as const
