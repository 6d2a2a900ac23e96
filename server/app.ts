// The order in which every request is looked at, readable as one list. What a route does is in its slice; what is
// refused before a route is in http/.
import express, { type Express, type RequestHandler } from 'express'
import { operations } from '#contract/operations.ts'
import type { Health } from '#platform/health.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { OpenDatabase } from '#store/database.ts'
import { healthRoutes } from './health/routes.ts'
import { correlate } from './http/correlation.ts'
import { refuseForgery } from './http/csrf.ts'
import { createFormKeys } from './http/form-key.ts'
import { mountPages, type Pages } from './http/pages.ts'
import { createDevices } from './http/device.ts'
import { createPeople } from './identity/people.ts'
import { mount } from './http/mount.ts'
import { createAuthentication } from './http/passport.ts'
import {
  addressSetting,
  createCommitRefusal,
  createErrorHandler,
  notFound,
  pageOfRefusalSetting,
} from './http/problem.ts'
import { securityHeaders } from './http/security-headers.ts'
import { logRequests } from './http/request-log.ts'
import { createSessions } from './http/session.ts'
import { createThrottle, defaultLimits, type Limits } from './http/throttle.ts'
import { referenceRoutes } from './reference/routes.ts'
import type { Adapters, UseCase } from './use-case.ts'

export interface AppOptions {
  readonly pool: OpenDatabase['pool']
  readonly log: Log
  readonly epochMs: () => number
  /** Where people reach the service; https makes cookies `__Host-`. Null: wherever the request says, http. */
  readonly publicUrl: string | null
  /** Express's `trust proxy`: addresses whose X-Forwarded-* is believed. */
  readonly trustProxy?: readonly string[]
  readonly sessionKey: Uint8Array
  readonly useCases: readonly UseCase[]
  readonly adapters: Adapters
  /** tus, with its own tokens: no session, no cookie. */
  readonly uploads?: RequestHandler
  readonly health: Health
  readonly metrics?: Metrics
  readonly limits?: Partial<Limits>
  /** What people see; without it programs alone are answered. */
  readonly pages?: Pages
}

export interface App {
  readonly express: Express
  close(): void
}

export function createApp(options: AppOptions): App {
  const { pool, adapters, log, epochMs, publicUrl } = options
  const secure = publicUrl?.startsWith('https:') ?? false
  const sessions = createSessions({ pool, key: options.sessionKey, secure, epochMs })
  const devices = createDevices({ key: options.sessionKey, secure })
  const throttle = createThrottle(pool, { ...defaultLimits, ...options.limits })
  const authentication = createAuthentication({
    people: createPeople({ ...adapters, epochMs }),
    throttle,
    devices,
    epochMs,
  })
  const commitRefusal = createCommitRefusal(adapters.commit)

  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', options.trustProxy ?? false)
  app.set('query parser', 'simple')
  app.set(addressSetting, publicUrl === null ? '' : new URL(publicUrl).origin)

  app.use(correlate)
  app.use(...securityHeaders({ secure }))
  app.use(healthRoutes(options.health))
  if (options.pages) app.use(options.pages.assets.routes)
  app.use(logRequests({ log, metrics: options.metrics }))
  app.use(referenceRoutes(operations))
  if (options.uploads) app.use('/uploads', options.uploads, throttle.refusedUploads)
  app.use(...sessions.middleware)
  app.use(...authentication.middleware)
  app.use(throttle.unknownCallers, throttle.signedInCallers)
  const { signInOf } = authentication
  const { countAct } = throttle
  if (options.pages) {
    const formKeys = createFormKeys(options.sessionKey)
    const mounted = mountPages({ ...options.pages, adapters, signInOf, countAct, formKeys, publicUrl })
    app.set(pageOfRefusalSetting, mounted.pageOfRefusal)
    app.use(mounted.router)
  }
  app.use('/api', refuseForgery(publicUrl), mount(options.useCases, { adapters, signInOf, countAct }))
  app.use(notFound)
  app.use(createErrorHandler({ commitRefusal, log }))
  return { express: app, close: sessions.close }
}
