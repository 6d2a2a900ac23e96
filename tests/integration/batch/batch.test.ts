// `safehand send --batch`, as a council sends a month's statements: checked whole, sent once, killed in the middle and run
// again. The service is the server's real app; the scanner is played.
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { verifyReceipt } from '#client/transfers/verify-receipt.ts'
import { verifyVerdict } from '#client/transfers/verify-verdict.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { agreementFor, judge, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'
import { programEnv } from '../../fixtures/program-env.ts'

let running: TransferApp
let carol: MemberLine
let folder: string

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await enterLine(running, running.carol)
  folder = carol.path('statements')
  await mkdir(folder)
})
afterAll(async () => {
  await running?.stop()
  await carol?.remove()
})

const put = (name: string, content = `Statement ${name}`) => writeFile(join(folder, name), content)

async function listOf(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, lines.join('\r\n'))
  return path
}

const terms = () => [
  ...['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police'],
  ...['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example'],
]
const batch = (list: string, ...more: readonly string[]) =>
  carol.run('send', '--batch', list, ...terms(), ...carol.unlocked, ...more, '--json')

interface Line {
  readonly row: string
  readonly state: string
  readonly transfer: string
  readonly code: string
  readonly 'SHA-256': string
  readonly 'what to do': string
}

async function reportOf(list: string): Promise<readonly Line[]> {
  return parse(await readFile(list.replace('.csv', '.report.csv')), { columns: true, bom: true })
}

/** By case reference: what the service has, and how far it came. */
async function onTheServer(references: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const rows = await running.database.as.owner.database
    .selectFrom('transfer')
    .select(['case_reference', 'state'])
    .where('case_reference', 'in', [...references])
    .execute()
  return rows.map((row) => [row.case_reference ?? '', row.state] as const).toSorted()
}

describe('a list with mistakes', () => {
  const references = ['B-1', 'B-2', 'B-3', 'NHS 943 476 5919']
  let list: string

  beforeAll(async () => {
    await Promise.all(['a.txt', 'b.txt', 'empty.txt'].map((name) => put(name, name === 'empty.txt' ? '' : name)))
    await symlink('/etc/hostname', join(folder, 'link.txt'))
    list = await listOf('mistakes.csv', [
      'file,to,case-reference,purpose,days,id,transfer',
      'a.txt,,B-1,,,one,',
      'none.txt,,B-2,,,,',
      '../../etc/hostname,,B-2,,,,',
      'link.txt,,B-2,,,,',
      'b.txt,ghost@police.example,B-2,,,,',
      'b.txt,,B-2,DEBT,,,',
      'b.txt,,B-2,GOSSIP,,,',
      'b.txt,,NHS 943 476 5919,,,,',
      'b.txt,,B-2,,99,,',
      'empty.txt,,B-2,,,,',
      'b.txt,,B-3,,,one,',
      'a.txt,,B-2,,,,',
      'a.txt,,B-2,,,,',
      'a.txt,,B-2,,,,pair',
      'b.txt,,B-3,,,,pair',
    ])
  })

  const expected = [
    [3, 'file', 'FILE_MISSING'],
    [4, 'file', 'FILE_OUTSIDE'],
    [5, 'file', 'FILE_NOT_PLAIN'],
    [6, 'to', 'RECIPIENT_UNKNOWN'],
    [7, 'purpose', 'PURPOSE_NOT_COVERED'],
    [8, 'purpose', 'PURPOSE_UNKNOWN'],
    [9, 'case-reference', 'IDENTIFIER_IN_TEXT'],
    [10, 'days', 'EXPIRY_TOO_LATE'],
    [11, 'file', 'FILE_EMPTY'],
    [12, 'id', 'ID_TWICE'],
    [14, null, 'ROW_TWICE'],
    [15, null, 'TRANSFER_HAS_PROBLEMS'],
    [16, 'case-reference', 'TRANSFER_DIFFERS'],
  ]
  const found = (json: { problems: readonly { row: number; column: string | null; code: string }[] }) =>
    json.problems.map(({ row, column, code }) => [row, column, code])

  it('[batch/dry-run] is checked by a dry run, each mistake by its row and column, and nothing is sent', async () => {
    const dry = await batch(list, '--dry-run')
    expect(found(dry.json)).toEqual(expected)
    expect(dry).toMatchObject({ exit: 2, json: { transfers: 2, files: 2, invalid: 13 } })
    for (const { words } of dry.json.problems) expect(words).toMatch(/\. [A-Z“].*\.$/s)
    expect(await onTheServer(references)).toEqual([])
  })

  it('[batch/rows] is not begun, unless what is wrong is left out; the report says so row by row', async () => {
    const begun = await batch(list)
    expect([begun.exit, found(begun.json)]).toEqual([2, expected])
    expect(await onTheServer(references)).toEqual([])
    const skipped = await batch(list, '--skip-invalid')
    expect(skipped).toMatchObject({ exit: 2, json: { sent: 2, invalid: 13, refused: 0 } })
    expect(await onTheServer(references)).toEqual([
      ['B-1', 'dispatched'],
      ['B-2', 'dispatched'],
    ])
    const report = await reportOf(list)
    expect(report.map(({ row, state }) => [Number(row), state.split(':')[0]])).toEqual(
      Array.from({ length: 15 }, (_, index) => [index + 2, [0, 11].includes(index) ? 'sent' : 'not sent']),
    )
    expect(report[0]!['SHA-256']).toMatch(/^[0-9a-f]{64}$/)
  })
})

