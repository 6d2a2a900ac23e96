// A lying service adds a reader: a wrapped key that no addendum names, or with an addendum by somebody who may not, for
// another note, or altered. The client that is shown it opens nothing (ARCHITECTURE.md#addendum).
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { collectAndOpen } from '#client/collect/collect-and-open.ts'
import { createApi } from '#client/api.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { verifyAddenda } from '#client/transfers/verify-addenda.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { type VerifiedNote, verifyNote } from '#client/transfers/verify-note.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import { wrappedFor } from '#client/transfers/wrapped-for.ts'
import { encodeSigned } from '#contract/documents.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { addSeconds } from '#domain/time.ts'
import { type Addendum, addendum } from '#domain/transfers/documents/addendum.ts'
import type { AccountId, Fingerprint, Instant, Sha256Hex, TeamId, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { openpgpPrimitives, randomId } from '#platform/crypto.ts'
import {
  holderOf,
  rosterReferenceOf,
  signDocument,
  type TestOrganisation,
  type TestPerson,
} from '../fixtures/documents.ts'
import { lie, lyingServer } from '../fixtures/lying-server.ts'
import { sendToOlu } from '../fixtures/transfer-acts.ts'
import {
  lookUnder,
  agreementFor,
  fileOf,
  judge,
  send,
  startTransferApp,
  type TransferApp,
} from '../fixtures/transfer-app.ts'

let running: TransferApp
let agreement: VerifiedAgreement
/** Was sent to Olu alone. */
let note: VerifiedNote
/** Was sent to the team of Olu and Pat. */
let teamNote: VerifiedNote
const now = () => systemClock.now() as Instant
const zero = '0'.repeat(32) as AccountId
const files = [fileOf(new TextEncoder().encode('minutes'), 'minutes.txt')]

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  agreement = await agreementFor(running, running.pat)
  note = await noteOf(await sendToOlu(running, files))
  teamNote = await noteOf((await send(running, files)).transfer)
  await judge(running, { transfer: note.note.transfer, verdict: 'clean' })
})
afterAll(() => running?.stop())

async function noteOf(transfer: TransferId): Promise<VerifiedNote> {
  const view = await running.carol.api.call(viewOperations.view, { params: { transfer } })
  return verifyNote({ agreement, transfer, document: view.note!, now: now() })
}

interface Claim {
  readonly signer: TestPerson
  readonly of: TestOrganisation
  readonly change?: Partial<Addendum>
  readonly key?: TestPerson
  readonly to?: VerifiedNote
  /** When it was signed, if not when it says. */
  readonly signedAt?: Instant
  /** As the roster that it names has the signer, if not as it does. */
  readonly rostered?: Partial<VerifiedPerson>
}

/** An addendum that adds Pat. */
async function claim({ signer, of, change, key = signer, to = note, signedAt }: Claim) {
  const at = now()
  const { police } = running.world
  const { person } = running.pat
  const value: Addendum = {
    type: 'safehand.addendum/1',
    origin: agreement.agreement.origin,
    transfer: to.note.transfer,
    note: to.hash,
    signer: {
      account: signer.account,
      organisation: of.id,
      fingerprint: signer.key.fingerprint as Fingerprint,
      roster: rosterReferenceOf(of),
    },
    recipient: { kind: 'person', organisation: police.id, account: person.account },
    reader: { account: person.account, encryptionSubkey: person.key.encryptionSubkey as Fingerprint },
    wrapped: [{ keySet: 0, pkesk: 'a'.repeat(64) as Sha256Hex }],
    reason: 'Takes over the case',
    at,
    ...change,
  }
  return encodeSigned(await signDocument({ model: addendum, value, key: key.key, at: signedAt ?? at }))
}

const verify = async (told: Claim) =>
  verifyAddenda({
    agreement: told.rostered ? withSigner(told.rostered) : agreement,
    note: told.to ?? note,
    documents: [await claim(told)],
    now: now(),
  })

/** Rosters in which a signer stands otherwise. */
function withSigner(change: Partial<VerifiedPerson>): VerifiedAgreement {
  const signerOf: VerifiedAgreement['signerOf'] = (signer) => {
    const found = agreement.signerOf(signer)
    return found && { ...found, ...change }
  }
  return { ...agreement, signerOf }
}
const refused = { code: 'TRUST_ADDENDUM' }
const team = () => ({ kind: 'team', organisation: running.world.police.id, team: running.world.team.id }) as const

