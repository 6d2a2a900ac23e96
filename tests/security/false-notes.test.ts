// Notes that do not say what happened, and a server that changes what was sent (ARCHITECTURE.md#dispatch-note): each
// refused by name.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { type Api, createApi, type Fetch } from '#client/api.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { dispatchTransfer } from '#client/send/dispatch.ts'
import { draftTransfer } from '#client/send/draft.ts'
import type { SendEffects } from '#client/send/sending.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { ProfileChoice } from '#openpgp/profile.ts'
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { randomId } from '#platform/crypto.ts'
import { folderSink } from '../../cli/collecting/sink.ts'
import { entriesOf } from '../fixtures/entries.ts'
import {
  lookUnder,
  agreementFor,
  effectsOf,
  fileOf,
  judge,
  loseScanKey,
  type Member,
  prove,
  send,
  startTransferApp,
  stateOf,
  type TransferApp,
  upload,
} from '../fixtures/transfer-app.ts'

let running: TransferApp
const files = [fileOf(new TextEncoder().encode('Statement of a witness'), 'statement.txt')]

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

/** The refusal's code, after making sure that nothing changed and one entry says so. */
async function refusedDispatch(transfer: TransferId, act: () => Promise<unknown>): Promise<string> {
  const before = await stateOf(running, transfer)
  let code = 'nothing was refused'
  const entries = await entriesOf(running.database.as.owner.database, async () => {
    code = await act().then(
      () => code,
      (error: { code: string }) => error.code,
    )
  })
  expect(await stateOf(running, transfer)).toBe(before)
  const refused = entries.filter(({ outcome }) => outcome === 'refused')
  expect(refused.map((entry) => [entry.event, entry.code])).toEqual([['transfer.dispatched', code]])
  return code
}