it('[scan/size-limit] a file that no scan takes is said by its row, before anything is sent', async () => {
  await put('footage.mp4')
  await truncate(join(folder, 'footage.mp4'), 2048 * 1024 * 1024)
  const list = await listOf('large.csv', ['file,case-reference', 'footage.mp4,L-1'])
  const { json } = await batch(list, '--dry-run')
  expect(json.problems).toMatchObject([{ row: 2, column: 'file', code: 'FILE_TOO_BIG_TO_SCAN' }])
  expect(await onTheServer(['L-1'])).toEqual([])
})

describe('a list', () => {
  it('[batch/once] run again sends only what is missing; a row whose file went is known, one whose contents changed is asked about', async () => {
    await Promise.all(['x.txt', 'y.txt', 'z.txt'].map((name) => put(name)))
    const head = 'file,case-reference,id,transfer'
    const list = await listOf('again.csv', [head, 'x.txt,C-1,,', 'y.txt,C-2,y,', 'x.txt,C-3,,both', 'y.txt,C-3,,both'])
    expect(await batch(list)).toMatchObject({ exit: 0, json: { sent: 4, 'sent-before': 0 } })
    const first = await reportOf(list)
    await listOf('again.csv', [
      head,
      'x.txt,C-1,,',
      'y.txt,C-2,y,',
      'x.txt,C-3,,both',
      'y.txt,C-3,,both',
      'z.txt,C-4,,',
    ])
    expect(await batch(list, '--dry-run')).toMatchObject({ exit: 0, json: { files: 1, transfers: 1, sentBefore: 4 } })
    expect(await batch(list)).toMatchObject({ exit: 0, json: { sent: 1, 'sent-before': 4 } })
    expect((await reportOf(list)).slice(0, 4).map(({ transfer }) => transfer)).toEqual(
      first.map(({ transfer }) => transfer),
    )
    await put('y.txt', 'Statement y, corrected')
    const changed = await batch(list)
    expect(changed.json.problems.map(({ row, column, code }: never) => [row, column, code])).toEqual([
      [3, 'id', 'ROW_CHANGED'],
      [4, 'transfer', 'ROW_CHANGED'],
      [5, null, 'TRANSFER_HAS_PROBLEMS'],
    ])
    const gone = await listOf('again.csv', [head, 'x.txt,C-1,,'])
    await carol.file('statements/x.txt', 'x')
    expect(await onTheServer(['C-1', 'C-2', 'C-3', 'C-4'])).toHaveLength(4)
    expect(gone).toBe(list)
  })

  it('[batch/once] that was renamed sends nothing twice: the service knows its rows', async () => {
    await put('once.txt')
    const lines = ['file,case-reference', 'once.txt,D-1']
    expect(await batch(await listOf('named.csv', lines))).toMatchObject({ exit: 0 })
    const renamed = await batch(await listOf('renamed.csv', lines))
    expect(renamed).toMatchObject({ exit: 3, json: { sent: 0, refused: 1 } })
    expect(await reportOf(join(folder, 'renamed.csv'))).toMatchObject([{ code: 'SENT_ELSEWHERE' }])
    expect(await onTheServer(['D-1'])).toEqual([['D-1', 'dispatched']])
  })

  it('[batch/once] is sent by one process at a time, and what is remembered of it is for its sender alone', async () => {
    await Promise.all(['p.txt', 'q.txt'].map((name) => put(name)))
    const list = await listOf('two.csv', ['file,case-reference', 'p.txt,E-1', 'q.txt,E-2'])
    const [one, other] = await Promise.all([batch(list), batch(list)])
    expect([one.exit, other.exit].toSorted()).toEqual([0, 2])
    expect(await onTheServer(['E-1', 'E-2'])).toHaveLength(2)
    const ledgers = join(carol.home, 'batches')
    for (const name of await readdir(ledgers)) {
      if (name.endsWith('.jsonl')) expect((await stat(join(ledgers, name))).mode & 0o777).toBe(0o600)
    }
  })
})

