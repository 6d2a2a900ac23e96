// Each state has its sentence, whoever reads it; what comes next is one act of who can do it.
import { describe, expect, it } from 'vitest'
import type { TransferView } from '#contract/transfers/view.ts'
import { transferActNames } from '#domain/transfers/decisions/act-names.ts'
import { endings, type TransferState, transferStates } from '#domain/transfers/states.ts'
import { type ApprovalReason, holdReasons } from '#domain/transfers/transfer.ts'
import type { AccountId, OrganisationId, TransferId } from '#domain/values.ts'
import { endedWords, holdWords, recallOutcomeWords } from '#words/en/endings.ts'
import { transferStateWords } from '#words/en/transfers.ts'
import type { Act } from './acts.ts'
import type { SignedVerdict } from './approval.ts'
import { type KnownParties, namesIn } from './names.ts'
import { presentTransfer } from './transfer.ts'

const council = 'c'.repeat(32) as OrganisationId
const police = 'd'.repeat(32) as OrganisationId
const [carol, olu] = ['1'.repeat(32), '2'.repeat(32)] as [AccountId, AccountId]
const at = '2026-12-06T09:00:00Z' as TransferView['createdAt']
const people: Readonly<Record<string, string>> = { [carol]: 'Carol', [olu]: 'Olu' }
const parties: KnownParties = {
  own: police,
  partyOf: (id) => ({ name: id === council ? 'Council' : 'Police' }),
  people: () => [],
  nameOf: (of) => (of.kind === 'person' ? (people[of.account] ?? null) : null),
}

type Delivery = TransferView['deliveries'][number]
const delivery: Delivery = {
  recipient: { kind: 'person', organisation: police, account: olu },
  state: 'waiting',
  takenBy: null,
  takenAt: null,
  collectedBy: null,
  collectedAt: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
}

function viewOf(some: Partial<TransferView>): TransferView {
  return {
    transfer: 'f'.repeat(32) as TransferId,
    sender: { account: carol, organisation: council },
    caseReference: 'ASB-17',
    marking: 'OFFICIAL',
    handlingInstruction: null,
    finding: null,
    state: 'released',
    deliveries: [delivery],
    held: null,
    recall: null,
    ended: null,
    destroyed: null,
    approvalFor: null,
    verdict: 'clean',
    files: [],
    releaseNotBefore: null,
    keptUntil: null,
    expiresAt: at,
    permitted: transferActNames,
    ...some,
  } as TransferView
}

/** Clean files, and by agreement and note somebody else is asked for. */
function askedFor(reason: ApprovalReason): SignedVerdict {
  return {
    ...{ verdict: 'clean', finding: null, document: { files: [] } },
    needs: { needs: 'approval', reason, over: null },
  }
}

interface Reading {
  readonly reader?: AccountId
  readonly verdict?: SignedVerdict | null
}

function show(some: Partial<TransferView>, { reader = olu, verdict = null }: Reading = {}) {
  const signed = { addenda: [], verdict, approval: null, receipts: [], destructions: [] }
  return presentTransfer({ view: viewOf(some), names: namesIn(parties, reader), ...signed })
}

describe('[present/transfer] where a transfer stands', () => {
  it.each(Object.keys(transferStates) as TransferState[])('%s is said in a sentence that names no command', (state) => {
    const { state: said, heading, from } = show({ state })
    expect(said).toBe(transferStateWords[state])
    expect([heading, from]).toEqual([`Transfer ${'f'.repeat(32)}, reference ASB-17`, 'From Carol, Council. OFFICIAL'])
    expect(said).not.toContain('safehand')
  })

  it.each(endings)('ended as %s, that is what is said', (as) => {
    expect(show({ state: 'destroyed', ended: { as, at } }).state).toBe(endedWords[as])
  })

  it.each(holdReasons)('held for %s, that is said, and why a second person is asked', (reason) => {
    const held = { reason, at, by: null, organisation: null, words: null }
    const asked = reason === 'unscannable' || reason === 'over-threshold'
    const shown = asked ? ({ state: 'awaiting-approval', held } as const) : ({ state: 'released', held } as const)
    const { state, because } = show(shown, { verdict: asked ? askedFor(reason) : null })
    expect(asked ? because : [state]).toEqual([holdWords[reason]])
  })

  it('recalled, whether anybody had fetched it comes before all else', () => {
    const recall = {
      by: carol,
      organisation: council,
      reason: 'Wrong file',
      outcome: 'fetched',
      destructions: [],
    } as const
    const { state, ending } = show({
      state: 'recalled',
      ended: { as: 'recalled', at },
      recall: { ...recall, destructions: [] },
    })
    expect(state).toBe(recallOutcomeWords.fetched)
    expect(ending).toEqual(['Recalled by Carol, 6 December 2026, 09:00 GMT: Wrong file'])
  })
})

describe('[present/transfer] what comes next', () => {
  const asked = { recipient: delivery.recipient, state: 'asked', due: at, by: null } as const
  const recalled = { by: carol, organisation: council, reason: 'x', outcome: 'fetched' } as const
  const cases: readonly [string, Partial<TransferView>, Act | null, Act | null][] = [
    ['draft', { state: 'draft' }, 'transfer.dispatch', 'transfer.dispatch'],
    [
      'lost scan key',
      { state: 'waiting-for-sender' },
      'transfer.request-scan-certificate',
      'transfer.request-scan-certificate',
    ],
    ['second person', { state: 'awaiting-approval' }, 'transfer.approve', 'transfer.approve'],
    ['first release', { state: 'scanning', releaseNotBefore: at }, 'transfer.recall', 'transfer.recall'],
    ['released', {}, null, 'transfer.fetch'],
    ['fetched', { deliveries: [{ ...delivery, state: 'fetched' }] }, null, 'transfer.acknowledge'],
    ['acknowledged', { deliveries: [{ ...delivery, state: 'acknowledged' }] }, null, null],
    ['held', { held: { reason: 'incident', at, by: null, organisation: null, words: null } }, null, null],
    [
      'recalled',
      { state: 'recalled', recall: { ...recalled, destructions: [asked] } },
      null,
      'transfer.state-destruction',
    ],
    [
      'destroyed',
      { state: 'destroyed', destroyed: { at, certificate: 'e' as never } },
      'transfer.destruction-certificate',
      'transfer.destruction-certificate',
    ],
  ]

  it.each(cases)('%s: its sender, its recipient', (_, some, sender, recipient) => {
    const shown = [carol, olu].map((reader) => show(some, { reader }).next)
    expect(shown).toEqual([sender, recipient].map((act) => (act === null ? [] : [act])))
  })

  it('is nothing that the service does not permit', () => {
    const states: readonly TransferState[] = ['awaiting-approval', 'released', 'draft']
    for (const state of states) expect(show({ state, permitted: [] }).next).toEqual([])
    const permitted = ['transfer.approve'] as const
    expect(show({ state: 'awaiting-approval', permitted: [...permitted] }).next).toEqual(permitted)
  })
})
