import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleAgreement } from '../../../tests/fixtures/agreement.ts'
import { addDays, addSeconds } from '../time.ts'
import type {
  AccountId,
  AgreementId,
  Day,
  Fingerprint,
  Instant,
  OrganisationId,
  Origin,
  Sha256Hex,
  TeamId,
} from '../values.ts'
import { type Agreement, agreement as agreementModel, type Flow } from '../agreements/agreement.ts'
import { contradictionIn } from '../agreements/consistency.ts'
import { decideCollect, decideTransfer } from './decide-transfer.ts'
import { identifierIn } from './identifiers.ts'
import type { Rostered, AgreementFacts, TransferRequest } from './facts.ts'

const at = '2026-11-22T09:00:00Z' as Instant
const council = '1'.repeat(32) as OrganisationId
const police = '2'.repeat(32) as OrganisationId
const stranger = '3'.repeat(32) as OrganisationId
const team = '4'.repeat(32) as TeamId
const root = (digit: string) => digit.repeat(40) as Fingerprint

const key = { from: at, until: addDays(at, 730) }
const agreement: Agreement = exampleAgreement({
  origin: 'test.safehand.invalid' as Origin,
  id: 'a'.repeat(32) as AgreementId,
  council: { organisation: council, name: 'Test Council', root: root('1') },
  police: { organisation: police, name: 'Test Police', root: root('2') },
  serviceKeys: {
    scanAuthority: [{ fingerprint: root('5'), ...key }],
    log: [{ publicKey: `${'A'.repeat(43)}=`, ...key }],
    promise: [{ publicKey: `${'B'.repeat(43)}=`, ...key }],
    housekeeper: [{ fingerprint: root('6'), ...key }],
  },
  at,
})

const carol = rostered({ account: 'c'.repeat(32), organisation: council })
const olu = rostered({ account: 'd'.repeat(32), organisation: police })
const siro = { ...rostered({ account: 'e'.repeat(32), organisation: police }), roles: ['siro'] } as const

function rostered(who: { account: string; organisation: OrganisationId }): Rostered {
  const account = who.account as AccountId
  return {
    ...who,
    account,
    encryptionSubkey: root('7'),
    keyExpiresAt: null,
    keyRevokedAt: null,
    roles: ['caseworker'],
    teams: [team],
  }
}

const facts: AgreementFacts = {
  agreement,
  hash: 'f'.repeat(64) as Sha256Hex,
  activatedAt: at,
  unsigned: [],
  sender: carol,
  rosters: [council, police].map((organisation) => ({ organisation, expires: addDays(at, 30) })),
  recipients: [{ recipient: { kind: 'person', organisation: police, account: olu.account }, members: [olu] }],
}

const request: TransferRequest = {
  flow: 'council-to-police',
  purpose: 'SAFEGUARD_CHILD',
  items: ['CCTV_FOOTAGE'],
  marking: 'OFFICIAL-SENSITIVE',
  handlingInstruction: 'Case team only',
  fileBytes: [1, 2000 * 1024 * 1024],
  draftedAt: at,
  expires: addDays(at, 14),
  caseReference: 'CR/2026/0117',
}

const withAgreement = (change: Partial<Agreement>) => ({ facts: { ...facts, agreement: { ...agreement, ...change } } })
const withFlow = (change: Partial<Flow>) =>
  withAgreement({ flows: agreement.flows.map((flow) => ({ ...flow, ...change })) })

const withRecipient = (change: Partial<Rostered>) => ({
  facts: { ...facts, recipients: facts.recipients.map((one) => ({ ...one, members: [{ ...olu, ...change }] })) },
})

const lee = { ...olu, account: 'e'.repeat(32) as AccountId }
const withTeam = (...members: readonly Rostered[]) => ({
  facts: { ...facts, recipients: facts.recipients.map((one) => ({ ...one, members })) },
})

type Change = { readonly facts?: AgreementFacts; readonly request?: TransferRequest; readonly at?: Instant }

