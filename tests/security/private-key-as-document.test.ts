// A private key in the service's hands, in place of what people sign of agreements and transfers, of a signature or of a
// wrapped key: alone, behind the true thing or before it, and even where the sender's own signed note names it. Each is
// refused; nothing of it is answered, logged or stored.
import { readPrivateKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Api } from '#client/api.ts'
import { dispatchTransfer } from '#client/send/dispatch.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { encodeDocument } from '#domain/document.ts'
import { dispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { type Instant, sha256Hex, type TransferId } from '#domain/values.ts'
import { concat } from '#openpgp/bytes.ts'
import { sha256Hex as digestOf } from '#platform/crypto.ts'
import { systemClock } from '#platform/clock.ts'
import { findsSecretOf, storedText } from '../fixtures/secret-search.ts'
import { enterAs, fetchAll, release } from '../fixtures/transfer-acts.ts'
import {
  effectsOf,
  fileOf,
  prove,
  senderOf,
  startTransferApp,
  stateOf,
  type TransferApp,
  upload,
} from '../fixtures/transfer-app.ts'

type DispatchBody = Parameters<Api['call']>[1] & {
  readonly body: {
    readonly note: { readonly bytes: string; readonly signature: string }
    readonly keys: readonly { readonly keySet: number; readonly pkesk: string }[]
  }
}

const files = [fileOf(new TextEncoder().encode('What happened on Tuesday.\n'))]
let running: TransferApp
let officer: Api
let siro: Api
let logged = ''
/** The sender's own. */
let privateKey: Uint8Array
let spellings: readonly Uint8Array[]
let holds: (text: string) => boolean
let released: TransferId
let uploaded: TransferId
/** What Carol's client would hand over. */
let whole: DispatchBody

beforeAll(async () => {
  running = await startTransferApp(inject('services'), { log: { write: (line) => (logged += line) } })
  const { carol, olu, world } = running
  officer = (await enterAs(running, world.council, 'information-officer')).api
  siro = (await enterAs(running, world.council, 'siro')).api
  ;({ privateKey } = carol.person.key)
  holds = findsSecretOf(carol.person.key)
  const armor = new TextEncoder().encode((await readPrivateKey({ binaryKey: privateKey })).armor())
  spellings = [privateKey, armor, concat(new TextEncoder().encode('\ufeffMy key:\n'), armor)]
  released = await release(running, files)
  await prove(running, olu)
  await fetchAll(olu, released)
  const dispatching = await upload(running, files)
  uploaded = dispatching.transfer
  const caught = Promise.withResolvers<DispatchBody>()
  const call: Api['call'] = (operation, input) => {
    if ((operation as { name: string }).name !== sendOperations.dispatch.name) return carol.api.call(operation, input)
    caught.resolve(input as unknown as DispatchBody)
    return Promise.reject(new Error('kept back'))
  }
  await dispatchTransfer({ ...effectsOf(running), api: { ...carol.api, call } }, dispatching).catch(() => undefined)
  whole = await caught.promise
})
afterAll(async () => {
  await running?.stop()
})

const harmless = new TextEncoder().encode('{}').toBase64()
const refusedAs = ['DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'NOTE_MISMATCH', 'REQUEST_INVALID', 'ROLE_REQUIRED']

async function expectForgotten(send: () => Promise<unknown>): Promise<void> {
  const answered = (await send().catch((error: unknown) => error)) as { readonly code?: string }
  expect(refusedAs).toContain(answered.code)
  expect(holds(JSON.stringify(answered))).toBe(false)
}

const dispatch = ({ note, keys }: DispatchBody['body']) =>
  running.carol.api.call(sendOperations.dispatch, { params: { transfer: uploaded }, body: { note, keys: [...keys] } })

/** In place of it, before it, and behind it. */
const hiddenIn = (field: string) => {
  const bytes = Uint8Array.fromBase64(field)
  return spellings.flatMap((key) => [key, concat(key, bytes), concat(bytes, key)].map((one) => one.toBase64()))
}

const places: readonly [place: string, send: (bytes: string) => Promise<unknown>][] = [
  ['an agreement', (bytes) => officer.call(agreementOperations.import, { body: { bytes } })],
  ['a signature document', (bytes) => signAs({ bytes, signature: harmless })],
  ['the signature under one', (signature) => signAs({ bytes: harmless, signature })],
  ['both', (bytes) => signAs({ bytes, signature: bytes })],
  ['a dispatch note', (bytes) => dispatch({ ...whole.body, note: { ...whole.body.note, bytes } })],
  ['a receipt', (bytes) => attest('receipt', { bytes, signature: bytes })],
  ['a receipt’s signature', (signature) => attest('receipt', { bytes: harmless, signature })],
  ['a destruction statement', (bytes) => attest('statement', { bytes, signature: bytes })],
  ['an approval', (bytes) => attest('approval', { bytes, signature: bytes })],
  ['an addendum and its key', (bytes) => addWith(bytes)],
]

const signAs = (body: { bytes: string; signature: string }) =>
  siro.call(agreementOperations.sign, { params: { agreement: running.world.agreement.value.id }, body })

const attest = (what: 'receipt' | 'statement' | 'approval', signed: { bytes: string; signature: string }) => {
  const { carol, olu } = running
  const params = { transfer: released }
  if (what === 'receipt') return olu.api.call(collectOperations.acknowledge, { params, body: { receipt: signed } })
  if (what === 'approval') return carol.api.call(approveOperations.approve, { params, body: { approval: signed } })
  return olu.api.call(endingOperations.stateDestruction, { params, body: { statement: signed } })
}

const addWith = (bytes: string) =>
  running.carol.api.call(addRecipientOperations.addRecipient, {
    params: { transfer: released },
    body: { addendum: { bytes, signature: bytes }, keys: [{ keySet: 0, pkesk: privateKey.toBase64() }] },
  })

describe('[keys/public-only] a private key is refused and forgotten', () => {
  it('the search finds what it looks for', async () => {
    expect(holds(privateKey.toBase64())).toBe(true)
    expect(await storedText(running.database)).toContain(running.carol.person.key.certificate.toHex())
    expect(logged).toContain('transfer.request-scan-certificate')
  })

  it.each(places)('as %s', async (_place, send) => {
    for (const key of spellings) await expectForgotten(() => send(key.toBase64()))
  })

  it('in, before or behind the signature of a note that is true', async () => {
    const { note } = whole.body
    for (const signature of hiddenIn(note.signature)) {
      await expectForgotten(() => dispatch({ ...whole.body, note: { ...note, signature } }))
    }
  })

  it('in, before or behind a wrapped key of a note that is true', async () => {
    const [first, ...others] = whole.body.keys
    for (const pkesk of hiddenIn(first!.pkesk)) {
      await expectForgotten(() => dispatch({ ...whole.body, keys: [{ ...first!, pkesk }, ...others] }))
    }
  })

  it('as a wrapped key that its sender’s own note names', async () => {
    const note = dispatchNote.parse(JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(whole.body.note.bytes))))
    const [set] = note.keySets
    const [reader, ...readers] = set!.wrapped
    for (const pkesk of hiddenIn(whole.body.keys[0]!.pkesk)) {
      const named = { ...reader!, pkesk: sha256Hex.parse(digestOf(Uint8Array.fromBase64(pkesk))) }
      const bytes = encodeDocument(dispatchNote, { ...note, keySets: [{ ...set!, wrapped: [named, ...readers] }] })
      const { key } = await senderOf(running)
      const signature = await key.sign({ bytes, at: systemClock.now() as Instant })
      const keys = whole.body.keys.map((one) => {
        const hash = digestOf(Uint8Array.fromBase64(one.pkesk))
        return hash === reader!.pkesk ? { ...one, pkesk } : one
      })
      expect(keys).not.toEqual(whole.body.keys)
      await expectForgotten(() =>
        dispatch({ note: { bytes: bytes.toBase64(), signature: signature.toBase64() }, keys }),
      )
    }
  })

  it('and what is true is handed over afterwards; nothing of the key was stored or logged', async () => {
    expect(await stateOf(running, uploaded)).not.toBe('dispatched')
    await dispatch(whole.body)
    expect(await stateOf(running, uploaded)).toBe('dispatched')
    expect(holds(await storedText(running.database))).toBe(false)
    expect(holds(logged)).toBe(false)
  })
})
