// Lists of transfers, page by page: nothing is cut off, nothing comes twice, and what waits for somebody stands above what is
// done, however old it is. Asked of the service, and at the command line.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { RefusedByServer } from '#client/api.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { type Place, viewOperations } from '#contract/transfers/view.ts'
import type { TransferId } from '#domain/values.ts'
import { holderOf } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { enter } from '../../fixtures/later-roster.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { fileOf, judge, send, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

/** With the one that waits, which is older than all of them. */
const many = 450
let running: TransferApp
let waiting: TransferId
let carol: MemberLine
let olu: MemberLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await enterLine(running, running.carol)
  olu = await enterLine(running, running.olu)
  const { transfer } = await send(running, [fileOf(new Uint8Array(3))])
  await judge(running, { transfer, verdict: 'clean' })
  waiting = transfer
  await copyAcknowledged(transfer)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all([carol, olu].map((line) => line?.remove()))
})

/** A hundred in each second, so that time alone is no order. Rows written by hand know no guards from here on. */
async function copyAcknowledged(transfer: TransferId): Promise<void> {
  await byHand(`
    alter table transfer disable trigger user;
    alter table delivery disable trigger user;
    insert into transfer select copy.* from transfer t, generate_series(1, ${many}) n, jsonb_populate_record(t, jsonb_build_object(
      'id', md5(n::text), 'note_hash', null, 'created_at', t.created_at + (1 + n / 100) * interval '1 second')) copy
      where t.id = '${transfer}';
    insert into delivery select copy.* from delivery d, generate_series(1, ${many}) n, jsonb_populate_record(d,
      jsonb_build_object('transfer', md5(n::text), 'state', 'acknowledged', 'acknowledged_by', '${running.pat.person.account}',
      'acknowledged_at', now())) copy where d.transfer = '${transfer}';`)
}

async function byHand(statements: string): Promise<void> {
  await sql.raw(statements).execute(running.database.as.owner.database)
}

const idsIn = (transfers: readonly { readonly transfer: string }[]) => transfers.map(({ transfer }) => transfer)

describe('a list of transfers', () => {
  it('[transfer/lists] goes on after the place where a page ended: each is in it once, and each page has its entry', async () => {
    const { api } = running.carol
    const seen: string[] = []
    const left: number[] = []
    const entries = await entriesOf(running.database.as.owner.database, async () => {
      let before: Place | undefined
      do {
        const page = await api.call(viewOperations.sent, { query: { before } })
        seen.push(...idsIn(page.transfers))
        left.push(page.more)
        before = page.next ?? undefined
      } while (before !== undefined)
    })
    expect(new Set(seen).size).toBe(many + 1)
    expect(seen).toHaveLength(many + 1)
    expect(seen.at(-1)).toBe(waiting)
    expect(left).toEqual([251, 51, 0])
    expect(entries.map(({ event, detail }) => [event, detail.count])).toEqual(
      [200, 200, 51].map((length) => ['transfer.listed', length]),
    )
  })

  it('[transfer/lists] shows first what waits, and then says how many more there are and how to see them', async () => {
    const { out } = await olu.run('inbox')
    expect(out.split('\n')[1]).toContain(waiting)
    expect(out).toContain('… and 251 more. All of them: safehand inbox --all')
    expect(out.match(/^[0-9a-f]{32} /gm)).toHaveLength(200)
    const all = await olu.run('inbox', '--all')
    expect(all.out.match(/^[0-9a-f]{32} /gm)).toHaveLength(many + 1)
    expect(all.out).not.toContain('more. All of them')
    for (const line of [olu, carol]) {
      const { transfers } = await line.done(line === olu ? 'inbox' : 'sent')
      expect(new Set(idsIn(transfers)).size).toBe(many + 1)
    }
    expect((await carol.run('sent')).out).toContain('safehand sent --all')
  })

  it('[approval/waiting] of what waits for an approver is as whole', async () => {
    const { council } = running.world
    const ana = await enter(running, { organisation: council, person: holderOf(council, 'approver') })
    await byHand(`update transfer set state = 'awaiting-approval' where id <> '${waiting}'`)
    const page = await ana.api.call(approveOperations.approvals, {})
    expect([page.transfers.length, page.more]).toEqual([200, 250])
    const line = await enterLine(running, ana)
    expect((await line.done('approvals')).transfers).toHaveLength(many)
    await line.remove()
  })

  it('[transfer/lists] begins nowhere else: what is no place of a page is refused', async () => {
    for (const before of ['1', `done_2026-13-40T00:00:00Z_${waiting}`, `done_2026-11-22T09:00:00Z_x`]) {
      const asked = running.olu.api.call(viewOperations.inbox, { query: { before: before as Place } })
      await expect(asked).rejects.toSatisfy(
        (error) => error instanceof RefusedByServer && error.code === 'REQUEST_INVALID',
      )
    }
  })
})
