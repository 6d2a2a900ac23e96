// `safehand send`, `status`, `sent`, `inbox`, `collect`, `acknowledge`, as two people run them.
import { randomBytes } from 'node:crypto'
import { readdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { CommandLine } from '../../fixtures/command-line.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { lineOf, unlocked } from '../../fixtures/person-line.ts'
import { judge, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const content = randomBytes(300_000)
let running: TransferApp
let carol: CommandLine
let olu: CommandLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await lineOf(running, running.carol)
  olu = await lineOf(running, running.olu)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all([carol?.remove(), olu?.remove()])
})

async function send(...more: readonly string[]) {
  const file = await carol.file('report.csv', content)
  return sendUnder({ flow: 'council-to-police', file, more: [...more, '--json'] })
}

function sendUnder({ flow, file, more }: { flow: string; file: string; more: readonly string[] }) {
  const agreement = ['--agreement', running.world.agreement.value.id, '--flow', flow]
  const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17']
  return carol.run('send', file, ...agreement, ...why, ...unlocked(carol), ...more)
}

describe('safehand', () => {
  it('[cli/journey] sends, shows, collects and acknowledges, each with its exit code', async () => {
    const sent = await send('--to', 'olu@police.example', '--days', '3')
    expect(sent).toMatchObject({ exit: 0, json: { files: [{ name: 'report.csv', size: content.length }] } })
    const { transfer } = sent.json
    expect(await carol.done('status', transfer)).toMatchObject({ state: 'dispatched' })
    const pending = await olu.run('collect', transfer, '--into', olu.path('early'), ...unlocked(olu), '--json')
    expect(pending).toMatchObject({ exit: 3, json: { error: { code: 'SCAN_PENDING' } } })
    await judge(running, { transfer, verdict: 'clean' })
    const { name } = running.carol.person
    expect((await olu.done('inbox')).transfers).toMatchObject([{ transfer, state: 'released', sender: { name } }])
    const early = await olu.run('acknowledge', transfer, ...unlocked(olu))
    expect(early).toMatchObject({ exit: 2, error: expect.stringContaining(`safehand collect ${transfer}`) })
    expect((await carol.done('sent')).transfers).toMatchObject([{ transfer, state: 'released' }])
    const into = olu.path('collected')
    const collected = await olu.done('collect', transfer, '--into', into, ...unlocked(olu))
    expect(collected).toMatchObject({ sender: { email: 'carol@council.example' }, caseReference: 'ASB-17' })
    expect(Buffer.compare(await readFile(join(into, 'report.csv')), content)).toBe(0)
    const { receipt } = await olu.done('acknowledge', transfer, ...unlocked(olu))
    expect(JSON.parse(await readFile(join(olu.home, 'receipts', `${transfer}.json`), 'utf8')).receipt).toEqual(receipt)
    expect((await carol.done('status', transfer)).deliveries).toMatchObject([{ state: 'acknowledged' }])
    expect((await readFile(join(carol.home, 'journal', `${transfer}.jsonl`), 'utf8')).split('\n')).toHaveLength(2)
    expect(await readdir(join(carol.home, 'unfinished'))).toEqual([])
  })

  it('[transfer/one-look] looks once where a person looks once: one entry of it in the log, whatever was signed since', async () => {
    const { json } = await send('--to', 'olu@police.example')
    const { transfer } = json
    await judge(running, { transfer, verdict: 'clean' })
    const added = ['--to', 'pat@police.example', '--reason', 'Takes over the case', '--yes']
    await carol.done('add-recipient', transfer, ...added, ...unlocked(carol))
    const views = async (act: () => Promise<unknown>) =>
      (await entriesOf(running.database.as.owner.database, act)).filter(({ event }) => event === 'transfer.viewed')
    const collected = () => olu.done('collect', transfer, '--into', olu.path('once'), ...unlocked(olu))
    expect(await views(collected)).toHaveLength(1)
    expect(await views(() => olu.done('acknowledge', transfer, ...unlocked(olu)))).toHaveLength(1)
    expect(await views(() => carol.done('status', transfer))).toHaveLength(1)
  })

  it('[transfer/one-look] asks for the agreement once, however much was signed under it', async () => {
    const { json } = await send('--to', 'olu@police.example')
    const { transfer } = json
    await judge(running, { transfer, verdict: 'clean' })
    const added = ['--to', 'pat@police.example', '--reason', 'Takes over the case', '--yes']
    const eventsOf = async (act: () => Promise<unknown>) =>
      (await entriesOf(running.database.as.owner.database, act)).map(({ event }) => event).toSorted()
    const looks = ['agreement.viewed', 'transfer.viewed']
    const add = () => carol.done('add-recipient', transfer, ...added, ...unlocked(carol))
    expect(await eventsOf(add)).toEqual(['agreement.viewed', 'transfer.recipient.added', 'transfer.viewed'])
    expect(await eventsOf(() => carol.done('status', transfer))).toEqual(looks)
  })

  it('[scan/size-limit] says before anything is encrypted that a file is more than a scan takes, and what becomes of it', async () => {
    const file = await carol.file('footage.mp4', 'x')
    await truncate(file, 2048 * 1024 * 1024)
    const ask = (flow: string) => sendUnder({ flow, file, more: ['--to', 'olu@police.example'] })
    const before = (await carol.done('sent')).transfers
    expect(await ask('council-to-police')).toMatchObject({ exit: 2, error: expect.stringContaining('2,047 MiB') })
    const declared = await ask('sealed-to-police')
    expect([declared.exit, declared.error]).toEqual([3, expect.stringContaining('An approver of your organisation')])
    expect((await carol.done('sent')).transfers).toEqual(before)
  })

  it('[cli/journey] shows names, whom it waits for, and what this person can do next', async () => {
    const { json } = await send('--to', 'olu@police.example', 'OLU@police.example')
    const { transfer } = json
    await judge(running, { transfer, verdict: 'clean' })
    const shown = await olu.run('status', transfer)
    expect(shown.out).toContain(`From ${running.carol.person.name}, `)
    expect(shown.out).toContain(`${running.olu.person.name} has not collected it yet`)
    expect(shown.out).toContain(`Next: safehand collect ${transfer}`)
    expect((await carol.run('status', transfer)).out).not.toContain('Next')
    const own = await carol.run('collect', transfer, '--into', carol.path('own'), ...unlocked(carol))
    expect(own).toMatchObject({ exit: 2, error: expect.stringContaining('You sent this transfer') })
    await olu.done('collect', transfer, '--into', olu.path('two'), ...unlocked(olu))
    expect((await olu.run('status', transfer)).out).toContain(`Next: safehand acknowledge ${transfer}`)
    await olu.done('acknowledge', transfer, ...unlocked(olu))
    const { out } = await carol.run('status', transfer)
    expect([out.match(/it is deleted on/g)?.length, out.includes('It is kept until')]).toEqual([1, false])
    const again = await olu.run('acknowledge', transfer, ...unlocked(olu))
    expect(again).toMatchObject({ exit: 2, error: expect.stringContaining('There is nothing left to do') })
  })

  it('[recall/words] says of what was recalled that it was not collected, and when, in words', async () => {
    const { transfer } = (await send('--to', 'olu@police.example')).json
    await carol.done('recall', transfer, '--reason', 'Another case')
    const { name } = running.olu.person
    const recalled = await carol.run('status', transfer)
    expect(recalled.out).toContain(`  ${name} did not collect it\n`)
    const ask = ['collect', transfer, '--into', olu.path('late'), ...unlocked(olu)]
    expect((await olu.run(...ask)).error).toMatch(/recalled on \d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d (GMT|BST)/)
  })

  it('[addendum/late-recipient] adds one more person after asking with name and fingerprint, and shows who did and why', async () => {
    const { json } = await send('--to', 'olu@police.example')
    const { transfer } = json
    await judge(running, { transfer, verdict: 'clean' })
    const pat = await lineOf(running, running.pat)
    const add = [
      'add-recipient',
      transfer,
      '--to',
      'pat@police.example',
      '--reason',
      'Takes over the case',
      ...unlocked(carol),
    ]
    const asked = await carol.run(...add)
    expect(asked).toMatchObject({ exit: 2, error: expect.stringContaining('Nobody was added') })
    await expect(pat.run('collect', transfer, '--into', pat.path('in'), ...unlocked(pat))).resolves.toMatchObject({
      exit: 3,
    })
    await carol.done(...add, '--yes')
    await pat.done('collect', transfer, '--into', pat.path('in'), ...unlocked(pat))
    expect(Buffer.compare(await readFile(join(pat.path('in'), 'report.csv')), content)).toBe(0)
    const { name } = running.pat.person
    const said = `${name} was added by ${running.carol.person.name}: Takes over the case`
    expect((await carol.run('status', transfer)).out).toContain(said)
    const again = await carol.run(...add, '--yes', '--json')
    expect(again).toMatchObject({ exit: 3, json: { error: { code: 'RECIPIENT_HAS_KEY' } } })
    await pat.remove()
  })

  it('[send/rostered-only] sends to nobody who is not in the signed roster', async () => {
    expect(await send('--to', 'ghost@police.example')).toMatchObject({
      exit: 4,
      json: { error: { code: 'RECIPIENT_NOT_LISTED' } },
    })
  })

  it('[scan/lost-key] says in words when the sender has to send again', async () => {
    const { json } = await send('--to', 'Public Protection Unit')
    const { database } = running.database.as.scanner
    await database
      .updateTable('transfer')
      .set({ state: 'waiting-for-sender' })
      .where('id', '=', json.transfer)
      .execute()
    expect((await carol.run('status', json.transfer)).out).toContain('safehand rescan')
  })
})