describe('an addendum that a service shows', () => {
  it('[addendum/forged] holds by the sender, and by a colleague in the addressed team', async () => {
    const { council, police } = running.world
    const me = ownPerson(agreement, running.pat.person.account)!
    const bySender = await verify({ signer: running.carol.person, of: council })
    expect(wrappedFor(note, { person: me, keySet: 0, addenda: bySender }).pkesk).toBe('a'.repeat(64))
    const other = { ...me, encryptionSubkey: running.olu.person.key.encryptionSubkey as Fingerprint }
    for (const person of [other, { ...me, account: zero }]) {
      expect(() => wrappedFor(note, { person, keySet: 0, addenda: bySender })).toThrow()
    }
    const byColleague = { signer: running.olu.person, of: police, change: { recipient: team() }, to: teamNote }
    const inTeam = await verify(byColleague)
    expect(wrappedFor(note, { person: me, keySet: 0, addenda: inTeam }).pkesk).toBe('a'.repeat(64))
    const left = { ...me, teams: [] }
    expect(() => wrappedFor(note, { person: left, keySet: 0, addenda: inTeam })).toThrow()
    expect(await verify(byColleague)).toMatchObject([{ signer: { name: running.olu.person.name } }])
  })

  it('[addendum/forged] does not hold by a recipient, by another office, or by a colleague for a team that was not sent to', async () => {
    const { council, police } = running.world
    for (const signer of [running.olu.person, running.pat.person]) {
      await expect(verify({ signer, of: police })).rejects.toMatchObject(refused)
      await expect(verify({ signer, of: police, change: { recipient: team() } })).rejects.toMatchObject(refused)
      await expect(verify({ signer, of: police, to: teamNote })).rejects.toMatchObject(refused)
    }
    for (const signer of [holderOf(council, 'siro'), holderOf(council, 'approver')]) {
      await expect(verify({ signer, of: council })).rejects.toMatchObject(refused)
    }
    await expect(verify({ signer: running.dora.person, of: running.dora.organisation })).rejects.toMatchObject(refused)
  })

  it('[addendum/forged] does not hold for another transfer, note, reader or organisation, nor signed by another key', async () => {
    const [signer, of] = [running.carol.person, running.world.council]
    const { account } = running.olu.person
    const { police } = running.world
    const lies: Partial<Addendum>[] = [
      { transfer: teamNote.note.transfer },
      { note: teamNote.hash },
      { recipient: { kind: 'person', organisation: police.id, account } },
      { recipient: { kind: 'person', organisation: of.id, account: running.pat.person.account } },
      { recipient: { ...team(), team: 'f'.repeat(32) as TeamId } },
    ]
    for (const change of lies) {
      await expect(verify({ signer, of, change }), JSON.stringify(change)).rejects.toMatchObject(refused)
    }
    await expect(verify({ signer, of, key: running.olu.person })).rejects.toMatchObject(refused)
  })

  it('[addendum/forged] does not hold of another installation, or said or signed at another time or with another key than it says', async () => {
    const [signer, of] = [running.carol.person, running.world.council]
    const said = { account: signer.account, organisation: of.id, roster: rosterReferenceOf(of) }
    const fingerprint = running.olu.person.key.fingerprint as Fingerprint
    const signedAt = addSeconds(now(), -3600)
    const forged: Omit<Claim, 'signer' | 'of'>[] = [
      { change: { origin: 'other.safehand.invalid' as Addendum['origin'] } },
      { change: { signer: { ...said, fingerprint } } },
      { change: { at: addSeconds(now(), -1) }, signedAt },
    ]
    for (const one of forged) await expect(verify({ signer, of, ...one })).rejects.toMatchObject(refused)
  })

  it('[addendum/forged] does not hold by who was no caseworker, or in no team of it, or in a team of that name elsewhere', async () => {
    const { council, police } = running.world
    const byColleague = { signer: running.olu.person, of: police, change: { recipient: team() }, to: teamNote }
    await expect(verify({ ...byColleague, rostered: { roles: ['approver'] } })).rejects.toMatchObject(refused)
    await expect(verify({ ...byColleague, rostered: { teams: [] } })).rejects.toMatchObject(refused)
    const by = { ...byColleague, signer: running.carol.person, of: council }
    const sent = { ...teamNote, note: { ...teamNote.note, sender: { ...teamNote.note.sender, account: zero } } }
    await expect(verify({ ...by, to: sent, rostered: { teams: [team().team] } })).rejects.toMatchObject(refused)
    const { sender } = teamNote.note
    const namesake = { ...note, note: { ...note.note, sender: { ...sender, account: running.olu.person.account } } }
    await expect(verify({ signer: running.olu.person, of: police, to: namesake })).rejects.toMatchObject(refused)
  })

  it('[addendum/forged] is missing or forged: whoever was let in by the service alone opens nothing', async () => {
    const { transfer } = note.note
    const { app, olu, pat } = running
    const truth = await olu.api.call(viewOperations.view, { params: { transfer } })
    const forged = await claim({ signer: olu.person, of: running.world.police })
    for (const [addenda, code] of [
      [[], 'TRUST_NOTE'],
      [[forged], 'TRUST_ADDENDUM'],
    ] as const) {
      // The service shows Pat what it shows Olu, and would give any packet it likes.
      const told = lie(viewOperations.view, () => ({ ...truth, addenda: [...addenda] }))
      const shown: typeof fetch = (url, init) =>
        fetch(url, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${olu.token}` } })
      const api = createApi({
        url: app.url,
        fetch: lyingServer({ truth: shown, lies: [told] }),
        token: pat.token,
        newId: randomId,
        client: 'cli',
      })
      const sink = { begin: () => Promise.reject(new Error('nothing is opened')) }
      const key = unlockedKey(pat.person.key.privateKey)
      const person = ownPerson(agreement, pat.person.account)!
      const look = await lookUnder(agreement, { api, transfer })
      const act = collectAndOpen({ api, look, person, key, primitives: openpgpPrimitives, transfer, sink })
      await expect(act).rejects.toMatchObject({ code })
    }
  })
})
