// Every person in every situation asks for every act. What each is told stands in WHO-MAY-WHAT.md, which the test of the
// whole page compares with the decisions; here: what is permitted is done, and what is refused is refused for the same reason.
import { describe, expect, it } from 'vitest'
import { agreementFactsFor } from '../../../tests/fixtures/who-may-what/agreement.ts'
import { now, people } from '../../../tests/fixtures/who-may-what/people.ts'
import { type Cell, cells, note, transferId } from '../../../tests/fixtures/who-may-what/transfers.ts'
import type { AgreementFacts } from '../policy/facts.ts'
import { permitted, transferActs } from './decisions/permitted.ts'

const all = cells()
const words = new Uint8Array()
const signed = { bytes: words, signature: words }
const envelope = {
  pkesk: words,
  objectKey: 'key',
  length: 100,
  etag: '""',
  range: { start: 0, end: 100 },
  intact: true,
}
const rest = {
  ...{ origin: 'test.invalid', signatureRefusal: null, closedTo: null, caseReferenceHash: null, opensProfile: true },
  ...{ officers: [], holders: [], envelope, envelopes: [envelope, envelope], addenda: [] },
}

/** Acts whose document is given unreadable. */
const refusedByInput: Readonly<Record<string, string>> = {
  'transfer.dispatch': 'DOCUMENT_INVALID',
  'transfer.add-recipient': 'DOCUMENT_INVALID',
}

function givenFor({ act, standing }: Cell) {
  const { signer } = standing
  const about = { origin: 'test.invalid', transfer: transferId, note, verdict: note, at: now, ...signer }
  const what = act === 'transfer.approve' ? 'release-over-threshold' : { outcome: 'destroyed' }
  const document =
    act in refusedByInput ? { ok: false, reason: 'unreadable' } : { ok: true, value: { ...about, what, scanned: true } }
  const asked = { transfer: transferId, file: 'manifest', words: 'Words', reason: 'incident', problem: 'cannot-open' }
  return { ...asked, from: null, files: [], fileBytes: [], keys: [], hash: note, signed, document }
}

function execute(cell: Cell): string | null {
  const decide = transferActs[cell.act] as (facts: object, given: object, at: typeof now) => object
  const agreementFacts = agreementFactsFor(people.sender!, cell.standing.agreementFacts as AgreementFacts)
  const decided = decide({ ...cell.standing, ...rest, agreementFacts }, givenFor(cell), now)
  return 'refusal' in decided ? (decided.refusal as { code: string }).code : null
}

describe('[house/who-may-what] who may do what with a transfer', () => {
  it('[transfer/permitted] is answered alike when it is asked and when it is done', () => {
    const unlike = all.flatMap((cell) => {
      const { act, who, situation, code } = cell
      const done = execute(cell)
      return done === (code ?? refusedByInput[act] ?? null) ? [] : [`${act}, ${who}, ${situation}: ${code}, ${done}`]
    })
    expect(unlike).toEqual([])
  })

  it('[transfer/permitted] names what is permitted, and nothing else', () => {
    for (const { who, situation, standing } of all.filter(({ act }) => act === 'transfer.recall')) {
      const allowed = all.filter((cell) => cell.who === who && cell.situation === situation && cell.code === null)
      expect(permitted(standing, now)).toEqual(allowed.map(({ act }) => act))
    }
  })

  it('[transfer/permitted] has somebody who may and somebody who may not, for each act', () => {
    for (const act of Object.keys(transferActs)) {
      const codes = all.filter((cell) => cell.act === act).map(({ code }) => code)
      expect([act, codes.includes(null), codes.some((code) => code !== null)]).toEqual([act, true, true])
    }
  })

  it('[transfer/strangers] is not even told to a stranger', () => {
    const codes = all.filter(({ who }) => who === 'stranger').map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(['NOT_FOUND']))
  })
})
