// What Node and browsers share and the pure folders may use: WebCrypto, text encoding, streams, abort signals and the
// shape of fetch. It stands in for both runtimes' types in tsconfig.pure.json only, and is a strict subset of them.
// Missing something? Ask first whether it should arrive as a parameter (ARCHITECTURE.md#pure-code): time, files and
// network do.

type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer

// --- WebCrypto (W3C Web Cryptography Level 2) ---

type KeyUsage = 'encrypt' | 'decrypt' | 'sign' | 'verify' | 'deriveKey' | 'deriveBits' | 'wrapKey' | 'unwrapKey'
type KeyFormat = 'raw' | 'pkcs8' | 'spki' | 'jwk'

interface Algorithm {
  name: string
}
interface AlgorithmParameters extends Algorithm {
  hash?: string | Algorithm
  salt?: BufferSource
  info?: BufferSource
  iv?: BufferSource
  additionalData?: BufferSource
  tagLength?: number
  counter?: BufferSource
  length?: number
  namedCurve?: string
  modulusLength?: number
  publicExponent?: Uint8Array<ArrayBuffer>
  iterations?: number
  public?: CryptoKey
}
type AlgorithmIdentifier = string | AlgorithmParameters

interface CryptoKey {
  readonly algorithm: Algorithm
  readonly extractable: boolean
  readonly type: 'public' | 'private' | 'secret'
  readonly usages: KeyUsage[]
}
interface CryptoKeyPair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}
interface JsonWebKey {
  kty?: string
  crv?: string
  k?: string
  x?: string
  y?: string
  d?: string
  n?: string
  e?: string
}

