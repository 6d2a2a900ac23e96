// Every field of what a service tells of a transfer, told otherwise: where a signed document says it too, nothing of it is shown;
// what no document says is the service's word, and stands as such in server/THREAT-MODEL.md.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Fetch } from '#client/api.ts'
import { acknowledge } from '#client/collect/acknowledge.ts'
import { readSigned } from '#client/transfers/read-signed.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { type TransferView, viewOperations } from '#contract/transfers/view.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { receiptWords, notScannedWords } from '#words/en/transfers.ts'
import { trustWords } from '#words/en/trust.ts'
import { lie, lyingServer } from '../fixtures/lying-server.ts'
import { enterLine, type MemberLine } from '../fixtures/member-line.ts'
import { type Judged, other, startJudged, type Told } from '../fixtures/rewriting-proxy.ts'

let judged: Judged
const now = () => systemClock.now() as Instant
beforeAll(async () => {
  judged = await startJudged(inject('services'))
})
afterAll(() => judged?.stop())

describe('[transfer/as-signed] everything else that is told of a transfer', () => {
  /** Olu acknowledges the clean one, and everything of it is signed. */
  beforeAll(async () => {
    const { api, agreement, look } = await judged.lookThrough('clean', () => ({}))
    await judged.collect('clean', () => ({}))
    const { person: reader } = judged.running.olu
    const person = ownPerson(agreement, reader.account)!
    const key = unlockedKey(reader.key.privateKey)
    const [note, { verdict }] = [await look.note(), await look.released()]
    await acknowledge({ api, agreement, person, key, note, verdict, now })
    await judged.readTruth('clean')
  })

  const ghost = { kind: 'person', organisation: 'c'.repeat(32), account: 'd'.repeat(32) } as const
  const service = "the service's word"
  /** Each field of a view: told otherwise, and what a client says to it. What no document says is the service's word. */
  const fields: Readonly<Record<keyof TransferView, readonly (readonly [Told, string])[]>> = {
    transfer: [[() => ({ transfer: judged.idOf('many') }), 'TRUST_NOTE']],
    agreement: [
      [({ agreement }) => ({ agreement: { ...agreement, hash: other } }), 'TRUST_NOTE'],
      [({ agreement }) => ({ agreement: { ...agreement, version: 2 } }), 'TRUST_NOTE'],
    ],
    flow: [[() => ({ flow: 'many-to-police' }), 'TRUST_NOTE']],
    purpose: [[() => ({ purpose: 'SAFEGUARD_CHILD' }), 'TRUST_NOTE']],
    items: [[() => ({ items: ['CONTACT_DETAILS'] }), 'TRUST_NOTE']],
    marking: [[() => ({ marking: 'OFFICIAL-SENSITIVE' }), 'TRUST_NOTE']],
    handlingInstruction: [[() => ({ handlingInstruction: 'Share freely' }), 'TRUST_NOTE']],
    caseReference: [
      [() => ({ caseReference: 'ASB-2026-18' }), 'TRUST_NOTE'],
      [() => ({ caseReference: null }), 'TRUST_NOTE'],
    ],
    records: [[() => ({ records: 7 }), 'TRUST_NOTE']],
    sender: [[({ sender }) => ({ sender: { ...sender, account: judged.ana.person.account } }), 'TRUST_NOTE']],
    expiresAt: [
      [({ expiresAt }) => ({ expiresAt: addSeconds(expiresAt, -1) }), 'TRUST_NOTE'],
      // A hold gives back time, and no document says so.
      [({ expiresAt }) => ({ expiresAt: addSeconds(expiresAt, 1) }), service],
    ],
    files: [
      [({ files: [one, ...rest] }) => ({ files: [{ ...one!, length: 1 }, ...rest] }), 'TRUST_NOTE'],
      [({ files: [one, ...rest] }) => ({ files: [{ ...one!, bodyDigest: other }, ...rest] }), 'TRUST_NOTE'],
      [(view) => ({ files: view.files.slice(1) }), 'TRUST_NOTE'],
      // For programs that verify nothing: a client reads it of the verdict.
      [
        ({ files: [one, ...rest] }) => ({ files: [{ ...one!, typeSeen: 'zip', fileTypes: ['rar'] }, ...rest] }),
        service,
      ],
    ],
    deliveries: [
      [() => ({ deliveries: [] }), 'TRUST_NOTE'],
      [
        ({ deliveries }) => ({ deliveries: [...deliveries, { ...deliveries[0]!, recipient: ghost as never }] }),
        'TRUST_ADDENDUM',
      ],
      [
        ({ deliveries }) => ({
          deliveries: deliveries.map((one) => ({ ...one, state: 'fetched', acknowledgedBy: null })),
        }),
        'TRUST_RECEIPT',
      ],
      [
        ({ deliveries }) => ({
          deliveries: deliveries.map((one) => ({ ...one, acknowledgedBy: judged.ana.person.account })),
        }),
        'TRUST_RECEIPT',
      ],
      [
        ({ deliveries }) => ({
          deliveries: deliveries.map((one) => ({ ...one, collectedBy: judged.ana.person.account })),
        }),
        service,
      ],
    ],
    note: [
      [() => ({ note: judged.truthOf('many').note }), 'TRUST_NOTE'],
      [() => ({ note: null }), 'TRUST_NOTE'],
      [() => ({ note: null, signedVerdict: null, approval: null, receipts: [], releasedAt: null }), 'TRUST_NOTE'],
      [() => ({ note: null, state: 'abandoned' }), 'TRUST_NOTE'],
      [() => ({ note: null, dispatchedAt: null, state: 'expired' }), 'TRUST_NOTE'],
    ],
    signedVerdict: [
      [() => ({ signedVerdict: null }), 'TRUST_VERDICT'],
      [() => ({ signedVerdict: null, state: 'recalled', receipts: [] }), 'TRUST_VERDICT'],
    ],
    approval: [[() => ({ approval: judged.truthOf('many').approval }), 'TRUST_APPROVAL']],
    addenda: [[({ receipts }) => ({ addenda: receipts }), 'TRUST_ADDENDUM']],
    receipts: [
      [({ note }) => ({ receipts: [note!] }), 'TRUST_RECEIPT'],
      // Then it is shown as acknowledged without a signature.
      [() => ({ receipts: [] }), service],
    ],
    destructionStatements: [[({ receipts }) => ({ destructionStatements: receipts }), 'TRUST_DESTRUCTION']],
    recall: [
      [() => ({ recall: recalled('before-first-fetch') }), 'TRUST_RECEIPT'],
      [() => ({ recall: recalled('fetched', 'confirmed') }), 'TRUST_DESTRUCTION'],
      [() => ({ recall: recalled('fetched', 'kept-by-law') }), 'TRUST_DESTRUCTION'],
      [() => ({ recall: recalled('fetched', 'asked') }), service],
    ],
    state: [
      [() => ({ state: 'expired' }), 'TRUST_NOTE'],
      [() => ({ state: 'abandoned' }), 'TRUST_NOTE'],
      [() => ({ state: 'draft' }), 'TRUST_NOTE'],
      [() => ({ state: 'rejected' }), 'TRUST_RECEIPT'],
      [() => ({ state: 'destroyed' }), 'TRUST_DESTRUCTION'],
      [() => ({ state: 'scanning' }), service],
    ],
    createdAt: [[({ createdAt }) => ({ createdAt: addSeconds(createdAt, 1) }), service]],
    dispatchedAt: [[() => ({ dispatchedAt: null }), service]],
    releasedAt: [[() => ({ releasedAt: null }), service]],
    releaseNotBefore: [[({ createdAt }) => ({ releaseNotBefore: createdAt }), service]],
    keptUntil: [[({ createdAt }) => ({ keptUntil: createdAt }), service]],
    verdict: [[() => ({ verdict: 'infected' }), service]],
    finding: [[() => ({ finding: 'Made.Up' }), service]],
    approvalFor: [[() => ({ approvalFor: 'bytes' }), service]],
    held: [
      [({ createdAt: at }) => ({ held: { reason: 'legal', at, by: null, organisation: null, words: null } }), service],
    ],
    ended: [
      [({ createdAt: at }) => ({ ended: { as: 'expired', at } }), 'TRUST_NOTE'],
      [({ createdAt: at }) => ({ ended: { as: 'abandoned', at } }), 'TRUST_NOTE'],
      [({ createdAt: at }) => ({ ended: { as: 'rejected', at } }), 'TRUST_RECEIPT'],
      [({ createdAt: at }) => ({ ended: { as: 'acknowledged', at } }), service],
    ],
    destroyed: [[({ createdAt: at }) => ({ destroyed: { at, certificate: other } }), 'TRUST_DESTRUCTION']],
    ownKeys: [[() => ({ ownKeys: [] }), service]],
    permitted: [[() => ({ permitted: [] }), service]],
  }

  function recalled(
    outcome: 'before-first-fetch' | 'fetched',
    state?: 'asked' | 'confirmed' | 'kept-by-law',
  ): TransferView['recall'] {
    const { sender, deliveries, createdAt: due } = judged.truthOf('clean')
    const [{ recipient }] = deliveries as [TransferView['deliveries'][number]]
    const destructions = state ? [{ recipient, state, due, by: judged.running.olu.person.account }] : []
    return { by: sender.account, organisation: sender.organisation, reason: 'x', outcome, destructions }
  }

  it('[transfer/as-signed] the true view holds, and each of its fields is tried', async () => {
    const { look } = await judged.lookThrough('clean', () => ({}))
    await readSigned(look)
    expect(Object.keys(fields).toSorted()).toEqual(Object.keys(look.view).toSorted())
  })

  it.each(Object.keys(fields) as (keyof TransferView)[])('[transfer/as-signed] %s', async (field) => {
    for (const [told, expected] of fields[field]) {
      const { look } = await judged.lookThrough('clean', told)
      const said = await readSigned(look).then(
        () => service,
        ({ code }: { readonly code: string }) => code,
      )
      expect(said, told.toString()).toBe(expected)
    }
  })
})

