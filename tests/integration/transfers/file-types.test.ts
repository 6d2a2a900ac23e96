// A flow may list the types of its files (ARCHITECTURE.md#file-types): by content and name together, asked before anything is
// encrypted, and answered once more by what the scanner read.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { profileFor, readersOf } from '#client/send/sending.ts'
import { sendTransfer } from '#client/send/send.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import type { SeenFileType } from '#domain/file-types.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import * as made from '../../fixtures/scan-samples.ts'
import { lineOf, unlocked } from '../../fixtures/person-line.ts'
import type { CommandLine } from '../../fixtures/command-line.ts'
import {
  effectsOf,
  fileOf,
  judge,
  requestOf,
  senderOf,
  stateOf,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'
import { zip } from '../../fixtures/zips.ts'

let running: TransferApp
let carol: CommandLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await lineOf(running, running.carol)
})
afterAll(async () => {
  await running?.stop()
  await carol?.remove()
})

const listed = 'listed-to-police'
const text = made.bytesOf('name,number\nMiller,3\n')
const program = made.selfExtractor(text)

async function send(files: readonly (readonly [string, Uint8Array])[], { flow = listed, effects = {} } = {}) {
  const sender = await senderOf(running)
  const named = files.map(([name, content]) => fileOf(content, name))
  const request = await requestOf(running, named, { flow })
  const profile = await profileFor(readersOf(sender, request.recipients), systemClock.now() as Instant)
  return sendTransfer({ ...effectsOf(running), ...effects }, { sender, request, profile })
}

const attempts: readonly (readonly [string, Uint8Array, 'sent' | 'FILE_TYPE'])[] = [
  ['list.csv', text, 'sent'],
  ['LIST.CSV', text, 'sent'],
  ['letter.docx', made.docx(), 'sent'],
  ['photo.jpeg', made.photo(), 'sent'],
  ['report.pdf', made.pdf(text), 'sent'],
  ['files.zip', zip([{ name: 'list.csv', content: text }]), 'sent'],
  ['list.txt', text, 'FILE_TYPE'],
  ['list', text, 'FILE_TYPE'],
  ['report.pdf', program, 'FILE_TYPE'],
  ['report.pdf', text, 'FILE_TYPE'],
  ['report.pdf.exe', made.pdf(text), 'FILE_TYPE'],
  ['photo.jpg', made.docx(), 'FILE_TYPE'],
  ['letter.docx', made.photo(), 'FILE_TYPE'],
  ['letter.docx', zip([{ name: 'list.csv', content: text }]), 'FILE_TYPE'],
  ['files.zip', made.docx(), 'FILE_TYPE'],
  ['list.csv', made.noise(500), 'FILE_TYPE'],
]

describe('[scan/file-types] before anything is encrypted', () => {
  it.each(attempts)('[scan/file-types] %s (%#)', async (name, content, expected) => {
    const outcome = await send([
      ['list.csv', text],
      [name, content],
    ]).then(
      () => 'sent',
      (error: { code?: string; action?: string; detail?: string }) => {
        expect(error.action).toMatch(/csv, docx, jpg, pdf, zip.*file 2 of your list/)
        expect(error.detail).toBe(`flows.${listed}.fileTypes`)
        return error.code
      },
    )
    expect(outcome).toBe(expected)
  })

  it('[scan/file-types] a flow that lists none asks nothing, and is told nothing', async () => {
    const seeFileType = () => Promise.reject(new Error('asked'))
    const sent = await send([['setup.exe', program]], { flow: 'council-to-police', effects: { seeFileType } })
    expect(await stateOf(running, sent.transfer)).toBe('dispatched')
  })

  it('[scan/file-types] the command line says which file it is, and what to do', async () => {
    const place = await carol.file('minutes.txt', text)
    const about = [
      '--agreement',
      running.world.agreement.value.id,
      '--flow',
      listed,
      '--purpose',
      'CRIME_PREVENT_DETECT',
    ]
    const rest = ['--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example', ...unlocked(carol), '--json']
    const ran = await carol.run('send', place, ...about, ...rest)
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'FILE_TYPE' } })
    expect(ran.exit).toBe(3)
  })
})

describe('[scan/file-types] the scanner’s word is the last', () => {
  it.each<[string, readonly SeenFileType[], string]>([
    ['as it was declared', ['csv'], 'released'],
    ['an archive of listed types', ['zip', 'csv', 'jpg'], 'released'],
    ['another', ['txt'], 'rejected'],
    ['of no type', ['other'], 'rejected'],
    ['an archive with another in it', ['zip', 'csv', 'other'], 'rejected'],
    ['nothing known', [], 'rejected'],
  ])('[scan/file-types] %s', async (_, fileTypes, state) => {
    const { transfer } = await send([['list.csv', text]])
    expect(await judge(running, { transfer, verdict: 'clean', fileTypes })).toBe(state)
  })

  it('[scan/file-types] its sender is told why, by mail and by status', async () => {
    const lying = { seeFileType: async () => 'pdf' }
    const { transfer } = await send([['report.pdf', program]], { effects: lying })
    expect(await judge(running, { transfer, verdict: 'clean', fileTypes: ['other'] })).toBe('rejected')
    const rows = await running.database.as.owner.database
      .selectFrom('outbox')
      .select('data')
      .where('job', '=', 'send-mail')
      .execute()
    expect(rows.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ template: 'transfer-other-types', transfer }),
    )
    expect((await carol.run('status', transfer)).out).toContain('of no type that the agreement lists')
  })
})

it('[scan/file-types] a draft that does not say is permitted: the scanner says it', async () => {
  const { recipients, files: _, items, ...asked } = await requestOf(running, [], { flow: listed })
  const body = {
    ...asked,
    agreement: running.world.agreement.value.id,
    items: [...items],
    recipients: recipients.map(({ recipient }) => recipient),
    manifest: { size: 900 },
  }
  const draft = (type?: SeenFileType) =>
    running.carol.api.call(sendOperations.draft, { body: { ...body, files: [{ size: 9, ...(type && { type }) }] } })
  await expect(draft()).resolves.toBeDefined()
  await expect(draft('other')).rejects.toMatchObject({ code: 'FILE_TYPE', status: 422 })
})
