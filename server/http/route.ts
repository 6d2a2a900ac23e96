// Binds an operation of the contract to the one service call that answers it. No rule lives here: parse, call, present.
import type * as z from 'zod'
import type { Operation, Scope } from '#contract/operation.ts'
import type { Caller, Person, PersonCaller } from '#domain/caller.ts'
import type { Idempotency, Outcome } from '#store/commit.ts'

/** What a handler is given: everything parsed, everyone known. */
export interface Call<O extends Operation> {
  readonly params: z.output<O['params']>
  readonly query: z.output<O['query']>
  readonly body: z.output<O['body']>
  /** A person unless the operation's scope is null. */
  readonly caller: O['scope'] extends null ? Caller : PersonCaller
  /** What the caller's token may do; null for a signed-in session, which may do all. */
  readonly scopes: readonly Scope[] | null
  /** Present on every state-changing operation. */
  readonly idempotency: Idempotency
  /** The request's `Range` and `If-Range` headers, for operations that reply with bytes. */
  readonly headers: { readonly range: string | undefined; readonly ifRange: string | undefined }
  /** For the operations that sign in and out. */
  readonly signIn: SignIn
}

export interface SignIn {
  /** Checks e-mail, password and code of the body; what came of it is in the log. */
  check(): Promise<Outcome<Person>>
  /** Begins a session under a new id, so that one known before is worthless. */
  begin(person: Person): Promise<void>
  end(): Promise<void>
}

type JsonReply<O extends Operation> = z.input<Exclude<O['reply'], 'bytes'>>

/** A streamed reply: the audit entry is committed before the first byte is asked for. */
export interface BytesReply {
  readonly status: 200 | 206
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

export type Reply<O extends Operation> = O['reply'] extends 'bytes' ? BytesReply : JsonReply<O>

export interface Route {
  readonly operation: Operation
  readonly handle: (call: never) => Promise<Outcome<unknown>>
}

export function route<O extends Operation>(operation: O, handle: (call: Call<O>) => Promise<Outcome<Reply<O>>>): Route {
  return { operation, handle }
}