describe('a list under a flow that counts records', () => {
  const counting = ['--flow', 'counted-to-police']
  const found = (json: { problems: readonly { row: number; column: string | null; code: string }[] }) =>
    json.problems.map(({ row, column, code }) => [row, column, code])

  it('[batch/rows] says how many are in each file: those of a transfer are added up, and the agreement is asked before', async () => {
    await Promise.all(['1.csv', '2.csv', '3.csv', '4.csv'].map((name) => put(name)))
    const head = 'file,case-reference,records,transfer'
    const wrong = await listOf('uncounted.csv', [
      head,
      '1.csv,N-1,,',
      '2.csv,N-2,10001,',
      '3.csv,N-3,9000,both',
      '4.csv,N-3,1001,both',
      '3.csv,N-4,1,half',
      '4.csv,N-4,,half',
    ])
    const dry = await batch(wrong, '--dry-run', ...counting)
    expect([dry.exit, found(dry.json)]).toEqual([
      2,
      [
        [2, 'records', 'RECORDS_MISSING'],
        [3, 'records', 'RECORD_LIMIT'],
        [4, 'records', 'RECORD_LIMIT'],
        [5, null, 'TRANSFER_HAS_PROBLEMS'],
        [6, null, 'TRANSFER_HAS_PROBLEMS'],
        [7, 'records', 'RECORDS_MISSING'],
      ],
    ])
    for (const { words } of dry.json.problems) expect(words).toMatch(/\. [A-Z“].*\.$/s)
    const right = await listOf('counted.csv', [head, '1.csv,N-1,,', '3.csv,N-3,8000,both', '4.csv,N-3,2000,both'])
    expect(await batch(right, ...counting, '--records', 'some')).toMatchObject({ exit: 2 })
    expect(await batch(right, ...counting, '--records', '12')).toMatchObject({ exit: 0, json: { sent: 3 } })
    const rows = await running.database.as.owner.database
      .selectFrom('transfer')
      .select(['case_reference', 'records'])
      .where('case_reference', 'in', ['N-1', 'N-2', 'N-3', 'N-4'])
      .orderBy('case_reference')
      .execute()
    expect(rows.map(({ case_reference, records }) => [case_reference, records])).toEqual([
      ['N-1', 12],
      ['N-3', 10_000],
    ])
  })
})

