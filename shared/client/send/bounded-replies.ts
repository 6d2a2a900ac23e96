// What a service answers to an upload, bounded: tus-js-client keeps a reply whole, however long it is, and waits for ever for
// one that breaks off. Works on Node's requests; a browser gives none of its own, and bounds what a page may hold.
import { DefaultHttpStack, type HttpRequest, type HttpStack } from 'tus-js-client'

/** A refusal in words is far smaller. */
const mostOctets = 64 * 1024

/** As much of Node's request and response as is used. */
interface Asked {
  on(event: 'response', heard: (reply: Answer) => void): unknown
  destroy(): unknown
}
interface Answer {
  on(event: 'data', heard: (piece: Uint8Array) => void): unknown
  on(event: 'close' | 'end', heard: () => void): unknown
}

export function boundedReplies(): HttpStack {
  const stack = new DefaultHttpStack({})
  return {
    getName: () => stack.getName(),
    createRequest(method, url) {
      const request = stack.createRequest(method, url)
      const send = request.send.bind(request)
      request.send = (body) => {
        const sent = send(body)
        return Promise.race([sent, tooLong(request)])
      }
      return request
    },
  }
}

/** Never resolves; rejects for a reply that is too long, or ends before its end. */
function tooLong(request: HttpRequest): Promise<never> {
  const asked = request.getUnderlyingObject() as Partial<Asked> | null
  const { promise, reject } = Promise.withResolvers<never>()
  asked?.on?.('response', (reply) => {
    let octets = 0
    let ended = false
    reply.on('data', (piece) => {
      octets += piece.length
      if (octets <= mostOctets) return
      reject(new Error('the reply is larger than any that the service gives'))
      asked.destroy?.()
    })
    reply.on('end', () => {
      ended = true
    })
    reply.on('close', () => {
      if (!ended) reject(new Error('the reply broke off'))
    })
  })
  return promise
}
