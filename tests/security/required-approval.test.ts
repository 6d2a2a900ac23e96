// A proxy, or the service itself, hides that nobody let files go which the signed agreement puts before a second person: it drops
// the approval, and the reason for it, or shows another one. The recipient's client computes from agreement, note and verdict
// whether there has to be one (ARCHITECTURE.md#approval), and opens nothing without it.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TransferView } from '#contract/transfers/view.ts'
import { type Judged, type Name, other, startJudged, type Told } from '../fixtures/rewriting-proxy.ts'

let judged: Judged
beforeAll(async () => {
  judged = await startJudged(inject('services'))
})
afterAll(() => judged?.stop())

describe('[approval/required] what a second person has to let go', () => {
  const people = () => ({ ana: judged.ana.person, carol: judged.running.carol.person, olu: judged.running.olu.person })
  const attempts: readonly (readonly [string, Name, Told])[] = [
    ['no approval of what was not scanned', 'locked', () => ({ approval: null })],
    ['none, of what is said to be clean', 'locked', () => ({ approval: null, verdict: 'clean', finding: null })],
    ['no approval of what is over the threshold', 'many', () => ({ approval: null })],
    ['none, of what is said to be under it', 'many', () => ({ approval: null, approvalFor: null, held: null })],
    ['the approval of another transfer', 'locked', () => ({ approval: judged.truthOf('many').approval })],
    ['one by the sender', 'locked', async () => ({ approval: await judged.approvedBy('locked', people().carol) })],
    ['one by the recipient', 'locked', async () => ({ approval: await judged.approvedBy('locked', people().olu) })],
    [
      'one of another note',
      'locked',
      async () => ({ approval: await judged.approvedBy('locked', people().ana, { note: other }) }),
    ],
    [
      'one of another verdict',
      'locked',
      async () => ({ approval: await judged.approvedBy('locked', people().ana, { verdict: other }) }),
    ],
    [
      'one for its size, of what was not scanned',
      'locked',
      async () => ({ approval: await judged.approvedBy('locked', people().ana, { what: 'release-over-threshold' }) }),
    ],
    [
      'one that sends it back',
      'many',
      async () => ({ approval: await judged.approvedBy('many', people().ana, { what: 'send-back' }) }),
    ],
    [
      'one that sends back what nobody had to let go',
      'clean',
      async () => ({ approval: await judged.approvedBy('clean', people().ana, { what: 'send-back' }) }),
    ],
  ]
  it.each(attempts)('[approval/required] %s (%s): nothing is opened', async (_, name, told) => {
    await expect(judged.collect(name, told)).rejects.toMatchObject({ code: 'TRUST_APPROVAL' })
  })

  it('[approval/required] is not asked for by the sizes that a service claims, but by those the scanner signed', async () => {
    const files = (view: TransferView) => view.files.map((file) => ({ ...file, typeSeen: 'text' }))
    expect(await judged.collect('many', (view) => ({ records: view.records, files: files(view) }))).toContain(
      'Ana Approver',
    )
  })
})
