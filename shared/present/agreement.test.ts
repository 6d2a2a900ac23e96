// Each standing of an agreement has its sentence; what one's organisation may send stands apart from what it is sent; what
// comes next is an act that is permitted.
import { describe, expect, it } from 'vitest'
import { agreementActNames } from '#domain/agreements/act-names.ts'
import { addDays } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { agreement, agreementHash } from '../../tests/fixtures/who-may-what/agreement.ts'
import { before, council, idOf, now, police } from '../../tests/fixtures/who-may-what/people.ts'
import { presentAgreement, presentAgreementText } from './agreement.ts'
import { agreementRows } from './lists.ts'

const text = { agreement, hash: agreementHash, own: council }
const whole = { ...text, missing: null, activatedAt: before as Instant | null, permitted: agreementActNames, now }
const [toPolice, toCouncil] = [
  { from: council, to: police },
  { from: police, to: council },
].map((ends) => agreement.flows.filter(({ from, to }) => from === ends.from && to === ends.to).map(({ code }) => code))
const codesOf = (flows: readonly { readonly heading: string }[]) => flows.map(({ heading }) => heading.split(':')[0])

describe('[present/agreement] what a person sees of an agreement', () => {
  it.each([
    ['in force', {}, 'Signed by every party, and in force.', []],
    ['that one has not signed', { missing: 'Test Police' }, 'Not signed by every party yet: Test Police.', 1],
    ['signed', { activatedAt: null }, 'Signed by every party. The service has not put it in force yet.', []],
    ['before it begins', { now: addDays(before, -2) }, /^Signed by every party\. It begins on \d+ \w+ \d{4}\.$/, []],
    ['after its review', { now: addDays(before, 200) }, /Its review was due on .* nothing more is sent/, []],
    ['after its end', { now: addDays(before, 370) }, /^It ended on .* nothing more is sent by it\./, []],
  ] as const)('%s: where it stands, in a sentence', (_, change, state, because) => {
    const picture = presentAgreement({ ...whole, ...change })
    if (typeof state === 'string') expect(picture.state).toBe(state)
    else expect(picture.state).toMatch(state)
    expect(picture.because).toHaveLength(because === 1 ? 1 : 0)
  })

  it('what one’s organisation may send, is sent, and what others send each other, each apart', () => {
    const { sends, receives, others } = presentAgreementText(text)
    expect([codesOf(sends), codesOf(receives), others]).toEqual([toPolice, toCouncil, []])
    const elsewhere = presentAgreementText({ ...text, own: idOf('e0') })
    expect([elsewhere.sends, elsewhere.receives, codesOf(elsewhere.others)]).toEqual([
      [],
      [],
      agreement.flows.map(({ code }) => code),
    ])
    expect(sends[0]?.heading).toContain('Test Council to Test Police')
    expect(sends[0]?.terms[0]).toContain('one transfer: at most')
  })

  it('every root and key of the service, in full', () => {
    const { parties, serviceKeys } = presentAgreementText(text)
    const spoken = [...parties, ...serviceKeys].map(({ value }) => value.replaceAll(' ', '').toLowerCase())
    for (const { root } of agreement.parties) expect(spoken).toContain(root)
    for (const { fingerprint } of agreement.serviceKeys.housekeeper) expect(spoken).toContain(fingerprint)
    expect(serviceKeys).toHaveLength(Object.values(agreement.serviceKeys).flat().length)
  })

  it('what comes next, as far as it is permitted; to bring a next version is nobody’s next step', () => {
    expect(presentAgreement(whole).next).toEqual(['agreements.sign', 'transfer.draft'])
    expect(presentAgreement({ ...whole, permitted: ['agreements.import', 'transfer.draft'] }).next).toEqual([
      'transfer.draft',
    ])
  })

  it('in a list, by the same standing', () => {
    const parties = agreement.parties.map((party) => ({ ...party, signed: true }))
    const row = { ...agreement, activatedAt: before as Instant | null, parties }
    const stands = (change: object, at = now) => agreementRows([{ ...row, ...change }], at)[0]?.[3]
    expect([
      stands({}),
      stands({ activatedAt: null }),
      stands({ parties: parties.map((party, index) => ({ ...party, signed: index === 0 })) }),
      stands({}, addDays(before, 200)),
      stands({}, addDays(before, 370)),
    ]).toEqual(['in force', 'signed', 'signed by 1 of 2', 'review overdue', 'ended'])
  })
})
