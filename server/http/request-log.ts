// One line for each request, when its reply has ended: what was asked, how it ended, how long it took, for which
// organisation, and the id under which all else about it is found. No address, name, path or header
// (ARCHITECTURE.md#operators).
import type { RequestHandler } from 'express'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'

export function logRequests({
  log,
  metrics,
}: {
  readonly log: Log
  readonly metrics?: Metrics | undefined
}): RequestHandler {
  return (request, response, next) => {
    const began = performance.now()
    response.once('close', () => {
      const ms = Math.round(performance.now() - began)
      const { operation = 'unknown', correlation, refusal, user } = request
      const status = response.statusCode
      const organisation = user?.person.organisation ?? request.uploader
      const cut = response.writableFinished ? {} : { cut: true }
      log.info({ operation, status, ms, correlation, organisation, refusal, ...cut }, 'request')
      const offset = (at: string | undefined) => Number(at ?? 0)
      const uploaded = offset(response.get('upload-offset')) - offset(request.get('upload-offset'))
      metrics?.request({
        operation,
        status,
        seconds: ms / 1000,
        ...(refusal !== undefined && { refusal }),
        ...(request.method === 'PATCH' && status === 204 && { uploaded }),
      })
    })
    next()
  }
}
