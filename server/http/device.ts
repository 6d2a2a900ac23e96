// A browser that signed in before: a cookie that says for whom, so that wrong tries from elsewhere never count against it.
// It opens nothing: without password and code it is worth a count of its own (OWASP: device cookies).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { CookieOptions, Request, Response } from 'express'
import { sha256Hex } from '#platform/crypto.ts'

export interface Devices {
  /** A digest that names this browser for this person; undefined: they never signed in here. */
  known(request: Request, email: string): string | undefined
  remember(response: Response, email: string): void
}

const rememberedDays = 180
const nonce = /^[0-9a-f]{32}$/

export function createDevices({ key, secure }: { readonly key: Uint8Array; readonly secure: boolean }): Devices {
  const options: CookieOptions = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: rememberedDays * 24 * 3600 * 1000,
  }
  // Several people sign in at one browser: a cookie each, whose name says nothing of whom.
  const nameOf = (email: string) => `${secure ? '__Host-' : ''}safehand-device-${digest(email).slice(0, 16)}`
  const seal = (email: string, drawn: string) =>
    createHmac('sha256', key)
      .update(`safehand device ${digest(email)} ${drawn}`)
      .digest('hex')
  return {
    known(request, email) {
      const [drawn = '', sealed = ''] = cookieOf(request, nameOf(email))?.split('.') ?? []
      const right = seal(email, drawn)
      const same = sealed.length === right.length && timingSafeEqual(Buffer.from(sealed), Buffer.from(right))
      return nonce.test(drawn) && same ? digest(drawn) : undefined
    },
    remember(response, email) {
      const drawn = randomBytes(16).toString('hex')
      response.cookie(nameOf(email), `${drawn}.${seal(email, drawn)}`, options)
    },
  }
}

const digest = (text: string) => sha256Hex(text.toLowerCase())

/** Of `name=value` pairs (RFC 6265 section 4.2.1); ours hold nothing that would be encoded. */
function cookieOf(request: Request, name: string): string | undefined {
  const pairs = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
