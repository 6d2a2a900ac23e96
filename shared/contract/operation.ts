// One description of an operation serves the server, the client and (later) OpenAPI: method, path, what goes in, what
// comes out, who may call it and what it may refuse with (ARCHITECTURE.md#contract).
import * as z from 'zod'
import type { RefusalCode } from '#domain/refusals.ts'
import { transferId } from '#domain/values.ts'

/** What a command line token may be used for; a signed-in session may do all. */
export const scopes = ['account', 'keys', 'organisation', 'agreements', 'send', 'collect', 'audit'] as const
export type Scope = (typeof scopes)[number]

export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** `noun.verb`, as it stands in the operations table and in the log. */
  readonly name: string
  readonly summary: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Express path below /api, with `:name` for each of params. */
  readonly path: string
  /** `null`: anyone, signed in or not. */
  readonly scope: Scope | null
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** A JSON reply, or `bytes` for a body that is streamed. */
  readonly reply: Reply | 'bytes'
  readonly refusals: readonly RefusalCode[]
  /** Largest JSON body in bytes; without it `maxBodyBytes`. */
  readonly maxBody?: number
}

/** What a caller gives, and what a reader gets, before and after a model's parse. */
export type Given<M extends z.ZodType> = z.input<M>
export type Got<M extends z.ZodType> = z.output<M>

/** Where params, query or body carry nothing. */
export const nothing = z.strictObject({})

/** Params of what is about one transfer. */
export const oneTransfer = z.strictObject({ transfer: transferId })

export const maxBodyBytes = 100 * 1024

export type AnyOperation = Operation

/** What any operation may be refused with, before its own rules are asked; not repeated in `refusals`. */
export const edgeRefusals = [
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'MEDIA_TYPE_UNSUPPORTED',
  'NOT_FOUND',
  'SIGN_IN_REQUIRED',
  'SCOPE_REQUIRED',
  'CSRF_REFUSED',
  'TOO_MANY_ATTEMPTS',
  'IDEMPOTENCY_CONFLICT',
  'AUDIT_UNAVAILABLE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
] as const satisfies readonly RefusalCode[]

/** Every state-changing operation takes an idempotency key in the header `Idempotency-Key`. */
export function changesState(operation: AnyOperation): boolean {
  return operation.method !== 'GET'
}
