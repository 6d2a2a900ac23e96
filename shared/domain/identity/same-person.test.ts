import { describe, expect, it } from 'vitest'
import { isSamePerson, type Named } from './same-person.ts'

const asha: Named = { account: 'a1', name: 'Asha Patel', email: 'asha.patel@northtown.example' }

describe('[approval/two-people] two accounts', () => {
  it.each([
    ['the same account', { ...asha }],
    ['the same name', { account: 'b2', name: 'asha  patel', email: 'other@northtown.example' }],
    [
      'the same name in another order and with accents',
      { account: 'b2', name: 'Pátel, Asha', email: 'x@northtown.example' },
    ],
    ['the same mailbox', { account: 'b2', name: 'A. P.', email: 'Asha.Patel+approvals@northtown.example' }],
  ])('are one person by %s', (_, other) => {
    expect(isSamePerson(asha, other)).toBe(true)
  })

  it('are two people by other names and mailboxes', () => {
    expect(isSamePerson(asha, { account: 'b2', name: 'Morgan Reed', email: 'morgan.reed@northtown.example' })).toBe(
      false,
    )
  })
})
