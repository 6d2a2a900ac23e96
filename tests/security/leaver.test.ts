// Somebody who left: named by an earlier roster of their organisation, not by the newest. Sessions, tokens and passwords
// of theirs still exist, and open nothing from the next request on (ARCHITECTURE.md#sign-in).
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { identityOperations } from '#contract/identity.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { draftTransfer } from '#client/send/draft.ts'
import type { Role } from '#domain/roles.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { organisationWriters } from '#store/organisations.ts'
import { entriesOf } from '../fixtures/entries.ts'
import {
  effectsOf,
  fileOf,
  requestOf,
  send,
  sendingOf,
  startTransferApp,
  type TransferApp,
} from '../fixtures/transfer-app.ts'

let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database

/** The council's next roster: everyone of the last one, or all but Carol, or Carol with another role. */
async function nextRoster({ withCarol, as }: { readonly withCarol: boolean; readonly as?: Role }): Promise<void> {
  const { id } = running.carol.organisation
  const first = await owner()
    .selectFrom('roster')
    .selectAll()
    .where('organisation', '=', id)
    .orderBy('sequence')
    .execute()
  const sequence = first.length + 1
  const hash = `${sequence}`.repeat(64) as Sha256Hex
  await owner()
    .insertInto('roster')
    .values({ ...first[0]!, sequence, hash })
    .execute()
  const people = await owner().selectFrom('roster_person').selectAll().where('roster', '=', first[0]!.hash).execute()
  const listed = people.filter(({ account }) => withCarol || account !== running.carol.person.account)
  await owner()
    .insertInto('roster_person')
    .values(
      listed.map((one) => ({
        ...one,
        roster: hash,
        ...(as && one.account === running.carol.person.account && { roles: [as] }),
      })),
    )
    .execute()
}

it('[account/leaver] who has left is nobody from the next request on, and somebody again once they are back', async () => {
  const { api, person } = running.carol
  const { transfer } = await send(running, [fileOf(new Uint8Array(3))])
  await nextRoster({ withCarol: false })
  const nobody = { code: 'SIGN_IN_REQUIRED' }
  const entries = await entriesOf(owner(), async () => {
    await expect(api.call(identityOperations.account, {})).rejects.toMatchObject(nobody)
    await expect(api.call(viewOperations.view, { params: { transfer } })).rejects.toMatchObject(nobody)
    await expect(api.call(viewOperations.sent, {})).rejects.toMatchObject(nobody)
    await expect(api.call(viewOperations.inbox, {})).rejects.toMatchObject(nobody)
  })
  expect(new Set(entries.map(({ event, code }) => `${event} ${code}`))).toEqual(
    new Set(['request.refused SIGN_IN_REQUIRED']),
  )
  await nextRoster({ withCarol: true })
  expect(await api.call(identityOperations.account, {})).toMatchObject({
    account: person.account,
    roles: ['caseworker'],
  })
})

it('[account/leaver] the upload tokens of who has left take nothing, and stay shut when they are back', async () => {
  const { transfer, files } = await draftTransfer(
    effectsOf(running),
    await sendingOf(running, [fileOf(new Uint8Array(9))]),
  )
  const { token, file } = files[0]!
  const ask = async () => {
    const headers = { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}` }
    return (await fetch(`${running.app.url}/uploads/${transfer}-${file}`, { method: 'HEAD', headers })).status
  }
  expect(await ask()).toBe(200)
  await nextRoster({ withCarol: false })
  expect(await ask()).toBe(403)
  const organisation = running.carol.organisation.id
  const stayed = running.carol.organisation.people.filter((one) => one !== running.carol.person)
  const at = systemClock.now() as Instant
  await running.database.as.server.database.transaction().execute((tx) =>
    organisationWriters['organisations.revoke-uploads-of-leavers'](tx, {
      kind: 'organisations.revoke-uploads-of-leavers',
      organisation,
      stayed: stayed.map(({ account }) => account),
      at,
    }),
  )
  await nextRoster({ withCarol: true })
  expect(await ask()).toBe(403)
})

it('[account/leaver] an earlier answer is repeated to nobody who may not ask any more', async () => {
  const { api } = running.carol
  const { files, recipients, ...asked } = await requestOf(running, [fileOf(new Uint8Array(9))])
  const idempotencyKey = 'one-key-for-one-draft'
  const body = {
    ...asked,
    items: [...asked.items],
    agreement: running.world.agreement.value.id,
    recipients: recipients.map(({ recipient }) => recipient),
    files: files.map(({ size }) => ({ size })),
    manifest: { size: 500 },
  }
  const ask = () => api.call(sendOperations.draft, { body, idempotencyKey })
  const first = await ask()
  expect(await ask()).toEqual(first)
  await nextRoster({ withCarol: true, as: 'auditor' })
  const entries = await entriesOf(owner(), () => expect(ask()).rejects.toMatchObject({ code: 'ROLE_REQUIRED' }))
  expect(entries.map(({ event, code }) => `${event} ${code}`)).toEqual(['transfer.drafted ROLE_REQUIRED'])
  await nextRoster({ withCarol: true })
  expect(await ask()).toEqual(first)
})
