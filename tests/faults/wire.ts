// A wire between a process and a part, on which real faults happen: it refuses, resets, stalls, slows down, falls silent
// or loses an answer. Whoever watches it sees what passes before it passes, so that a fault strikes at a step and not at
// a guessed moment. Knows nothing of what is said on it.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type Address = { readonly host: string; readonly port: number } | { readonly path: string }

/** From the process to the part, or back. */
export type Direction = 'there' | 'back'

export interface Line {
  /** Both ends hear that it broke. */
  reset(): void
  /** The process hears nothing any more; the part sees its end, as after a lost peer. */
  silence(): void
  /** What is said next reaches the part; its answer is lost, and then the line breaks. */
  loseAnswer(): void
  /** It breaks after so many more octets in that direction. */
  cutAfter(direction: Direction, octets: number): void
}

export type Watcher = (seen: { readonly bytes: Buffer; readonly line: Line; readonly direction: Direction }) => void

export interface Wire {
  readonly address: Address
  /** Called with what passes, before it passes. Gives the way to stop. */
  watch(watcher: Watcher): () => void
  /** All lines there are. */
  readonly lines: ReadonlySet<Line>
  /** Breaks all lines and takes no new ones. */
  refuse(): Promise<void>
  /** Nothing passes; nobody is told. */
  stall(): void
  slow(how: { readonly latencyMs: number; readonly bytesPerSecond: number }): void
  /** As at the beginning. Lines that broke or fell silent stay so. */
  lift(): Promise<void>
  close(): Promise<void>
}

interface State {
  refusing: boolean
  latencyMs: number
  bytesPerSecond: number
  /** Resolves when what stalled goes on. */
  flowing: Promise<void>
  flow: () => void
}

/** `kind`: the proxy's own address is of the same kind as the part's. */
export async function startWire(target: Address): Promise<Wire> {
  const state: State = {
    refusing: false,
    latencyMs: 0,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    flowing: Promise.resolve(),
    flow: () => undefined,
  }
  const watchers = new Set<Watcher>()
  const lines = new Set<Connection>()
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    near.on('error', () => undefined)
    if (state.refusing) return void breakOff(near)
    const line = new Connection({ near, target, state, watchers, over: () => lines.delete(line) })
    lines.add(line)
  })
  const listening = await listen(server, target)
  const lift = async () => {
    state.refusing = false
    state.latencyMs = 0
    state.bytesPerSecond = Number.POSITIVE_INFINITY
    state.flow()
    if (!server.listening) await listening.again()
  }
  return {
    address: listening.address,
    lines,
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    async refuse() {
      state.refusing = true
      for (const line of lines) line.reset()
      // A TCP port that is given up may be taken by another; a path is ours.
      if ('path' in target) await new Promise((resolve) => server.close(resolve))
    },
    stall() {
      const { promise, resolve } = Promise.withResolvers<void>()
      state.flowing = promise
      state.flow = resolve
    },
    slow({ latencyMs, bytesPerSecond }) {
      state.latencyMs = latencyMs
      state.bytesPerSecond = bytesPerSecond
    },
    lift,
    async close() {
      state.flow()
      for (const line of lines) line.reset()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
      await listening.remove()
    },
  }
}

interface Listening {
  readonly address: Address
  again(): Promise<void>
  remove(): Promise<void>
}

async function listen(server: Server, target: Address): Promise<Listening> {
  const at = async (where: { path: string } | { host: string; port: number }) => {
    server.listen(where)
    await once(server, 'listening')
  }
  if ('path' in target) {
    const folder = await mkdtemp(join(tmpdir(), 'wire-'))
    const path = join(folder, 'socket')
    await at({ path })
    return { address: { path }, again: () => at({ path }), remove: () => rm(folder, { recursive: true, force: true }) }
  }
  await at({ host: '127.0.0.1', port: 0 })
  const { port } = server.address() as { port: number }
  const address = { host: '127.0.0.1', port }
  return { address, again: () => at(address), remove: async () => undefined }
}

interface ConnectionOptions {
  readonly near: Socket
  readonly target: Address
  readonly state: State
  readonly watchers: ReadonlySet<Watcher>
  readonly over: () => void
}

class Connection implements Line {
  readonly #near: Socket
  readonly #far: Socket
  readonly #options: ConnectionOptions
  #silent = false
  #answer: 'kept' | 'asked' | 'lost' = 'kept'
  #left: Record<Direction, number> = { there: Number.POSITIVE_INFINITY, back: Number.POSITIVE_INFINITY }

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#near = options.near
    this.#far = connect({ ...options.target, allowHalfOpen: true })
    this.#near.on('error', () => breakOff(this.#far))
    this.#far.on('error', () => this.#silent || breakOff(this.#near))
    for (const socket of [this.#near, this.#far]) socket.once('close', () => this.#closed())
    this.#far.once('connect', () => {
      void this.#carry('there')
      void this.#carry('back')
    })
  }

  reset(): void {
    breakOff(this.#near)
    breakOff(this.#far)
  }

  silence(): void {
    this.#silent = true
    breakOff(this.#far)
  }

  loseAnswer(): void {
    this.#answer = 'asked'
  }

  cutAfter(direction: Direction, octets: number): void {
    this.#left[direction] = octets
  }

  async #carry(direction: Direction): Promise<void> {
    const [from, to] = direction === 'there' ? [this.#near, this.#far] : [this.#far, this.#near]
    try {
      for await (const bytes of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        // It still reads: the window of a peer that is gone stays open for a while.
        if (this.#silent) continue
        for (const watcher of this.#options.watchers) watcher({ bytes, line: this, direction })
        await this.#wait(bytes.length)
        if (this.#silent) continue
        if (this.#isLost(direction)) return
        const left = this.#left[direction]
        if (left < bytes.length) {
          to.write(bytes.subarray(0, left))
          return this.reset()
        }
        this.#left[direction] = left - bytes.length
        if (!to.write(bytes)) await once(to, 'drain')
      }
      to.end()
    } catch {
      if (!this.#silent) this.reset()
    }
  }

  /** The first thing said after `loseAnswer` goes through, the first thing answered to it does not. */
  #isLost(direction: Direction): boolean {
    if (direction === 'there' && this.#answer === 'asked') this.#answer = 'lost'
    else if (direction === 'back' && this.#answer === 'lost') {
      this.reset()
      return true
    }
    return false
  }

  async #wait(octets: number): Promise<void> {
    const { state } = this.#options
    await state.flowing
    const milliseconds = state.latencyMs + (octets / state.bytesPerSecond) * 1000
    if (milliseconds > 0) await sleep(milliseconds)
  }

  #closed(): void {
    if (this.#silent ? this.#near.destroyed : this.#near.destroyed && this.#far.destroyed) this.#options.over()
  }
}

/** With a reset where there is one, so that the other end hears of it at once. */
function breakOff(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.localPort === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
