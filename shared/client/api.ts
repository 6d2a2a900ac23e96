// Calls the service as its contract describes it. Network, time and ids are parameters. It believes the server's
// replies as to form only (zod); what they say is believed by verify-*.ts or not at all. Refusals become exceptions.
import { changesState, type Given, type Got, type Operation } from '#contract/operation.ts'
import { describeForeignAnswer, describeNoAnswer, describeNotUnderstood } from '#words/en/network.ts'
import { headers as own, type Problem, problem, problemMediaType } from '#contract/problem.ts'
import type { Bytes } from '#domain/values.ts'
import { refuseInsecure } from './own-address.ts'

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

/** What can stand between, and answer instead of the service: a proxy, a filter, the sign-in page of a network. */
export class ForeignAnswer extends ServerUnreachable {
  constructor(answer: { readonly status: number; readonly type: string }) {
    super(describeForeignAnswer(answer))
  }
}

/** Of a failed connection, as Node and OpenSSL name it, however deep it is; null: a browser does not say. */
function codeOf(thrown: unknown): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { readonly code?: unknown }
    if (typeof code === 'string') return code
  }
  return null
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

export interface BytesReply {
  readonly status: number
  readonly headers: Headers
  readonly body: ReadableStream<Bytes>
}

export interface Api {
  /** @throws RefusedByServer, ServerUnreachable. */
  call<O extends Operation>(operation: O, input: Input<O>): Promise<ReplyOf<O>>
  /** For operations that reply with bytes; the body is not read yet. */
  bytes<O extends Operation>(operation: O, input: BytesInput<O>): Promise<BytesReply>
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
      const said = operation.reply.safeParse(await readJson(response, { isOurs: isJson }))
      if (said.success) return said.data as never
      throw new ServerUnreachable(describeNotUnderstood(response.status), { cause: said.error })
    },
    async bytes(operation, input) {
      const response = await send(options, operation, input)
      const { status, headers, body } = response
      if (body === null || !isBytes(typeOf(response))) {
        await body?.cancel()
        throw foreign(response)
      }
      return { status, headers, body }
    },
  }
}

async function send(options: ApiOptions, operation: Operation, sent: Sent): Promise<Response> {
  refuseInsecure(options.url)
  const changes = changesState(operation)
  const init: RequestInit = {
    method: operation.method,
    // Never followed: only the service's own address gets what is meant for it.
    redirect: 'manual',
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
    throw new ServerUnreachable(describeNoAnswer(codeOf(cause)), { cause })
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
  const said = problem.safeParse(await readJson(response, { isOurs: isProblem }))
  if (!said.success) return foreign(response)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new RefusedByServer(said.data, Number.isFinite(seconds) ? seconds : undefined)
}

const isProblem = (type: string) => type.startsWith(problemMediaType)
/** An envelope, or a bundle of them. */
const isBytes = (type: string) => ['application/pgp-encrypted', 'application/zip'].includes(type)
const isJson = (type: string) => type.startsWith('application/json')

const typeOf = ({ headers }: Response) => headers.get('content-type') ?? ''
const foreign = (response: Response) => new ForeignAnswer({ status: response.status, type: typeOf(response) })

/** Far above the largest reply of the contract. */
const maxReplyBytes = 64 * 1024 * 1024

/** Throws ServerUnreachable for what is no JSON of the service. */
async function readJson(response: Response, { isOurs }: { readonly isOurs: (type: string) => boolean }) {
  if (!isOurs(typeOf(response))) {
    await response.body?.cancel()
    throw foreign(response)
  }
  const text = await readText(response)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw foreign(response)
  }
}

async function readText(response: Response): Promise<string> {
  const pieces: string[] = []
  const utf8 = new TextDecoder()
  const reader = response.body?.getReader()
  let octets = 0
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      octets += read.value.length
      if (octets > maxReplyBytes) throw new ServerUnreachable('the reply is larger than any that the service gives')
      pieces.push(utf8.decode(read.value, { stream: true }))
    }
  } catch (cause) {
    await reader?.cancel().catch(() => undefined)
    throw cause instanceof ServerUnreachable ? cause : new ServerUnreachable('the reply broke off', { cause })
  }
  return pieces.join('') + utf8.decode()
}