interface SubtleCrypto {
  decrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>
  deriveBits(algorithm: AlgorithmIdentifier, key: CryptoKey, length?: number | null): Promise<ArrayBuffer>
  deriveKey(
    algorithm: AlgorithmIdentifier,
    key: CryptoKey,
    derived: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>
  digest(algorithm: AlgorithmIdentifier, data: BufferSource): Promise<ArrayBuffer>
  encrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>
  exportKey(format: 'jwk', key: CryptoKey): Promise<JsonWebKey>
  exportKey(format: Exclude<KeyFormat, 'jwk'>, key: CryptoKey): Promise<ArrayBuffer>
  generateKey(
    algorithm: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKeyPair | CryptoKey>
  importKey(
    format: 'jwk',
    data: JsonWebKey,
    algorithm: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>
  importKey(
    format: Exclude<KeyFormat, 'jwk'>,
    data: BufferSource,
    algorithm: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>
  sign(algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>
  verify(algorithm: AlgorithmIdentifier, key: CryptoKey, signature: BufferSource, data: BufferSource): Promise<boolean>
}

interface Crypto {
  readonly subtle: SubtleCrypto
  getRandomValues<T extends Uint8Array<ArrayBuffer>>(array: T): T
}
declare var crypto: Crypto

// --- Text (WHATWG Encoding, HTML) ---

interface TextEncoder {
  readonly encoding: string
  encode(input?: string): Uint8Array<ArrayBuffer>
}
declare var TextEncoder: { new (): TextEncoder }

interface TextDecoder {
  readonly encoding: string
  decode(input?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string
}
declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

declare function atob(data: string): string
declare function btoa(data: string): string

// --- Streams (WHATWG Streams; read by a reader alone: no released Safari iterates them) ---

type ReadableStreamReadResult<T> = { done: false; value: T } | { done: true; value: T | undefined }

interface ReadableStreamDefaultReader<R = unknown> {
  readonly closed: Promise<undefined>
  cancel(reason?: unknown): Promise<void>
  read(): Promise<ReadableStreamReadResult<R>>
  releaseLock(): void
}
interface ReadableStreamDefaultController<R = unknown> {
  readonly desiredSize: number | null
  close(): void
  enqueue(chunk?: R): void
  error(reason?: unknown): void
}
interface UnderlyingSource<R = unknown> {
  cancel?(reason?: unknown): void | PromiseLike<void>
  pull?(controller: ReadableStreamDefaultController<R>): void | PromiseLike<void>
  start?(controller: ReadableStreamDefaultController<R>): void | PromiseLike<void>
}
interface QueuingStrategy<T = unknown> {
  highWaterMark?: number
  size?(chunk: T): number
}
interface StreamPipeOptions {
  preventAbort?: boolean
  preventCancel?: boolean
  preventClose?: boolean
  signal?: AbortSignal
}
interface ReadableStream<R = unknown> {
  readonly locked: boolean
  cancel(reason?: unknown): Promise<void>
  getReader(): ReadableStreamDefaultReader<R>
  pipeThrough<T>(
    transform: { writable: WritableStream<R>; readable: ReadableStream<T> },
    options?: StreamPipeOptions,
  ): ReadableStream<T>
  pipeTo(destination: WritableStream<R>, options?: StreamPipeOptions): Promise<void>
  tee(): [ReadableStream<R>, ReadableStream<R>]
}
declare var ReadableStream: {
  new <R = unknown>(source?: UnderlyingSource<R>, strategy?: QueuingStrategy<R>): ReadableStream<R>
  from<R>(source: AsyncIterable<R> | Iterable<R>): ReadableStream<R>
}

interface WritableStreamDefaultWriter<W = unknown> {
  readonly closed: Promise<undefined>
  readonly desiredSize: number | null
  readonly ready: Promise<undefined>
  abort(reason?: unknown): Promise<void>
  close(): Promise<void>
  releaseLock(): void
  write(chunk?: W): Promise<void>
}
interface WritableStreamDefaultController {
  readonly signal: AbortSignal
  error(reason?: unknown): void
}
interface UnderlyingSink<W = unknown> {
  abort?(reason?: unknown): void | PromiseLike<void>
  close?(): void | PromiseLike<void>
  start?(controller: WritableStreamDefaultController): void | PromiseLike<void>
  write?(chunk: W, controller: WritableStreamDefaultController): void | PromiseLike<void>
}
interface WritableStream<W = unknown> {
  readonly locked: boolean
  abort(reason?: unknown): Promise<void>
  close(): Promise<void>
  getWriter(): WritableStreamDefaultWriter<W>
}
declare var WritableStream: {
  new <W = unknown>(sink?: UnderlyingSink<W>, strategy?: QueuingStrategy<W>): WritableStream<W>
}

interface TransformStreamDefaultController<O = unknown> {
  readonly desiredSize: number | null
  enqueue(chunk?: O): void
  error(reason?: unknown): void
  terminate(): void
}
interface Transformer<I = unknown, O = unknown> {
  flush?(controller: TransformStreamDefaultController<O>): void | PromiseLike<void>
  start?(controller: TransformStreamDefaultController<O>): void | PromiseLike<void>
  transform?(chunk: I, controller: TransformStreamDefaultController<O>): void | PromiseLike<void>
}
interface TransformStream<I = unknown, O = unknown> {
  readonly readable: ReadableStream<O>
  readonly writable: WritableStream<I>
}
declare var TransformStream: {
  new <I = unknown, O = unknown>(
    transformer?: Transformer<I, O>,
    writableStrategy?: QueuingStrategy<I>,
    readableStrategy?: QueuingStrategy<O>,
  ): TransformStream<I, O>
}

// --- Abort (WHATWG DOM, the part without a document) ---

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
  throwIfAborted(): void
}
declare var AbortSignal: {
  abort(reason?: unknown): AbortSignal
  any(signals: Iterable<AbortSignal>): AbortSignal
}
interface AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare var AbortController: { new (): AbortController }

// --- Timers (HTML) ---

declare function setTimeout(callback: () => void, milliseconds: number): unknown
declare function clearTimeout(timer: unknown): void

// --- The shape of fetch (WHATWG Fetch): a type for parameters; the function itself is handed in ---

interface URLSearchParams {
  append(name: string, value: string): void
  get(name: string): string | null
  has(name: string): boolean
  set(name: string, value: string): void
  toString(): string
}
declare var URLSearchParams: { new (init?: string | Record<string, string> | [string, string][]): URLSearchParams }
interface URL {
  readonly hash: string
  readonly host: string
  readonly hostname: string
  readonly href: string
  readonly origin: string
  readonly pathname: string
  readonly protocol: string
  readonly search: string
  readonly searchParams: URLSearchParams
  toString(): string
}
declare var URL: { new (url: string | URL, base?: string | URL): URL; canParse(url: string, base?: string): boolean }

interface Headers {
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  has(name: string): boolean
  set(name: string, value: string): void
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare var Headers: { new (init?: Record<string, string> | [string, string][]): Headers }

type BodyInit = string | BufferSource | ReadableStream<Uint8Array<ArrayBuffer>> | URLSearchParams
interface RequestInit {
  body?: BodyInit | null
  headers?: Headers | Record<string, string> | [string, string][]
  method?: string
  redirect?: 'error' | 'follow' | 'manual'
  signal?: AbortSignal | null
}
declare var Response: {
  new (
    body: BodyInit | null,
    init?: { readonly headers?: Headers; readonly status?: number; readonly statusText?: string },
  ): Response
}
interface Response {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null
  readonly headers: Headers
  readonly ok: boolean
  readonly redirected: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  arrayBuffer(): Promise<ArrayBuffer>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  json(): Promise<unknown>
  text(): Promise<string>
}
declare function fetch(input: string | URL, init?: RequestInit): Promise<Response>