/** Each refusal with every way to come to it, and the clause it names. */
const refused: readonly [code: string, clause: string | undefined, why: string, Change][] = [
  ['AGR_NOT_SIGNED', 'parties', 'a party has not signed', { facts: { ...facts, unsigned: [police] } }],
  ['AGR_NOT_SIGNED', 'parties', 'it is not active', { facts: { ...facts, activatedAt: null } }],
  ['AGR_NOT_SIGNED', 'effectiveFrom', 'it begins tomorrow', withAgreement({ effectiveFrom: '2026-11-23' as Day })],
  ['AGR_EXPIRED', 'expiresOn', 'it ended yesterday', withAgreement({ expiresOn: '2026-11-21' as Day })],
  ['AGR_REVIEW_OVERDUE', 'reviewOn', 'the review is overdue', withAgreement({ reviewOn: '2026-11-21' as Day })],
  ['ROLE_REQUIRED', undefined, 'the sender is in no roster', { facts: { ...facts, sender: null } }],
  [
    'ROLE_REQUIRED',
    undefined,
    'the sender is no caseworker',
    { facts: { ...facts, sender: { ...carol, roles: ['siro'] } } },
  ],
  ['FLOW_NOT_COVERED', 'flows', 'there is no such flow', { request: { ...request, flow: 'police-to-dwp' } }],
  [
    'FLOW_NOT_COVERED',
    'flows.police-to-council.from',
    'it is the other way',
    { request: { ...request, flow: 'police-to-council' } },
  ],
  [
    'KEY_REVOKED',
    undefined,
    'the sender revoked their key',
    { facts: { ...facts, sender: { ...carol, keyRevokedAt: at } } },
  ],
  ['KEY_REVOKED', undefined, 'a recipient revoked their key', withRecipient({ keyRevokedAt: at })],
  ['KEY_EXPIRED', undefined, 'a recipient’s key has expired', withRecipient({ keyExpiresAt: at })],
  [
    'KEY_EXPIRED',
    undefined,
    'every key of a team has',
    withTeam({ ...olu, keyExpiresAt: at }, { ...lee, keyExpiresAt: at }),
  ],
  [
    'KEY_EXPIRED',
    undefined,
    'all but who is no caseworker',
    withTeam({ ...olu, keyExpiresAt: at }, { ...lee, roles: ['siro'] }),
  ],
  ['KEY_EXPIRED', undefined, 'the sender’s has', { facts: { ...facts, sender: { ...carol, keyExpiresAt: at } } }],
  [
    'PURPOSE_NOT_COVERED',
    'flows.council-to-police.purposes',
    'of the purpose',
    { request: { ...request, purpose: 'FRAUD' } },
  ],
  [
    'ITEM_NOT_COVERED',
    'flows.council-to-police.items',
    'one item is not listed',
    { request: { ...request, items: ['CCTV_FOOTAGE', 'MEDICAL_HISTORY'] } },
  ],
  ['ITEM_NOT_COVERED', 'flows.council-to-police.items', 'no item is named', { request: { ...request, items: [] } }],
  [
    'MARKING_TOO_HIGH',
    'flows.council-to-police.maxMarking',
    'it is SECRET',
    { request: { ...request, marking: 'SECRET' } },
  ],
  [
    'MARKING_TOO_HIGH',
    'flows.council-to-police.maxMarking',
    'the flow is OFFICIAL only',
    withFlow({ maxMarking: 'OFFICIAL' }),
  ],
  [
    'HANDLING_REQUIRED',
    'flows.council-to-police.handlingInstruction',
    'no handling is stated',
    { request: { ...request, handlingInstruction: ' ' } },
  ],
  [
    'FILE_TYPE',
    'flows.council-to-police.fileTypes',
    'a file is of no type that is listed',
    { ...withFlow({ fileTypes: ['csv', 'pdf'] }), request: { ...request, fileTypes: ['csv', null, 'other'] } },
  ],
  [
    'ROSTER_EXPIRED',
    undefined,
    'the partner has no roster',
    { facts: { ...facts, rosters: facts.rosters.slice(0, 1) } },
  ],
  [
    'ROSTER_EXPIRED',
    undefined,
    'a roster has just expired',
    { facts: { ...facts, rosters: facts.rosters.map((one) => ({ ...one, expires: at })) } },
  ],
  ['RECIPIENT_NOT_LISTED', 'flows.council-to-police.to', 'nobody is named', { facts: { ...facts, recipients: [] } }],
  [
    'RECIPIENT_NOT_LISTED',
    'flows.council-to-police.to',
    'one is in no roster',
    {
      facts: {
        ...facts,
        recipients: [...facts.recipients, { recipient: { kind: 'team', organisation: police, team }, members: [] }],
      },
    },
  ],
  [
    'RECIPIENT_NOT_LISTED',
    'flows.council-to-police.to',
    'one is no caseworker',
    {
      facts: {
        ...facts,
        recipients: [{ recipient: { kind: 'person', organisation: police, account: siro.account }, members: [siro] }],
      },
    },
  ],
  [
    'RECIPIENT_NOT_LISTED',
    'flows.council-to-police.to',
    'one is elsewhere',
    {
      facts: {
        ...facts,
        recipients: [
          {
            recipient: { kind: 'person', organisation: stranger, account: olu.account },
            members: [{ ...olu, organisation: stranger }],
          },
        ],
      },
    },
  ],
  [
    'RECIPIENT_NOT_LISTED',
    'flows.council-to-police.to',
    'a member is elsewhere',
    {
      facts: {
        ...facts,
        recipients: [
          {
            recipient: { kind: 'team', organisation: police, team },
            members: [olu, { ...olu, organisation: stranger }],
          },
        ],
      },
    },
  ],
  [
    'TOO_MANY_FILES',
    'flows.council-to-police.maxFiles',
    'there are 21 files',
    { request: { ...request, fileBytes: Array(21).fill(1) } },
  ],
  ['FILE_EMPTY', undefined, 'a file is empty', { request: { ...request, fileBytes: [1, 0] } }],
  [
    'FILE_TOO_BIG',
    'flows.council-to-police.maxFileBytes',
    'a file is a byte too big',
    { request: { ...request, fileBytes: [1, 2000 * 1024 * 1024 + 1] } },
  ],
  [
    'FILE_TOO_BIG',
    'flows.council-to-police.maxFileBytes',
    'a size is no number',
    { request: { ...request, fileBytes: [Number.NaN] } },
  ],
  [
    'EXPIRY_TOO_LATE',
    'flows.council-to-police.maxDays',
    'it lives a second too long',
    { request: { ...request, expires: addSeconds(addDays(at, 14), 1) } },
  ],
  ['TRANSFER_EXPIRED', undefined, 'its time is over', { at: request.expires }],
  [
    'IDENTIFIER_IN_TEXT',
    undefined,
    'the reference is a National Insurance number',
    { request: { ...request, caseReference: 'for QQ 12 34 56 C' } },
  ],
  [
    'IDENTIFIER_IN_TEXT',
    undefined,
    'the reference is an NHS number',
    { request: { ...request, caseReference: 'NHS 943 476 5919' } },
  ],
]