describe('a dispatch note', () => {
  it('[send/forged-note] with a wrong digest of a body is refused', async () => {
    const dispatching = await upload(running, files)
    const [first, ...rest] = dispatching.bodies
    const bodies = [{ ...first!, bodyDigest: 'ab'.repeat(32) as Sha256Hex }, ...rest]
    const act = () => dispatchTransfer(effectsOf(running), { ...dispatching, bodies })
    expect(await refusedDispatch(dispatching.transfer, act)).toBe('NOTE_MISMATCH')
  })

  it('[send/forged-note] forged with somebody else’s key is refused', async () => {
    const dispatching = await upload(running, files)
    const sender = { ...dispatching.sender, key: unlockedKey(running.olu.person.key.privateKey) }
    const act = () => dispatchTransfer(effectsOf(running), { ...dispatching, sender })
    expect(await refusedDispatch(dispatching.transfer, act)).toBe('SIGNATURE_INVALID')
  })

  it('[send/forged-note] that leaves a team member out, or takes one more in, is refused', async () => {
    const dispatching = await upload(running, files)
    const [team] = dispatching.request.recipients
    const fewer = { ...dispatching.request, recipients: [{ ...team!, members: team!.members.slice(0, 1) }] }
    const act = (request: typeof fewer) => () => dispatchTransfer(effectsOf(running), { ...dispatching, request })
    expect(await refusedDispatch(dispatching.transfer, act(fewer))).toBe('NOTE_MISMATCH')
    const outsider = (await agreementFor(running, running.carol))
      .people(running.world.police.id)
      .find(({ roles }) => roles.includes('siro'))!
    const more = { ...dispatching.request, recipients: [{ ...team!, members: [...team!.members, outsider] }] }
    expect(await refusedDispatch(dispatching.transfer, act(more))).toBe('NOTE_MISMATCH')
    await dispatchTransfer(effectsOf(running), dispatching)
    expect(await stateOf(running, dispatching.transfer)).toBe('dispatched')
  })

  it('[envelope/profile] with another profile than was drafted is refused, its keys of the other version too', async () => {
    const dispatching = await upload(running, files)
    const fingerprints = [dispatching.sender.person.certificate]
    const profile: ProfileChoice = { profile: 'v1-cfb', because: { code: 'keys-without-aes256-gcm', fingerprints } }
    const act = () => dispatchTransfer(effectsOf(running), { ...dispatching, profile })
    expect(await refusedDispatch(dispatching.transfer, act)).toBe('NOTE_MISMATCH')
  })

  it('[send/replayed-note] replayed, for the same transfer or for another, is refused', async () => {
    const bodies: string[] = []
    const effects = { ...effectsOf(running), api: spyingApi(bodies) }
    const dispatching = await upload(running, files)
    await dispatchTransfer(effects, dispatching)
    const body = JSON.parse(bodies.find((text) => text.includes('"note"'))!)
    const replay = (transfer: TransferId) => () =>
      running.carol.api.call(sendOperations.dispatch, { params: { transfer }, body })
    expect(await refusedDispatch(dispatching.transfer, replay(dispatching.transfer))).toBe('TRANSFER_STATE')
    const other = await upload(running, files)
    await effects.api.call(sendOperations.requestScanCertificate, { params: { transfer: other.transfer } })
    expect(await refusedDispatch(other.transfer, replay(other.transfer))).toBe('NOTE_MISMATCH')
  })

  it('[scan/lost-key] is made anew when the scan key was lost, with the keys that the new note names and no others', async () => {
    const dispatching = await upload(running, files)
    const { transfer } = dispatching
    const keysNow = async () => {
      const { database } = running.database.as.owner
      const rows = await database.selectFrom('pkesk').select('bytes').where('transfer', '=', transfer).execute()
      return rows.map(({ bytes }) => bytes.toHex())
    }
    const first = await dispatchTransfer(effectsOf(running), dispatching)
    const before = await keysNow()
    await loseScanKey(running, transfer)
    const second = await dispatchTransfer(effectsOf(running), dispatching)
    const after = await keysNow()
    expect(second).not.toBe(first)
    expect([before.length, after.length]).toEqual([4, 4])
    expect(after.filter((key) => before.includes(key))).toEqual([])
    expect(await judge(running, { transfer, verdict: 'clean' })).toBe('released')
  })

  it('[send/forged-note] is not made while a body is missing', async () => {
    const dispatching = await upload(running, files)
    const { transfer } = await draftTransfer(effectsOf(running), dispatching)
    const act = dispatchTransfer(effectsOf(running), { ...dispatching, transfer })
    await expect(act).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' })
  })
})

