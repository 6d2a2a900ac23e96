// Everything the agreement refuses at the draft, and what the clock refuses later: asked of the real app over its API.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { logOriginOf } from '#domain/audit/entry.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import type { TeamId, TransferId } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { agreementWriters } from '#store/agreements.ts'
import { holderOf, makeAgreement, newId, signAgreement } from '../../fixtures/documents.ts'
import { createWitness, type Refused, refusedOnce } from '../../fixtures/refusal.ts'
import {
  fileOf,
  judge,
  type Member,
  prove,
  requestOf,
  send,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

type DraftBody = Parameters<typeof draft>[0]

const witness = createWitness(fetch)
const mebibyte = 1024 * 1024
const day = 86_400
let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database

function apiOf({ token }: Member) {
  return createApi({ url: running.app.url, fetch: witness.fetch, token, newId: randomId, client: 'cli' })
}

const draft = (body: typeof sendOperations.draft.body._zod.input) =>
  apiOf(running.carol).call(sendOperations.draft, { body })

/** What Carol may send. */
async function permitted(): Promise<DraftBody> {
  const { recipients, files: _, items, ...asked } = await requestOf(running, [])
  return {
    ...asked,
    agreement: running.world.agreement.value.id,
    items: [...items],
    recipients: recipients.map(({ recipient }) => recipient),
    days: 7,
    files: [{ size: 1000 }],
    manifest: { size: 900 },
  }
}

/** Refused once, with the entry in the agreement's log. */
async function refusedDraft(change: Partial<DraftBody>): Promise<Refused> {
  const body = { ...(await permitted()), ...change }
  const refused = await refusedOnce({ owner: owner(), witness, act: () => draft(body) })
  expect([refused.entry.event, refused.entry.log]).toEqual(['transfer.drafted', agreementLog(body.agreement)])
  return refused
}

function agreementLog(id: string) {
  return logOriginOf(running.world.origin, { kind: 'agreement', id })
}

/** Does it so many seconds later, and comes back. */
async function later<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  running.app.clock.pass(seconds)
  try {
    return await act()
  } finally {
    running.app.clock.pass(-seconds)
  }
}

const team = (id: TeamId) => ({ kind: 'team', organisation: running.world.police.id, team: id }) as const

interface Case {
  readonly code: string
  readonly status: number
  readonly clause?: string
  /** What to do next. */
  readonly action: RegExp
  readonly change: () => Partial<DraftBody>
}

const flow = (field: string) => `flows.council-to-police.${field}`

const cases: Readonly<Record<string, Case>> = {
  'the flow of the partner': {
    ...{ code: 'FLOW_NOT_COVERED', status: 403, clause: 'flows.police-to-council.from', action: /^Choose a flow/ },
    change: () => ({ flow: 'police-to-council' }),
  },
  'a flow that is not there': {
    ...{ code: 'FLOW_NOT_COVERED', status: 403, clause: 'flows', action: /^Choose a flow/ },
    change: () => ({ flow: 'council-to-press' }),
  },
  'a purpose of another agreement': {
    ...{ code: 'PURPOSE_NOT_COVERED', status: 422, clause: flow('purposes'), action: /^Select a purpose/ },
    change: () => ({ purpose: 'MAPPA' }),
  },
  'an item of another agreement': {
    ...{ code: 'ITEM_NOT_COVERED', status: 422, clause: flow('items'), action: /^Remove it/ },
    change: () => ({ items: ['INCIDENT_SUMMARY', 'MEDICAL_HISTORY'] }),
  },
  'a marking above all': {
    ...{ code: 'MARKING_TOO_HIGH', status: 422, clause: flow('maxMarking'), action: /OFFICIAL-SENSITIVE/ },
    change: () => ({ marking: 'SECRET' }),
  },
  'OFFICIAL-SENSITIVE with a blank handling instruction': {
    ...{ code: 'HANDLING_REQUIRED', status: 422, clause: flow('handlingInstruction'), action: /^Enter handling/ },
    change: () => ({ marking: 'OFFICIAL-SENSITIVE', handlingInstruction: ' ' }),
  },
  'an empty file': {
    ...{ code: 'FILE_EMPTY', status: 422, action: /^Look at file 2 of your list/ },
    change: () => ({ files: [{ size: 1 }, { size: 0 }] }),
  },
  'a file over the limit': {
    ...{ code: 'FILE_TOO_BIG', status: 413, clause: flow('maxFileBytes'), action: /smaller than 2097152000 bytes/ },
    change: () => ({ files: [{ size: 1 }, { size: 2000 * mebibyte + 1 }] }),
  },
  'one file too many': {
    ...{ code: 'TOO_MANY_FILES', status: 413, clause: flow('maxFiles'), action: /up to 20 files/ },
    change: () => ({ files: Array.from({ length: 21 }, () => ({ size: 1 })) }),
  },
  'a day over the longest time': {
    ...{
      code: 'EXPIRY_TOO_LATE',
      status: 422,
      clause: flow('maxDays'),
      action: /^Choose at most 14 days/,
    },
    change: () => ({ days: 15 }),
  },
  'a National Insurance number in the reference': {
    ...{ code: 'IDENTIFIER_IN_TEXT', status: 422, action: /^Remove the National Insurance number/ },
    change: () => ({ caseReference: 'about QQ 12 34 56 C' }),
  },
  'an NHS number in the reference': {
    ...{ code: 'IDENTIFIER_IN_TEXT', status: 422, action: /^Remove the NHS number/ },
    change: () => ({ caseReference: '943 476 5919' }),
  },
}