const decide = (change: Change) => decideTransfer(change.facts ?? facts, change.request ?? request, change.at ?? at)

describe('decideTransfer', () => {
  it('[agreement/policy] permits what the agreement covers, up to its limits', () => {
    expect(agreementModel.parse(agreement)).toEqual(agreement)
    expect(contradictionIn(agreement)).toBeNull()
    expect(decide({})).toEqual({ permitted: true })
    expect(decide({ request: { ...request, marking: 'OFFICIAL', handlingInstruction: null } })).toEqual({
      permitted: true,
    })
  })

  it('[team/left-out] permits a team in which one can open it, whoever cannot', () => {
    expect(decide(withTeam({ ...olu, keyExpiresAt: at }, lee))).toEqual({ permitted: true })
  })

  it('[agreement/policy] permits on the last day in London, and not on the day after', () => {
    const lastDay = withAgreement({ expiresOn: '2026-11-22' as Day, reviewOn: '2026-11-22' as Day })
    expect(decide({ ...lastDay, at: '2026-11-22T23:59:59Z' as Instant })).toEqual({ permitted: true })
    expect(decide({ ...lastDay, at: '2026-11-23T00:00:00Z' as Instant })).toMatchObject({
      refusal: { code: 'AGR_EXPIRED', detail: { on: '2026-11-22' } },
    })
  })

  it('[agreement/policy] sends to a team when one of its members is a caseworker', () => {
    const recipient = { kind: 'team', organisation: police, team } as const
    expect(decide({ facts: { ...facts, recipients: [{ recipient, members: [siro, olu] }] } })).toEqual({
      permitted: true,
    })
  })

  for (const [code, clause, why, change] of refused) {
    it(`[agreement/policy] refuses with ${code} when ${why}`, () => {
      const decision = decide(change)
      expect(decision).toMatchObject({ permitted: false, refusal: { code } })
      if (!decision.permitted) expect(decision.refusal.clause).toBe(clause)
    })
  }

  it('[agreement/policy] never permits because one more thing is wrong', () => {
    const two = fc.tuple(fc.constantFrom(...refused), fc.constantFrom(...refused))
    fc.assert(
      fc.property(two, ([[, , , one], [, , , other]]) => {
        const both = {
          facts: worse(facts, one.facts, other.facts),
          request: worse(request, one.request, other.request),
          at: one.at ?? other.at ?? at,
        }
        expect(decide(both).permitted).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('[agreement/policy] refuses whatever lies outside the flow', () => {
    const outside = fc
      .record({
        flow: fc.string(),
        purpose: fc.string(),
        items: fc.array(fc.string(), { maxLength: 4 }),
        fileBytes: fc.array(fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }), { maxLength: 30 }),
        days: fc.integer({ min: 0, max: 90 }),
      })
      .map(({ days, ...asked }) => ({ ...request, ...asked, expires: addDays(at, days) }))
      .filter((asked) => !isInside(asked))
    fc.assert(
      fc.property(outside, (asked) => {
        expect(decide({ request: asked }).permitted).toBe(false)
      }),
    )
  })
})

/** Written apart from the policy, so that the two can disagree. */
function isInside({ flow: code, purpose, items, fileBytes, expires }: TransferRequest): boolean {
  const flow = agreement.flows.find((one) => one.code === code && one.from === council)
  if (!flow || !(flow.purposes as string[]).includes(purpose)) return false
  if (items.length === 0 || !new Set(items).isSubsetOf(new Set(flow.items))) return false
  if (fileBytes.includes(0) || fileBytes.length > flow.maxFiles || Math.max(0, ...fileBytes) > flow.maxFileBytes)
    return false
  return expires > at && expires <= addDays(at, flow.maxDays)
}

/** Takes over every field that one of the changes made worse. */
function worse<T extends object>(base: T, ...changes: (T | undefined)[]): T {
  const worsened = changes
    .flatMap((change) => Object.entries(change ?? {}))
    .filter(([name, value]) => base[name as keyof T] !== value)
  return { ...base, ...Object.fromEntries(worsened) }
}

describe('identifierIn', () => {
  it('[agreement/policy] finds numbers of persons and leaves case numbers alone', () => {
    expect(identifierIn('AB123456C')).toBe('National Insurance number')
    expect(identifierIn('ref ab 12 34 56 d.')).toBe('National Insurance number')
    expect(identifierIn('9434765919')).toBe('NHS number')
    expect(identifierIn('943-476-5919')).toBe('NHS number')
    for (const text of ['9434765918', 'CR/2026/0117', '12345678901', 'XAB123456C', 'AB123456E', '']) {
      expect(identifierIn(text), text).toBeNull()
    }
  })
})

describe('decideCollect', () => {
  it('[agreement/policy] lets a caseworker collect after the agreement ended, until the transfer expires', () => {
    expect(decideCollect({ reader: olu, expiresAt: addSeconds(at, 1) }, at)).toEqual({ permitted: true })
    expect(decideCollect({ reader: olu, expiresAt: at }, at)).toMatchObject({ refusal: { code: 'TRANSFER_EXPIRED' } })
    expect(decideCollect({ reader: siro, expiresAt: addDays(at, 1) }, at)).toMatchObject({
      refusal: { code: 'ROLE_REQUIRED' },
    })
    expect(decideCollect({ reader: null, expiresAt: addDays(at, 1) }, at)).toMatchObject({
      refusal: { code: 'ROLE_REQUIRED' },
    })
  })
})
