// One thing that a person can do, or look at, as one value: the operation of the contract it answers, the facts it needs,
// the decision, and what the caller is told (ARCHITECTURE.md#use-case). mount() in http/mount.ts serves these values as
// JSON; nothing here knows HTTP.
import type * as z from 'zod'
import { changesState, type Operation, type Scope } from '#contract/operation.ts'
import type { PublicKeys } from '#contract/service.ts'
import type { Caller, Person, PersonCaller } from '#domain/caller.ts'
import type { Instant, Origin } from '#domain/values.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Listener } from '#store/listen.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database, Tx } from '#store/database.ts'
import type { Decided } from '#store/writers.ts'
import type { Secrets } from './secrets.ts'

/** What main.ts makes once, and every use case may ask for. */
export interface Adapters {
  readonly commit: Commit
  readonly database: Database
  readonly objects: ObjectStore
  readonly scanCertificates: Listener
  readonly installation: Origin
  readonly publicKeys: PublicKeys
  readonly secrets: Pick<Secrets, 'tokens' | 'totp' | 'webhooks'>
  readonly now: () => Instant
}

/** Who calls, and what they give: parsed by the operation's own models. */
export interface Call<O extends Operation = Operation> {
  readonly params: z.output<O['params']>
  readonly query: z.output<O['query']>
  readonly body: z.output<O['body']>
  readonly caller: CallerOf<O>
  /** What the caller's token may do; null for a signed-in session, which may do all. */
  readonly callerScopes: readonly Scope[] | null
  /** Used by every operation that changes state; undefined: nobody repeats it. */
  readonly idempotency: Idempotency | undefined
  /** The request's `Range` and `If-Range`, for operations that reply with bytes. */
  readonly headers: { readonly range: string | undefined; readonly ifRange: string | undefined }
  /** Asked by HEAD: what the reply would say of itself, and nothing of what it holds. */
  readonly headAlone: boolean
  /** For the operations that sign in and out. */
  readonly signIn: SignIn
}

/** A person unless the operation's scope is null. */
type CallerOf<O extends Operation> = O['scope'] extends null ? Caller : PersonCaller

export interface SignIn {
  /** Checks e-mail, password and code of the body; what came of it is in the log. */
  check(): Promise<Outcome<Person>>
  /** Counts as a try to sign in with the e-mail of the body: of whom it is, and where it comes from. */
  attempt<Next>(act: () => Promise<Outcome<Next>>): Promise<Outcome<Next>>
  /** Begins a session under a new id, so that one known before is worthless. */
  begin(person: Person): Promise<void>
  end(): Promise<void>
}

/** A streamed reply: the audit entry is committed before the first byte is asked for. */
export interface BytesReply {
  readonly status: 200 | 206
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

export type Reply<O extends Operation> = O['reply'] extends 'bytes' ? BytesReply : z.input<Exclude<O['reply'], 'bytes'>>

export interface UseCase<O extends Operation = Operation> {
  readonly operation: O
  perform(adapters: Adapters, call: Call<O>): Promise<Outcome<Reply<O>>>
}

/** What somebody asks, flat: params, query and body together, with who they are. */
export type Asked<O extends Operation> = Pick<Call<O>, 'caller' | 'callerScopes' | 'headers' | 'headAlone'> &
  z.output<O['params']> &
  z.output<O['query']> &
  z.output<O['body']>

interface Deciding<Given, Facts, Next> {
  /** What makes two requests under one key the same, where the body holds what nothing quick may be kept of. */
  readonly requestOf?: (given: Given) => string
  /** Reads what the decision needs, inside the transaction. */
  readonly load: (tx: Tx, given: Given, adapters: Adapters) => Promise<Facts>
  readonly decide: (facts: Facts, given: Given, at: Instant) => Decided<Next>
}

interface Presenting<O extends Operation, Given, Next> {
  /** What the caller is told. Secrets appear here only: derived for the reply, never stored with it. */
  readonly present: (next: Next, given: Given, adapters: Adapters) => Reply<O> | Promise<Reply<O>>
  readonly follow?: never
}

interface Following<O extends Operation, Given, Next> {
  /** Instead, where something must happen after the transaction before the caller is answered; it may still refuse. */
  readonly follow: (next: Next, given: Given, adapters: Adapters) => Promise<Outcome<Reply<O>>>
  readonly present?: never
}

type Steps<O extends Operation, Given, Facts, Next> = Deciding<Given, Facts, Next> &
  (Presenting<O, Given, Next> | Following<O, Given, Next>)

interface Preparing<O extends Operation, Prepared> {
  /** Before the transaction, and once for all its tries: draws ids, asks the object store. Joins what was asked. */
  readonly prepare: (asked: Asked<O>, adapters: Adapters) => Prepared | Promise<Prepared>
}

export function useCase<O extends Operation, Facts, Next>(
  operation: O,
  steps: Steps<O, Asked<O>, Facts, Next> & { readonly prepare?: never },
): UseCase<O>
export function useCase<O extends Operation, Prepared, Facts, Next>(
  operation: O,
  steps: Preparing<O, Prepared> & Steps<O, Asked<O> & Prepared, Facts, Next>,
): UseCase<O>
export function useCase<O extends Operation, Facts, Next>(
  operation: O,
  steps: Partial<Preparing<O, object>> & Steps<O, Asked<O>, Facts, Next>,
): UseCase<O> {
  const { requestOf, prepare, load, decide, follow, present } = steps
  return {
    operation,
    async perform(adapters, { params, query, body, idempotency, ...who }) {
      const asked = { ...(params as object), ...(query as object), ...(body as object), ...who } as unknown as Asked<O>
      const given = { ...asked, ...(await prepare?.(asked, adapters)) }
      const outcome = await adapters.commit({
        caller: who.caller,
        idempotency:
          changesState(operation) && idempotency
            ? { ...idempotency, ...(requestOf && { request: requestOf(given) }) }
            : undefined,
        load: (tx) => load(tx, given, adapters),
        decide: (facts, at) => decide(facts, given, at),
      })
      if (!outcome.ok) return outcome
      return follow
        ? follow(outcome.next, given, adapters)
        : { ...outcome, next: await present(outcome.next, given, adapters) }
    },
  }
}

/** For acts whose reply says nothing more than that they are done. */
export const done = () => ({})

/** For what is told as it was decided. */
export const asDecided = <Next>(next: Next): Next => next
