// The hidden key of each form: drawn when the form is rendered, bound to the session it was rendered for. It shows that a post
// comes from a page of ours, and makes one act of what is sent twice (ARCHITECTURE.md#idempotency).
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { randomId } from '#platform/crypto.ts'

export interface FormKeys {
  draw(request: Request): string
  /** What was drawn; null when the key is not of this session. */
  read(request: Request, key: string): string | null
}

export function createFormKeys(secret: Uint8Array): FormKeys {
  const seal = (request: Request, drawn: string) =>
    createHmac('sha256', secret)
      .update(`safehand form ${request.user?.session ?? 'nobody'} ${drawn}`)
      .digest('hex')
  return {
    draw(request) {
      const drawn = randomId()
      return `${drawn}.${seal(request, drawn)}`
    },
    read(request, key) {
      const [drawn = '', sealed = ''] = key.split('.')
      const right = seal(request, drawn)
      const same = sealed.length === right.length && timingSafeEqual(Buffer.from(sealed), Buffer.from(right))
      return same ? drawn : null
    },
  }
}
