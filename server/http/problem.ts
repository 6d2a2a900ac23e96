// The one place where a refusal becomes an HTTP status and words (RFC 9457), and where refusals at the edge - parse,
// unknown path, CSRF, throttle, errors - get their log entry. Nothing unexpected ever shows more than a correlation id.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { type Problem, problemMediaType, problemPath } from '#contract/problem.ts'
import type { LogReference } from '#domain/events.ts'
import { type Caller, ownLog } from '#domain/caller.ts'
import type { Refusal } from '#domain/decision.ts'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import type { CorrelationId } from '#domain/values.ts'
import type { Log } from '#platform/log.ts'
import { ObjectStoreUnavailable } from '#platform/object-store/object-store.ts'
import { AuditUnavailable, type Commit } from '#store/commit.ts'
import { isConnectionError } from '#store/connection-errors.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { callerOf } from './caller.ts'

/** Writes the entry of a refusal that no decision made. Throws AuditUnavailable when it cannot. */
export type CommitRefusal = (
  refusal: RefusalCode | Refusal,
  caller: Caller,
  where?: { readonly log?: LogReference; readonly operation?: string },
) => Promise<void>

export function createCommitRefusal(commit: Commit): CommitRefusal {
  return async (refusal, caller, { log = ownLog(caller), operation = 'unknown' } = {}) => {
    await commit({
      caller,
      load: async () => undefined,
      decide: () => ({
        refusal: typeof refusal === 'string' ? { code: refusal } : refusal,
        event: { event: 'request.refused', logs: [log], detail: { operation } },
      }),
    })
  }
}

/** The Express setting with the address of the service, without a path; empty where it is not known. */
export const addressSetting = 'safehand address'

/** `address`: of the service; without it the two addresses are relative to it (RFC 9457 section 3.1.1). */
export function problemOf(
  refusal: Refusal,
  { correlation, address }: { readonly correlation: CorrelationId; readonly address: string },
): Problem {
  const { title, action } = describeRefusal(refusal)
  const { status } = refusals[refusal.code]
  const type = `${address}${problemPath(refusal.code)}`
  return {
    type,
    title,
    status,
    ...(refusal.clause !== undefined && { detail: refusal.clause }),
    instance: `${type}#${correlation}`,
    code: refusal.code,
    action,
    correlation,
  }
}

/** The Express setting with what makes a page of a refusal, where there are pages. */
export const pageOfRefusalSetting = 'safehand page of a refusal'
export type PageOfRefusal = (request: Request, refusal: Refusal) => Promise<string>

/** A refusal that is already in the log: a problem for programs, a page for who asks for one. */
export async function sendRefusal(request: Request, response: Response, refusal: Refusal): Promise<void> {
  settle(request, response, refusal)
  response.status(refusals[refusal.code].status).set({ 'Content-Language': 'en' }).vary('Accept')
  const pageOfRefusal = request.app.get(pageOfRefusalSetting) as PageOfRefusal | undefined
  if (pageOfRefusal && request.accepts([problemMediaType, 'text/html']) === 'text/html') {
    const text = await pageOfRefusal(request, refusal)
    response.type('html').send(Buffer.from(text))
    return
  }
  const { correlation } = request
  const body = problemOf(refusal, { correlation, address: request.app.get(addressSetting) as string })
  // As bytes: for text Express would add a charset, which this media type does not have.
  response.set('Content-Type', problemMediaType).send(Buffer.from(JSON.stringify(body)))
}

/** What a reply says of a refusal beside its words. `detail.retryAfter` (seconds) becomes the header. */
export function settle(request: Request, response: Response, refusal: Refusal): void {
  const retryAfter = refusal.detail?.retryAfter
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter))
  // How long it is, for a range of which nothing is inside (RFC 9110 section 15.5.17).
  if (refusal.code === 'RANGE_INVALID') response.set('Content-Range', `bytes */${refusal.detail?.length}`)
  request.refusal = refusal.code
}

/** What middleware throws: the handler below writes the entry and answers. */
export class EdgeRefusal extends Error {
  override readonly name = 'EdgeRefusal'
  readonly refusal: Refusal
  /** False for repetitions of a refusal that is in the log already (a flood is one entry). */
  readonly logged: boolean

  constructor(refusal: RefusalCode | Refusal, { logged = true }: { readonly logged?: boolean } = {}) {
    const full = typeof refusal === 'string' ? { code: refusal } : refusal
    super(full.code)
    this.refusal = full
    this.logged = logged
  }
}

export const notFound: RequestHandler = () => {
  throw new EdgeRefusal('NOT_FOUND')
}

/** The last resort: answers every error, with an entry where one can be written. Express knows it by its four parameters. */
export function createErrorHandler({
  commitRefusal,
  log,
}: {
  readonly commitRefusal: CommitRefusal
  readonly log: Log
}): ErrorRequestHandler {
  return async (thrown, request, response, _next) => {
    const refusal = refusalOf(thrown)
    if (refusals[refusal.code].status >= 500)
      log.error({ err: thrown, correlation: request.correlation }, 'a request failed')
    if (response.headersSent) {
      // A stream that broke off: the client sees a cut connection, never a short body that looks whole.
      response.destroy()
      return
    }
    const silent = refusal.code === 'AUDIT_UNAVAILABLE' || (thrown instanceof EdgeRefusal && !thrown.logged)
    try {
      if (!silent) await commitRefusal(refusal, callerOf(request), { operation: request.operation ?? 'unknown' })
      await sendRefusal(request, response, refusal)
    } catch (cause) {
      log.error({ err: cause, correlation: request.correlation }, 'a refusal has no entry')
      const code = isConnectionError(cause) ? 'SERVICE_UNAVAILABLE' : 'AUDIT_UNAVAILABLE'
      await sendRefusal(request, response, { code })
    }
  }
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof EdgeRefusal) return thrown.refusal
  if (isConnectionError(thrown) || thrown instanceof ObjectStoreUnavailable) return { code: 'SERVICE_UNAVAILABLE' }
  if (thrown instanceof AuditUnavailable) return { code: 'AUDIT_UNAVAILABLE' }
  return { code: codeOfHttpError(thrown) ?? 'INTERNAL_ERROR' }
}

/** Errors of Express and its body parser carry the status they stand for. */
function codeOfHttpError(thrown: unknown): RefusalCode | undefined {
  const status = (thrown as { readonly status?: unknown } | null)?.status
  if (status === 413) return 'REQUEST_TOO_LARGE'
  if (status === 415) return 'MEDIA_TYPE_UNSUPPORTED'
  if (typeof status === 'number' && status >= 400 && status < 500) return 'REQUEST_INVALID'
  return undefined
}
