// Every request gets an id of its own, drawn here and never taken from the client: it is in the reply, the log entry
// and the operator's log, so that one complaint leads to one line.
import type { RequestHandler } from 'express'
import { headers } from '#contract/problem.ts'
import type { CorrelationId } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'

export const correlate: RequestHandler = (request, response, next) => {
  request.correlation = randomId() as CorrelationId
  response.set(headers.correlation, request.correlation)
  next()
}
