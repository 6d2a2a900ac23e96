// A proxy, or the service itself, hides that files were not scanned: it drops the scanner's verdict, bends it, or shows another
// one. The recipient's client goes by what the scan authority signed of this very note (ARCHITECTURE.md#verdict-document); where
// that does not fit, it opens nothing, and asks for no byte.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { addSeconds } from '#domain/time.ts'
import type { VerdictDocument } from '#domain/transfers/documents/verdict.ts'
import type { Fingerprint } from '#domain/values.ts'
import { notScannedWords } from '#words/en/transfers.ts'
import { type Judged, type Name, other, startJudged, type Told } from '../fixtures/rewriting-proxy.ts'

let judged: Judged
beforeAll(async () => {
  judged = await startJudged(inject('services'))
})
afterAll(() => judged?.stop())

/** As if all of it were clean. */
const cleaned = ({ files }: VerdictDocument) => ({
  files: files.map((file) => ({ ...file, verdict: 'clean', finding: null }) as const),
})
const released = { state: 'released', ended: null } as const

describe('[verdict/hidden] what was not scanned', () => {
  it('[verdict/hidden] is read as such, and by whom it was let go, whatever the service says of it', async () => {
    for (const told of [{}, { verdict: 'clean', finding: null }, { held: null, approvalFor: null }] as const) {
      const read = await judged.collect('locked', () => told)
      expect(read).toContain(`not scanned\n${notScannedWords}`)
      expect(read).toContain('Ana Approver <ana@council.example>: From our architect')
    }
    expect(await judged.collect('clean', () => ({ verdict: 'unscannable', finding: 'Made.Up' }))).toMatch(/^clean/)
  })

  const attempts: readonly (readonly [string, Name, Told, string])[] = [
    ['no verdict', 'locked', () => ({ signedVerdict: null }), 'no signed verdict'],
    ['no verdict, of clean files', 'clean', () => ({ signedVerdict: null }), 'no signed verdict'],
    [
      'the verdict on another transfer',
      'locked',
      () => ({ signedVerdict: judged.truthOf('clean').signedVerdict }),
      'one about transfer',
    ],
    [
      'the true one, with other words in it',
      'locked',
      () => {
        const { document, authority } = judged.truthOf('locked').signedVerdict!
        const bytes = new TextEncoder().encode(
          new TextDecoder()
            .decode(Uint8Array.fromBase64(document.bytes))
            .replaceAll('"unscannable"', '"clean"')
            .replaceAll('"Heuristics.Encrypted.Zip"', 'null'),
        )
        return { signedVerdict: { document: { ...document, bytes: bytes.toBase64() }, authority } }
      },
      'a signature that is wrong',
    ],
    [
      'the true one, with another certificate beside it',
      'locked',
      () => ({
        signedVerdict: {
          ...judged.truthOf('locked').signedVerdict!,
          authority: judged.running.world.service.housekeeper.certificate.toBase64(),
        },
      }),
      'scan authority',
    ],
    [
      'one by another key of the service',
      'locked',
      () => judged.judgedAs('locked', cleaned(judged.verdictOf('locked')), 'housekeeper'),
      'scan authority',
    ],
    [
      'one by another key, that names itself',
      'locked',
      () => {
        const { fingerprint } = judged.running.world.service.housekeeper
        return judged.judgedAs(
          'locked',
          { ...cleaned(judged.verdictOf('locked')), fingerprint: fingerprint as Fingerprint },
          'housekeeper',
        )
      },
      'scan authority',
    ],
    [
      'one of an earlier note of the same transfer',
      'locked',
      () => judged.judgedAs('locked', { ...cleaned(judged.verdictOf('locked')), note: other }),
      'one about transfer',
    ],
    [
      'one of an earlier scan key',
      'locked',
      () =>
        judged.judgedAs('locked', { ...cleaned(judged.verdictOf('locked')), scanKey: 'ab'.repeat(20) as Fingerprint }),
      'a scan with the key',
    ],
    [
      'one of another installation',
      'locked',
      () =>
        judged.judgedAs('locked', {
          ...cleaned(judged.verdictOf('locked')),
          origin: 'other.invalid' as VerdictDocument['origin'],
        }),
      'one about transfer',
    ],
    [
      'one that was made at another time than it was signed',
      'locked',
      () =>
        judged.judgedAs('locked', {
          ...cleaned(judged.verdictOf('locked')),
          at: addSeconds(judged.verdictOf('locked').at, 3600),
        }),
      'a signature made at',
    ],
    [
      'one on fewer files',
      'many',
      () => judged.judgedAs('many', { files: judged.verdictOf('many').files.slice(1) }),
      'a verdict on 6 files, of 7',
    ],
    [
      'one on the files in another order',
      'many',
      () => judged.judgedAs('many', { files: judged.verdictOf('many').files.toReversed() }),
      'a verdict on file',
    ],
    [
      'one on another body',
      'clean',
      () =>
        judged.judgedAs('clean', {
          files: judged.verdictOf('clean').files.map((file) => ({ ...file, bodyDigest: other })),
        }),
      'a verdict on file',
    ],
    ['files that the agreement lets nobody release', 'stopped', () => released, 'files that are unscannable'],
    [
      'the same, with an approval',
      'stopped',
      async () => ({ ...released, approval: await judged.approvedBy('stopped', judged.ana.person) }),
      'files that are unscannable',
    ],
    ['files of types that the agreement does not list', 'typed', () => released, 'files that are file-types'],
    [
      'infected files, with an approval',
      'infected',
      async () => ({ ...released, approval: await judged.approvedBy('infected', judged.ana.person) }),
      'files that are infected',
    ],
  ]
  it.each(attempts)('[verdict/hidden] %s (%s): nothing is opened', async (_, name, told, saw) => {
    await expect(judged.collect(name, told)).rejects.toMatchObject({
      code: 'TRUST_VERDICT',
      saw: expect.stringContaining(saw),
    })
  })
})
