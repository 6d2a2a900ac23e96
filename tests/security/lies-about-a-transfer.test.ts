// Lies about a transfer (ARCHITECTURE.md#dispatch-note): what a recipient is shown is what one person signed for. The
// service has every note, body and wrapped key; it bends, swaps and re-signs them, alone or with a colleague of the
// sender, and Olu's client opens nothing and says why.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApi, type Fetch, type ReplyOf } from '#client/api.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { verifyAgreement } from '#client/trust/verify-agreement.ts'
import { encodeSigned } from '#contract/documents.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { type DispatchNote, dispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { verdictDocument } from '#domain/transfers/documents/verdict.ts'
import type { Fingerprint, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { openpgpPrimitives, randomId } from '#platform/crypto.ts'
import { folderSink } from '../../cli/collecting/sink.ts'
import {
  agreementDocumentsOf,
  anchorOf,
  hashOf,
  makePerson,
  signDocument,
  type TestOrganisation,
  type TestPerson,
  withRoster,
} from '../fixtures/documents.ts'
import { lie, lyingServer, type Lie } from '../fixtures/lying-server.ts'
import { lookUnder, fileOf, judge, prove, send, startTransferApp, type TransferApp } from '../fixtures/transfer-app.ts'

let running: TransferApp
let transfer: TransferId
let truth: ReplyOf<typeof viewOperations.view>
let note: DispatchNote
/** A true caseworker of the council, who helps the service. */
let mallory: TestPerson
let council: TestOrganisation
const now = () => systemClock.now() as Instant

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const { at } = running.world
  mallory = await makePerson({ name: 'Mallory', email: 'mallory@council.example', roles: ['caseworker'], at })
  council = await withRoster(running.world.council, { at, people: [...running.world.council.people, mallory] })
  const text = (content: string) => new TextEncoder().encode(content)
  const files = [fileOf(text('What A said.'), 'a.txt'), fileOf(text('What B said.'), 'b.txt')]
  transfer = (await send(running, files)).transfer
  await judge(running, { transfer, verdict: 'clean' })
  await prove(running, running.olu)
  truth = await running.olu.api.call(viewOperations.view, { params: { transfer } })
  note = dispatchNote.parse(JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(truth.note!.bytes))))
})
afterAll(async () => {
  await running?.stop()
})

const theNote = (told: NonNullable<typeof truth.note>): Lie =>
  lie(viewOperations.view, (view) => ({ ...view, note: told }))

async function signedBy(signer: TestPerson, said: Partial<DispatchNote>) {
  const signed = await signDocument({ model: dispatchNote, value: { ...note, ...said }, key: signer.key, at: note.at })
  return encodeSigned(signed)
}

/** What the note says of its sender when somebody else of the council is. */
function sentBy({ account, key }: TestPerson): Pick<DispatchNote, 'sender'> {
  const { sender } = note
  const roster = council.rosters.at(-1)!.reference
  return { sender: { ...sender, account, fingerprint: key.fingerprint as Fingerprint, roster } }
}

/** The verdict on the true note, signed again for another one. */
async function scannedAgain(other: NonNullable<typeof truth.note>) {
  const { document, authority } = truth.signedVerdict!
  const told = verdictDocument.parse(JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(document.bytes))))
  const value = { ...told, note: hashOf(Uint8Array.fromBase64(other.bytes)) }
  const { scanAuthority: key } = running.world.service
  return { document: encodeSigned(await signDocument({ model: verdictDocument, value, key, at: told.at })), authority }
}