describe('a lying server', () => {
  it('[scan/invented-certificate] whose scan certificate is its own gets no session key', async () => {
    const dispatching = await upload(running, files)
    const { transfer } = dispatching
    const other = await upload(running, files)
    const act = (api: Api) => dispatchTransfer({ ...effectsOf(running), api } satisfies SendEffects, dispatching)
    const swapped = await running.carol.api.call(sendOperations.requestScanCertificate, {
      params: { transfer: other.transfer },
    })
    const ofAnother = { ...running.carol.api, call: async () => swapped as never }
    await expect(act(ofAnother)).rejects.toMatchObject({ code: 'TRUST_SCAN_CERTIFICATE' })
    const { certificate, fingerprint } = running.olu.person.key
    const authority = { fingerprint, certificate: certificate.toBase64() }
    const ofNobody = { ...running.carol.api, call: async () => ({ ...swapped, authority }) as never }
    await expect(act(ofNobody)).rejects.toMatchObject({ code: 'TRUST_SCAN_CERTIFICATE' })
    expect(await stateOf(running, transfer)).toBe('uploading')
  })

  it('[scan/cut-or-altered] that flips one bit of a body, or swaps the wrapped key, leaves no file behind', async () => {
    const { transfer } = await send(running, files)
    await judge(running, { transfer, verdict: 'clean' })
    await prove(running, running.olu)
    for (const position of [-1, -20, 200, 10]) {
      await expect(collectFrom(flipping(position), { transfer })).rejects.toMatchObject({ code: 'TRUST_BODY' })
    }
    await collectFrom(fetch, { transfer })
  })

  it('[send/forged-note] that gives the note of another transfer, or one it signed itself, is refused', async () => {
    const one = await send(running, files)
    const other = await send(running, files)
    const view = async (transfer: TransferId) => running.carol.api.call(viewOperations.view, { params: { transfer } })
    const { note } = await view(other.transfer)
    const lie = (said: object) => answering(`/transfers/${one.transfer}`, { ...said })
    const truth = await view(one.transfer)
    const swapped = collectFrom(lie({ ...truth, note }), { transfer: one.transfer })
    await expect(swapped).rejects.toMatchObject({ code: 'TRUST_NOTE' })
    const resigned = { ...truth.note!, signature: note!.signature }
    const forged = collectFrom(lie({ ...truth, note: resigned }), { transfer: one.transfer })
    await expect(forged).rejects.toMatchObject({ code: 'TRUST_NOTE' })
  })

  it('[collect/altered] whose store lost a body says so', async () => {
    const { transfer } = await send(running, files)
    await judge(running, { transfer, verdict: 'clean' })
    const { database } = running.database.as.owner
    const rows = await database
      .selectFrom('transfer_file')
      .select('object_key')
      .where('transfer', '=', transfer)
      .execute()
    for (const { object_key } of rows) await running.objects.delete(object_key)
    await expect(collectFrom(fetch, { transfer })).rejects.toMatchObject({ code: 'INTEGRITY_FAILED' })
  })

  it('[scan/infected] has nothing to give of what was found infected or could not be scanned', async () => {
    for (const [verdict, code] of [
      ['infected', 'SCAN_INFECTED'],
      ['unscannable', 'SCAN_UNSCANNABLE'],
    ] as const) {
      const { transfer } = await send(running, files)
      expect(await judge(running, { transfer, verdict })).toBe('rejected')
      await expect(collectFrom(fetch, { transfer })).rejects.toMatchObject({ code, status: 410 })
    }
  })
})

function createdWith(using: Fetch, { token }: Member): Api {
  return createApi({ url: running.app.url, fetch: using, token, newId: randomId, client: 'cli' })
}

/** Collects as Olu into a folder that must be empty after a refusal. */
async function collectFrom(using: Fetch, { transfer }: { readonly transfer: TransferId }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'safehand-lies-'))
  const agreement = await agreementFor(running, running.olu)
  const { person: tested } = running.olu
  const person = ownPerson(agreement, tested.account)!
  const api = createdWith(using, running.olu)
  try {
    await collectAndOpen({
      api,
      look: await lookUnder(agreement, { api, transfer }),
      person,
      key: unlockedKey(tested.key.privateKey),
      transfer,
      sink: folderSink(folder),
      primitives: openpgpPrimitives,
    })
    expect(await readdir(folder)).toEqual(['statement.txt'])
  } catch (error) {
    expect(await readdir(folder)).toEqual([])
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Flips one bit of each file (the manifest passes), counted from the start or the end. */
function flipping(position: number): Fetch {
  return async (url, init) => {
    const reply = await fetch(url, init)
    if (!url.includes('/files/') || url.endsWith('/manifest')) return reply
    const bytes = new Uint8Array(await reply.arrayBuffer())
    const index = position < 0 ? bytes.length + position : position
    bytes[index] = (bytes[index] ?? 0) ^ 1
    return new Response(bytes, { status: reply.status, headers: reply.headers })
  }
}

function answering(path: string, said: object): Fetch {
  return async (url, init) => (url.endsWith(path) ? Response.json(said) : fetch(url, init))
}

function spyingApi(bodies: string[]): Api {
  return createdWith(async (url, init) => {
    if (typeof init.body === 'string') bodies.push(init.body)
    return fetch(url, init)
  }, running.carol)
}
