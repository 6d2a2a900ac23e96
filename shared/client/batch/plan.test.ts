// A list is checked where no file system and no CSV is: cells in, what can be sent and what is wrong out. A page does it so.
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '#domain/values.ts'
import { anchorOf, holderOf, makeWorld } from '../../../tests/fixtures/documents.ts'
import { agreementToAsk } from '../trust/ask-agreement.ts'
import { ownPerson } from '../trust/sender.ts'
import { verifyAgreement } from '../trust/verify-agreement.ts'
import type { FoundFile } from './found-file.ts'
import { type Planning, planTransfers } from './plan.ts'
import { readCells, type RowDefaults } from './rows.ts'

let planning: Planning
let defaults: RowDefaults

beforeAll(async () => {
  const { council, police, documents, at, ...world } = await makeWorld()
  const agreement = await verifyAgreement(anchorOf(council), documents, at)
  const person = ownPerson(agreement, holderOf(council, 'caseworker').account)!
  const [flow] = world.agreement.value.flows.filter(({ from }) => from === council.id)
  defaults = {
    to: [holderOf(police, 'caseworker').email],
    purpose: flow!.purposes[0]!,
    items: flow!.items,
    flow: flow!.code,
  }
  planning = {
    agreement,
    person,
    at,
    seeFileType: () => Promise.reject(new Error('a plan under a flow that lists no types sees none')),
    ask: agreementToAsk({ agreement, person, activatedAt: at }),
    ledger: { find: () => null, sentWith: () => null },
    folder: 'the files that were chosen',
    findFile: async (name) => chosen[name] ?? { ok: false, code: 'FILE_MISSING' },
  }
})

const chosen = Object.fromEntries(['a.pdf', 'b.pdf'].map((name, index) => [name, fileCalled(name, index)]))

function fileCalled(name: string, index: number): FoundFile {
  const file = { name, size: 10 + index, mediaType: 'application/pdf', place: name, modified: 0 }
  return {
    ok: true,
    sha256: sha256Hex.parse(String(index).repeat(64)),
    file: { ...file, open: () => Promise.reject(new Error('a plan opens no file')) } as never,
  }
}

const plan = (cells: readonly (readonly string[])[]) => planTransfers(planning, readCells(cells, defaults).rows)

describe('[batch/rows] a list as cells', () => {
  it('becomes requests under the verified agreement, rows of one transfer as one', async () => {
    const { transfers, problems, refusal } = await plan([
      ['file', 'case-reference', 'transfer'],
      ['a.pdf', 'NT-1', 'both'],
      ['b.pdf', 'NT-1', 'both'],
    ])
    expect([problems, refusal, transfers.length]).toEqual([[], null, 1])
    const { request, rows, identity } = transfers[0]!
    expect([identity, rows.map(({ row }) => row), request.files.map(({ name }) => name)]).toEqual([
      'transfer:both',
      [2, 3],
      ['a.pdf', 'b.pdf'],
    ])
    expect(request.caseReference).toBe('NT-1')
    expect(request.recipients).toHaveLength(1)
  })

  it('is told what is wrong by row and column, and the others can be sent', async () => {
    const { transfers, problems } = await plan([
      ['file', 'to'],
      ['gone.pdf', ''],
      ['a.pdf', 'nobody@police.example'],
      ['b.pdf', ''],
    ])
    expect(problems.map(({ row, column, code }) => [row, column, code])).toEqual([
      [2, 'file', 'FILE_MISSING'],
      [3, 'to', 'RECIPIENT_UNKNOWN'],
    ])
    expect(transfers.map(({ rows }) => rows[0]?.row)).toEqual([4])
  })
})