/** Olu collects into an empty folder; after a refusal it must be empty still, but for what was whole and signed for. */
async function collect(fetch: Fetch, kept: readonly string[] = []): Promise<readonly string[]> {
  const { world, olu, app } = running
  const { agreement: signed, signatures, police } = world
  const documents = agreementDocumentsOf({ agreement: signed, signatures, organisations: [council, police] })
  const agreement = await verifyAgreement(anchorOf(police), documents, now())
  const folder = await mkdtemp(join(tmpdir(), 'safehand-lies-'))
  try {
    const api = createApi({ url: app.url, fetch, token: olu.token, newId: randomId, client: 'cli' })
    await collectAndOpen({
      api,
      look: await lookUnder(agreement, { api, transfer }),
      person: ownPerson(agreement, olu.person.account)!,
      key: unlockedKey(olu.person.key.privateKey),
      primitives: openpgpPrimitives,
      transfer,
      sink: folderSink(folder),
    })
    return (await readdir(folder)).toSorted()
  } catch (error) {
    expect(await readdir(folder)).toEqual(kept)
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

const lied = (...lies: readonly Lie[]) => collect(lyingServer({ truth: fetch, lies }))

/** Gives one file's bytes when another is asked for. */
function swapping(swaps: Readonly<Record<string, string>>): Fetch {
  return (url, init) => {
    const asked = Object.keys(swaps).find((id) => url.endsWith(`/files/${id}`))
    return fetch(asked ? url.replace(asked, swaps[asked]!) : url, init)
  }
}

describe('a server that lies about a transfer', () => {
  it('[collect/lies] is believed while it tells the truth', async () => {
    expect(await collect(fetch)).toEqual(['a.txt', 'b.txt'])
  })

  it('[collect/lies] cannot change purpose, items, marking, recipients or expiry of what was signed', async () => {
    const [recipient] = note.recipients
    for (const said of [
      { purpose: 'SAFEGUARD_CHILD' },
      { items: ['CONTACT'] },
      { handlingInstruction: 'Share freely' },
      { recipients: [{ ...recipient!, kind: 'person', account: running.pat.person.account, team: undefined }] },
      { expires: '2030-01-01T00:00:00Z' },
    ]) {
      const bytes = new TextEncoder().encode(JSON.stringify({ ...note, ...said })).toBase64()
      await expect(lied(theNote({ ...truth.note!, bytes })), JSON.stringify(said)).rejects.toMatchObject({
        code: 'TRUST_NOTE',
      })
    }
  })

  it('[collect/lies] cannot give another file’s bytes under this file’s id, nor exchange two files', async () => {
    const [a, b] = note.files.map(({ id }) => id)
    const refused = { code: 'TRUST_BODY', saw: expect.stringMatching(/^(body digest|commitment|wrapped key) /) }
    await expect(collect(swapping({ [a!]: b! }))).rejects.toMatchObject(refused)
    await expect(collect(swapping({ [a!]: b!, [b!]: a! }))).rejects.toMatchObject(refused)
    await expect(collect(swapping({ [b!]: a! }), ['a.txt'])).rejects.toMatchObject(refused)
    await expect(collect(swapping({ manifest: a! }))).rejects.toMatchObject(refused)
  })

  it('[collect/lies] with a colleague who strips the note and signs the bodies as their own is refused', async () => {
    const stolen = await signedBy(mallory, sentBy(mallory))
    const { account, organisation } = truth.sender
    expect([account, organisation]).toEqual([note.sender.account, note.sender.organisation])
    const hers = (told: typeof truth) => ({ ...told, note: stolen, sender: { account: mallory.account, organisation } })
    const refused = { code: 'TRUST_NOTE', saw: 'another sender than in the note' }
    await expect(lied(theNote(stolen))).rejects.toMatchObject(refused)
    const alone = lie(viewOperations.view, hers)
    await expect(lied(alone)).rejects.toMatchObject({ code: 'TRUST_VERDICT', saw: expect.stringContaining('note') })
    // And were the scanner's key in the plot: what the sender encrypted names the sender.
    const signedVerdict = await scannedAgain(stolen)
    await expect(lied(lie(viewOperations.view, (told) => ({ ...hers(told), signedVerdict })))).rejects.toMatchObject({
      code: 'TRUST_MANIFEST',
      saw: 'another sender than in the note',
    })
  })

  it('[collect/lies] with a colleague who signs in the sender’s name is refused', async () => {
    await expect(lied(theNote(await signedBy(mallory, {})))).rejects.toMatchObject({
      code: 'TRUST_NOTE',
      saw: 'a signature that is other-key',
    })
    const halfway = { sender: { ...note.sender, fingerprint: mallory.key.fingerprint as Fingerprint } }
    await expect(lied(theNote(await signedBy(mallory, halfway)))).rejects.toMatchObject({
      code: 'TRUST_NOTE',
      saw: `fingerprint ${mallory.key.fingerprint}`,
    })
  })

  it('[collect/lies] with somebody who is no caseworker, or of no party, is refused', async () => {
    const siro = council.people.find(({ roles }) => roles.includes('siro'))!
    for (const signer of [siro, running.dora.person]) {
      await expect(lied(theNote(await signedBy(signer, sentBy(signer))))).rejects.toMatchObject({
        code: 'TRUST_NOTE',
        saw: `sender ${signer.account}`,
      })
    }
  })

  it('[collect/lies] that names another flow or agreement, though the sender signed it, is refused', async () => {
    const carol = running.carol.person
    const backwards = await signedBy(carol, { flow: 'police-to-council' })
    await expect(lied(theNote(backwards))).rejects.toMatchObject({ code: 'TRUST_NOTE', saw: 'flow police-to-council' })
    const hash = 'ab'.repeat(32) as DispatchNote['agreement']['hash']
    const elsewhere = await signedBy(carol, { agreement: { ...note.agreement, hash } })
    await expect(lied(theNote(elsewhere))).rejects.toMatchObject({ code: 'TRUST_NOTE', saw: `agreement ${hash}` })
  })

  it('[collect/lies] that shows no note opens nothing', async () => {
    const none = lie(viewOperations.view, (view) => ({ ...view, note: null }))
    await expect(lied(none)).rejects.toMatchObject({ code: 'TRUST_MANIFEST', saw: 'no note' })
  })
})
