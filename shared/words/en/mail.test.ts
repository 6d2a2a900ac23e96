import { describe, expect, it } from 'vitest'
import type { Instant, TransferId } from '#domain/values.ts'
import { dateInWords } from './dates.ts'
import { accountMailWords, mailWords } from './mail.ts'

const facts = {
  transfer: '0123456789abcdef0123456789abcdef' as TransferId,
  collectBy: '2026-12-06T09:00:00Z' as Instant,
  destroyBy: '2026-12-13T09:00:00Z' as Instant,
  url: 'https://safehand.example',
}

describe('mail', () => {
  it('says a date as people do', () => {
    expect(dateInWords('2026-12-06T09:05:00Z' as Instant)).toBe('6 December 2026, 09:05 GMT')
    expect(dateInWords('2027-01-31T23:59:59Z' as Instant)).toBe('31 January 2027, 23:59 GMT')
  })

  it('[mail/words] says by when to collect, where, and which transfer', () => {
    const { subject, text } = mailWords['transfer-waiting'](facts)
    expect(subject).toBe('Files are waiting for you')
    for (const part of ['6 December 2026, 09:00 GMT', facts.url, facts.transfer]) expect(text).toContain(part)
  })

  it.each(Object.entries(mailWords))('names the transfer by its id in %s, and asks for no secret', (_, words) => {
    const { subject, text } = words(facts)
    expect(subject).not.toContain(facts.transfer)
    expect(text).toContain(facts.transfer)
    expect(text).toContain('never asks for a password')
  })

  it.each(Object.entries(accountMailWords))(
    '[mail/words] has no link that signs in, and no code, in %s',
    (_, words) => {
      const { subject, text } = words(facts)
      expect(subject).toMatch(/^[A-Z].{10,70}$/)
      expect(text).toContain('never asks for a password')
      expect(text.match(/https?:\/\/\S+/g)).toEqual([facts.url])
      expect(text).not.toContain(facts.transfer)
    },
  )
})
