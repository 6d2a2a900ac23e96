// Calls the service as its contract describes it. Network, time and ids are parameters. It believes the server's
// replies as to form only (zod); what they say is believed by verify-*.ts or not at all. Refusals become exceptions.
import { changesState, type Given, type Got, type Operation } from '#contract/operation.ts'
import { headers as own, type Problem, problem, problemMediaType } from '#contract/problem.ts'

/** The part of fetch that is used here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface ApiOptions {
  /** Base of the service, `https://safehand.example`. */
  readonly url: string
  readonly fetch: Fetch
  /** Bearer token; without it a browser's cookie speaks. */
  readonly token?: string
  /** 128 random bits as hex, for idempotency keys. */
  readonly newId: () => string
  readonly client: 'cli' | 'web'
}

/** The service said no. `code` is of domain/refusals.ts, or newer than this client. */
export class RefusedByServer extends Error {
  override readonly name = 'RefusedByServer'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly action: string
  readonly detail: string | undefined
  readonly correlation: string
  /** Seconds, when the service said when to come back. */
  readonly retryAfter: number | undefined

  constructor(said: Problem, retryAfter?: number) {
    super(`${said.title} (${said.code})`)
    this.code = said.code
    this.status = said.status
    this.title = said.title
    this.action = said.action
    this.detail = said.detail
    this.correlation = said.correlation
    this.retryAfter = retryAfter
  }
}

/** No answer, or one that is not the service's: nothing is known about what happened, so the same key may be retried. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable'
}

/** Parts that carry nothing may be left out. */
type Part<K extends string, T> = Record<never, never> extends T ? { readonly [P in K]?: T } : { readonly [P in K]: T }

export type Input<O extends Operation> = Part<'params', Given<O['params']>> &
  Part<'query', Given<O['query']>> &
  Part<'body', Given<O['body']>> & {
    /** The same key and request do a thing once, however often it is sent. Made up when left out. */
    readonly idempotencyKey?: string
    readonly signal?: AbortSignal
  }

export type ReplyOf<O extends Operation> = Got<Exclude<O['reply'], 'bytes'>>

export interface BytesInput<O extends Operation> {
  readonly params: Given<O['params']>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Bytes {
  readonly status: number
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
}

export interface Api {
  /** @throws RefusedByServer, ServerUnreachable, or a ZodError when the reply is not what the contract says. */
  call<O extends Operation>(operation: O, input: Input<O>): Promise<ReplyOf<O>>
  /** For operations that reply with bytes; the body is not read yet. */
  bytes<O extends Operation>(operation: O, input: BytesInput<O>): Promise<Bytes>
}

interface Sent {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
  readonly idempotencyKey?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export function createApi(options: ApiOptions): Api {
  return {
    async call(operation, input) {
      const response = await send(options, operation, input as Sent)
      if (operation.reply === 'bytes') throw new TypeError(`${operation.name} replies with bytes`)
      return operation.reply.parse(await response.json()) as never
    },
    async bytes(operation, input) {
      const { status, headers, body } = await send(options, operation, input)
      if (body === null) throw new ServerUnreachable('the reply has no body')
      return { status, headers, body }
    },
  }
}

async function send(options: ApiOptions, operation: Operation, sent: Sent): Promise<Response> {
  const changes = changesState(operation)
  const init: RequestInit = {
    method: operation.method,
    redirect: 'error',
    signal: sent.signal ?? null,
    headers: {
      ...sent.headers,
      [own.client]: options.client,
      ...(options.token !== undefined && { Authorization: `Bearer ${options.token}` }),
      ...(changes && {
        'Content-Type': 'application/json',
        [own.csrf]: '1',
        [own.idempotencyKey]: sent.idempotencyKey ?? options.newId(),
      }),
    },
    ...(changes && { body: JSON.stringify(sent.body ?? {}) }),
  }
  let response: Response
  try {
    response = await options.fetch(`${options.url}/api${pathOf(operation, sent)}`, init)
  } catch (cause) {
    sent.signal?.throwIfAborted()
    throw new ServerUnreachable('the service did not answer', { cause })
  }
  if (!response.ok) throw await refusalOf(response)
  return response
}

function pathOf({ path }: Operation, { params, query }: Sent): string {
  const values = (params ?? {}) as Record<string, unknown>
  const filled = path.replaceAll(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const asked = Object.entries((query ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined)
  if (asked.length === 0) return filled
  return `${filled}?${new URLSearchParams(asked.map(([name, value]): [string, string] => [name, String(value)]))}`
}

async function refusalOf(response: Response): Promise<Error> {
  const type = response.headers.get('content-type') ?? ''
  const said = type.startsWith(problemMediaType) ? problem.safeParse(await response.json()) : undefined
  if (!said?.success) return new ServerUnreachable(`something else than the service answered (${response.status})`)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new RefusedByServer(said.data, Number.isFinite(seconds) ? seconds : undefined)
}
