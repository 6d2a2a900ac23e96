// A client that costs as little as possible, so that what is measured is the server: one connection kept open, bytes
// sent from memory, replies read and thrown away.
import { Agent, request as httpRequest } from 'node:http'

export interface Wire {
  /** Resolves when the reply was read; throws unless its status is one of 2xx. */
  request(of: WireRequest): Promise<{ readonly headers: Readonly<Record<string, unknown>>; readonly received: number }>
  close(): void
}

export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export function openWire(): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    request: ({ method, url, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(url, {
          method,
          agent,
          headers: { ...headers, 'content-length': String(body?.length ?? 0) },
        })
        sent.once('error', reject)
        sent.once('response', (response) => {
          let received = 0
          response.on('data', (piece: Buffer) => {
            received += piece.length
          })
          response.once('error', reject)
          response.once('end', () => {
            const { statusCode = 0, headers: said } = response
            if (statusCode >= 200 && statusCode < 300) resolve({ headers: said, received })
            else reject(new Error(`${method} ${url} answered ${statusCode}`))
          })
        })
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}