describe('a draft is refused', () => {
  for (const [what, { code, status, clause, action, change }] of Object.entries(cases)) {
    it(`[agreement/policy] for ${what}`, async () => {
      const { told } = await refusedDraft(change())
      expect([told.code, told.status, told.detail]).toEqual([code, status, clause])
      expect(told.action).toMatch(action)
    })
  }

  it('[agreement/policy] and permitted when nothing is wrong with it', async () => {
    expect((await draft(await permitted())).uploads).toHaveLength(2)
    const most = { files: Array.from({ length: 20 }, () => ({ size: 2000 * mebibyte })), days: 14 }
    expect((await draft({ ...(await permitted()), ...most })).uploads).toHaveLength(21)
  })

  it('[send/rostered-only] for a recipient who is in no roster, or at the wrong end', async () => {
    const { council, police } = running.world
    const siro = holderOf(police, 'siro').account
    const { account } = running.carol.person
    for (const recipient of [
      team(newId()),
      { kind: 'person', organisation: police.id, account: newId() },
      { kind: 'person', organisation: police.id, account: siro },
      { kind: 'person', organisation: council.id, account },
      { kind: 'person', organisation: running.dora.organisation.id, account: running.dora.person.account },
    ] as const) {
      const { told } = await refusedDraft({ recipients: [team(running.world.team.id), recipient] })
      expect([told.code, told.status, told.detail]).toEqual(['RECIPIENT_NOT_LISTED', 422, flow('to')])
      expect(told.action).toMatch(/^Choose a caseworker or team/)
    }
  })

  it('[send/dispatch] that names a recipient twice, at the edge', async () => {
    const body = await permitted()
    const twice = { ...body, recipients: [...body.recipients, ...body.recipients] }
    const { told, entry } = await refusedOnce({ owner: owner(), witness, act: () => draft(twice) })
    expect([told.code, told.status, entry.event]).toEqual(['REQUEST_INVALID', 422, 'request.refused'])
  })

  it('[agreement/unsigned] under an agreement that the partner has not signed', async () => {
    const id = await importUnsigned()
    const { told } = await refusedDraft({ agreement: id })
    expect([told.code, told.status, told.detail]).toEqual(['AGR_NOT_SIGNED', 409, 'parties'])
    expect(told.action).toMatch(/^Test Police has not signed version 1/)
  })

  it('[agreement/policy] when the agreement had to be reviewed', async () => {
    const { told } = await later(183 * day, () => refusedDraft({}))
    expect([told.code, told.status, told.detail]).toEqual(['AGR_REVIEW_OVERDUE', 409, 'reviewOn'])
    expect(told.action).toMatch(/must be reviewed/)
  })

  it('[agreement/ended] when the agreement has ended', async () => {
    const { told } = await later(366 * day, () => refusedDraft({}))
    expect([told.code, told.status, told.detail]).toEqual(['AGR_EXPIRED', 409, 'expiresOn'])
    expect(told.action).toMatch(/do not send the files another way/)
  })

  it('[agreement/policy] when a roster has ended', async () => {
    const { told } = await later(30 * day, () => refusedDraft({}))
    expect([told.code, told.status]).toEqual(['ROSTER_EXPIRED', 409])
    expect(told.action).toMatch(/sign a new one/)
  })
})

describe('what was sent', () => {
  it('[end/expiry] is refused when its time is over, whether or not a job ran, and nothing of it is given', async () => {
    const { transfer } = await send(running, [fileOf(new TextEncoder().encode('Seen at 21:40.'))])
    await judge(running, { transfer, verdict: 'clean' })
    await prove(running, running.olu)
    const api = apiOf(running.olu)
    await api.bytes(collectOperations.fetch, { params: { transfer, file: 'manifest' } })
    await later(7 * day, async () => {
      const { told, entry } = await refusedOnce({
        owner: owner(),
        witness,
        act: () => api.bytes(collectOperations.fetch, { params: { transfer, file: 'manifest' } }),
      })
      expect([told.code, told.status, entry.event]).toEqual(['TRANSFER_EXPIRED', 410, 'file.fetched'])
      expect([entry.log, entry.transfer]).toEqual([agreementLog(running.world.agreement.value.id), transfer])
      expect(told.action).toMatch(/send them again/)
      const opened = await refusedOnce({ owner: owner(), witness, act: () => openedBy(transfer) })
      expect([opened.told.code, opened.entry.event]).toEqual(['TRANSFER_EXPIRED', 'transfer.opened'])
    })
  })

  const openedBy = (transfer: TransferId) => apiOf(running.olu).call(collectOperations.opened, { params: { transfer } })
})

/** Signed by the council alone. */
async function importUnsigned() {
  const { world } = running
  const agreement = makeAgreement({ ...world.agreement.value, id: newId() })
  const signer = holderOf(world.council, 'siro')
  const signed = await signAgreement({ agreement, organisation: world.council, signer, at: world.at })
  const { value, hash, bytes } = agreement
  const by = holderOf(world.council, 'information-officer').account
  const signature = { hash, organisation: world.council.id, account: signer.account, signed, at: world.at }
  await owner()
    .transaction()
    .execute(async (tx) => {
      const imported = { kind: 'agreements.import', agreement: value, hash, bytes, by, at: world.at } as const
      await agreementWriters['agreements.import'](tx, imported)
      await agreementWriters['agreements.sign'](tx, { kind: 'agreements.sign', ...signature })
    })
  return value.id
}
