// For load balancers and start scripts, outside the API and not audited: alive, and ready to work. Says no more, and
// however often it is asked, the parts are not (shared/platform/health.ts).
import { Router } from 'express'
import type { Health } from '#platform/health.ts'

export function healthRoutes(health: Health): Router {
  const router = Router()
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' })
  })
  router.get('/health/ready', async (_request, response) => {
    const missing = await health()
    response.status(missing.length === 0 ? 200 : 503).json(missing.length === 0 ? { status: 'ok' } : { missing })
  })
  return router
}