describe('[transfer/as-signed] at the command line', () => {
  /** What Olu's own command line is told of every transfer from now on. */
  let told: Told = () => ({})
  let olu: MemberLine
  beforeAll(async () => {
    const through = lyingServer({
      truth: fetch as Fetch,
      lies: [lie(viewOperations.view, async (view) => ({ ...view, ...(await told(view)) }))],
    })
    olu = await enterLine(judged.running, judged.running.olu, { fetch: through as typeof fetch })
  })
  afterAll(() => olu?.remove())

  it('[transfer/as-signed] status says what was not scanned, by whom it was let go, and whether an acknowledgement is signed', async () => {
    told = () => ({ verdict: 'clean', finding: null })
    const locked = await olu.run('status', judged.idOf('locked'))
    expect(locked).toMatchObject({ exit: 0, out: expect.stringContaining(notScannedWords) })
    expect(locked.out).toContain('Ana Approver <ana@council.example>: From our architect')
    expect(await olu.done('status', judged.idOf('locked'))).toMatchObject({ verdict: 'unscannable' })
    const signed = await olu.run('status', judged.idOf('clean'))
    expect(signed.out).toContain(receiptWords(true))
    told = () => ({ receipts: [] })
    expect((await olu.run('status', judged.idOf('clean'))).out).toContain(receiptWords(false))
  })

  it('[transfer/as-signed] status gives programs what was signed, and nothing of a verdict that is not', async () => {
    const asked = async () => olu.done('status', judged.idOf('locked'))
    const bent = (view: TransferView) => view.files.map((file) => ({ ...file, typeSeen: 'text', fileTypes: ['rar'] }))
    told = (view) => ({ verdict: 'clean', finding: null, approvalFor: 'bytes', files: bent(view) as never })
    const signed = judged.verdictOf('locked')
    expect(await asked()).toMatchObject({
      ...{ verdict: 'unscannable', finding: signed.files[0]!.finding, approvalFor: null, fileTypes: signed.fileTypes },
      files: signed.files.map(({ id, typeSeen }) => ({ id, typeSeen })),
    })
    const ended = { state: 'recalled', releasedAt: null, verdict: 'clean', finding: null } as const
    told = () => ({ ...ended, signedVerdict: null, approval: null })
    expect(await asked()).toMatchObject({ verdict: null, finding: null, approvalFor: null, fileTypes: [] })
    told = () => ({ ...ended, releasedAt: judged.truthOf('locked').releasedAt, signedVerdict: null, approval: null })
    expect(await olu.run('status', judged.idOf('locked'), '--json')).toMatchObject({
      exit: 4,
      json: { error: { code: 'TRUST_VERDICT' } },
    })
  })

  it('[transfer/as-signed] every command about one transfer ends with 4 and a sentence, and nothing is written or sent', async () => {
    const locked = judged.idOf('locked')
    const into = olu.path('in')
    const commands = [
      ['status', locked],
      ['collect', locked, '--into', into, ...olu.unlocked],
      ['bundle', locked, '--into', into, ...olu.unlocked],
      ['acknowledge', locked, ...olu.unlocked],
      ['acknowledge', locked, '--unsigned'],
      ['add-recipient', locked, '--to', 'pat@police.example', '--reason', 'Late', '--yes', ...olu.unlocked],
    ]
    // What was fetched may be acknowledged, if a client lets it.
    told = () => ({})
    await olu.done('collect', locked, '--into', olu.path('first'), ...olu.unlocked)
    for (const [lie, code] of [
      [() => ({ signedVerdict: null, verdict: 'clean', finding: null }), 'TRUST_VERDICT'],
      [() => ({ approval: null, held: null }), 'TRUST_APPROVAL'],
      [() => ({ note: null, signedVerdict: null, approval: null, verdict: 'clean' }), 'TRUST_NOTE'],
      [({ sender }) => ({ sender: { ...sender, account: judged.ana.person.account } }), 'TRUST_NOTE'],
    ] as readonly (readonly [Told, keyof typeof trustWords])[]) {
      told = lie
      for (const command of commands) {
        const ran = await olu.run(...command)
        expect({ command, exit: ran.exit, error: ran.error }).toEqual({
          ...{ command, exit: 4 },
          error: expect.stringContaining(trustWords[code]),
        })
      }
    }
    told = () => ({})
    await expect(readdir(into)).rejects.toThrow('ENOENT')
    const { deliveries, addenda } = await olu.done('status', locked)
    expect([deliveries[0].state, addenda]).toEqual(['opened', []])
  })

  it('[transfer/as-signed] without a pinned root a status says that nothing of it is verified', async () => {
    const bare = await enterLine(judged.running, judged.running.olu)
    await rm(join(bare.home, 'anchor.json'))
    const ran = await bare.run('status', judged.idOf('locked'))
    expect([ran.exit, ran.error]).toEqual([0, expect.stringContaining('NOT VERIFIED')])
    await bare.remove()
  })
})
