// For load balancers and start scripts, outside the API and not audited: alive, and ready to work. Says no more.
import { Router } from 'express'

/** Each part resolves when it answers its own protocol. */
export type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>

export function healthRoutes(checks: HealthChecks): Router {
  const router = Router()
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' })
  })
  router.get('/health/ready', async (_request, response) => {
    const names = Object.keys(checks)
    const results = await Promise.allSettled(names.map((name) => checks[name]?.()))
    const missing = names.filter((_, index) => results[index]?.status === 'rejected')
    response.status(missing.length === 0 ? 200 : 503).json(missing.length === 0 ? { status: 'ok' } : { missing })
  })
  return router
}