describe('what became of a list', () => {
  it('[batch/report] is told file by file, with the signed receipts, which are verified before they are kept', async () => {
    await Promise.all(['r.txt', 's.txt'].map((name) => put(name)))
    const list = await listOf('followed.csv', ['file,case-reference', 'r.txt,F-1', 's.txt,F-2'])
    const { transfers } = (await batch(list)).json as { transfers: TransferId[] }
    for (const transfer of transfers) await judge(running, { transfer, verdict: 'clean' })
    const olu = await enterLine(running, running.olu)
    const [transfer] = transfers as [TransferId, TransferId]
    await olu.done('collect', transfer, '--into', olu.path('in'), ...olu.unlocked)
    const { receipt } = await olu.done('acknowledge', transfer, ...olu.unlocked)
    await rm(join(folder, 'r.txt'))
    const said = await batch(list, '--status')
    expect(said).toMatchObject({ exit: 0, json: { sent: 2, collected: 1, acknowledged: 1, receipts: 1 } })
    const rows = parse(await readFile(join(folder, 'followed.status.csv')), { columns: true, bom: true })
    expect(rows).toMatchObject([
      { file: 'r.txt', transfer, recipient: running.olu.person.name, acknowledged: expect.stringMatching(/^20/) },
      { file: 's.txt', state: 'released', collected: '', acknowledged: '', receipts: '' },
    ])
    const kept = JSON.parse(await readFile(join(folder, 'followed.receipts', `${transfer}.json`), 'utf8'))
    expect(kept.receipts).toEqual([receipt])
    const agreement = await agreementFor(running, running.carol)
    const claim = async (of: TransferId, document: typeof receipt) => {
      const view = await running.carol.api.call(viewOperations.view, { params: { transfer: of } })
      const now = systemClock.now() as Instant
      const note = await verifyNote({ agreement, transfer: of, document: view.note!, now })
      const verdict = await verifyVerdict({ agreement, note, ...view.signedVerdict!, now })
      return verifyReceipt({ agreement, note, verdict, document, now })
    }
    expect(await claim(transfer, receipt)).toMatchObject({ signer: { email: 'olu@police.example' } })
    const lies = [
      () => claim(transfers[1]!, receipt),
      () => claim(transfer, { ...receipt, signature: Buffer.from('no signature').toString('base64') }),
      () => claim(transfer, { ...receipt, bytes: Buffer.from('{}').toString('base64') }),
    ]
    for (const lie of lies) await expect(lie()).rejects.toMatchObject({ code: 'TRUST_RECEIPT' })
    await olu.remove()
  })
})

describe('a list whose sender is killed', () => {
  it('[batch/once] is sent whole by the next runs, every row exactly once', async () => {
    const references = Array.from({ length: 20 }, (_, index) => `K-${index}`)
    await Promise.all(references.map((reference) => put(`${reference}.txt`)))
    const list = await listOf('killed.csv', [
      'file,case-reference',
      ...references.map((reference) => `${reference}.txt,${reference}`),
    ])
    const dispatched = async () => (await onTheServer(references)).filter(([, state]) => state === 'dispatched').length
    for (const enough of [4, 12]) {
      const child = spawn(
        process.execPath,
        ['cli/main.ts', 'send', '--batch', list, ...terms(), ...carol.unlocked, '--json'],
        { env: { ...programEnv, SAFEHAND_HOME: carol.home }, stdio: 'ignore' },
      )
      const ended = once(child, 'exit')
      while ((await dispatched()) < enough) await sleep(20)
      child.kill('SIGKILL')
      await ended
    }
    expect(await dispatched()).toBeLessThan(references.length)
    const last = await batch(list)
    expect(last).toMatchObject({ exit: 0, json: { refused: 0 } })
    expect(last.json.sent + last.json['sent-before']).toBe(references.length)
    const all = await onTheServer(references)
    const sent = all.filter(([, state]) => state === 'dispatched')
    expect(sent.map(([reference]) => reference)).toEqual(references.toSorted())
    expect(all.filter(([, state]) => state !== 'dispatched' && state !== 'abandoned')).toEqual([])
    expect(new Set(last.json.transfers).size).toBe(references.length)
    expect(await carol.done('resume')).toEqual({ unfinished: [] })
  })
})
