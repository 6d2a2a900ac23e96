// Serves use cases as JSON over Express. For each request, in this order: who may call, body, parse by the operation's
// own models, idempotency key, the use case, reply. What is not in a model is refused, not ignored.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type * as z from 'zod'
import { changesState, maxBodyBytes, type Operation } from '#contract/operation.ts'
import { headers } from '#contract/problem.ts'
import type { BytesReply, Call, Adapters, UseCase } from '../use-case.ts'
import { callerOf } from './caller.ts'
import type { SignInOf } from './passport.ts'
import { EdgeRefusal, sendRefusal } from './problem.ts'
import type { CountAct } from './throttle.ts'

export interface Mounting {
  readonly adapters: Adapters
  readonly signInOf: SignInOf
  readonly countAct: CountAct
}

export function mount(useCases: readonly UseCase[], mounting: Mounting): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const useCase of useCases) {
    const { operation } = useCase
    const verb = operation.method.toLowerCase() as 'get' | 'post' | 'delete'
    router[verb](operation.path, admit(operation, mounting), readBody(operation), answer(useCase, mounting))
  }
  return router
}

function admit(operation: Operation, { countAct }: Pick<Mounting, 'countAct'>): RequestHandler {
  return async (request, _response, next) => {
    request.operation = operation.name
    const { user } = request
    if (operation.scope !== null) {
      if (!user) throw new EdgeRefusal('SIGN_IN_REQUIRED')
      if (user.scopes !== null && !user.scopes.includes(operation.scope)) {
        throw new EdgeRefusal({ code: 'SCOPE_REQUIRED', detail: { scope: operation.scope } })
      }
      await countAct(operation.name, user.person.account)
    }
    next()
  }
}

function readBody(operation: Operation): RequestHandler {
  if (!changesState(operation)) return (_request, _response, next) => next()
  const json = express.json({ limit: operation.maxBody ?? maxBodyBytes, inflate: false, type: 'application/json' })
  return (request, response, next) => {
    if (request.is('application/json') === false) throw new EdgeRefusal('MEDIA_TYPE_UNSUPPORTED')
    json(request, response, next)
  }
}

function answer({ operation, perform }: UseCase, { adapters, signInOf }: Mounting): RequestHandler {
  return async (request, response) => {
    const outcome = await perform(adapters, callOf(operation, request, signInOf))
    if (!outcome.ok) return sendRefusal(request, response, outcome.refusal)
    if (operation.reply === 'bytes') return sendBytes(request, response, outcome.next as BytesReply)
    response.json(operation.reply.parse(outcome.next))
  }
}

function callOf(operation: Operation, request: Request, signInOf: SignInOf): Call {
  const params = parse(operation.params, { given: request.params, where: 'path' })
  const query = parse(operation.query, { given: request.query, where: 'query' })
  const body = changesState(operation) ? parse(operation.body, { given: request.body ?? {}, where: 'body' }) : {}
  const key = idempotencyKey(operation, request)
  return {
    params,
    query,
    body,
    caller: callerOf(request) as Call['caller'],
    callerScopes: request.user?.scopes ?? null,
    idempotency: { key, operation: operation.name, request: JSON.stringify({ params, query, body }) },
    // A range means something to GET alone (RFC 9110 section 14.2).
    headers: isHead(request)
      ? { range: undefined, ifRange: undefined }
      : { range: request.get('range'), ifRange: request.get('if-range') },
    headAlone: isHead(request),
    signIn: signInOf(request),
  }
}

const isHead = ({ method }: Request) => method === 'HEAD'

function parse(model: z.ZodType, { given, where }: { given: unknown; where: string }): unknown {
  const parsed = model.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = [where, ...(issue?.path ?? [])].join('.')
  throw new EdgeRefusal({ code: 'REQUEST_INVALID', detail: { field, reason: issue?.message ?? 'is not as described' } })
}

function idempotencyKey(operation: Operation, request: Request): string {
  const key = request.get(headers.idempotencyKey) ?? ''
  if (changesState(operation) && !/^[\x21-\x7e]{16,100}$/.test(key)) {
    const reason = 'must be 16 to 100 characters that nobody else would choose'
    throw new EdgeRefusal({ code: 'REQUEST_INVALID', detail: { field: headers.idempotencyKey, reason } })
  }
  return key
}

/** With backpressure; a body that breaks off breaks the connection. */
async function sendBytes(
  request: Request,
  response: Response,
  { status, headers: own, body }: BytesReply,
): Promise<void> {
  response.status(status).set(own)
  if (isHead(request)) return void response.end()
  try {
    await pipeline(Readable.from(body, { objectMode: false }), response)
  } catch (error) {
    // The reader went away: nothing to answer, nothing went wrong here.
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}
