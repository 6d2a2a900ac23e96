// A folder of 300 files to a team, in one command; what is too many is refused before a byte is encrypted, in words that
// say how many would do.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sendOperations } from '#contract/transfers/send.ts'
import { mostFiles } from '#domain/policy/bounds.ts'
import type { AccountId } from '#domain/values.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { newId } from '../../fixtures/documents.ts'
import { fileOf, judge, requestOf, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

let running: TransferApp
let carol: MemberLine
let olu: MemberLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await enterLine(running, running.carol)
  olu = await enterLine(running, running.olu)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all([carol?.remove(), olu?.remove()])
})

const sending = (...more: readonly string[]) => [
  ...['--agreement', running.world.agreement.value.id, '--purpose', 'CRIME_PREVENT_DETECT'],
  ...['--item', 'INCIDENT_SUMMARY', '--to', 'Public Protection Unit', ...carol.unlocked, ...more],
]

describe('many files', () => {
  it('[send/many] a folder of 300 files goes to a team in one transfer, and comes out as it was', async () => {
    const folder = carol.path('case 17')
    const names = Array.from({ length: 300 }, (_, index) => `${index < 20 ? 'photos/' : ''}${index}.txt`)
    await mkdir(join(folder, 'photos'), { recursive: true })
    for (const name of names) await writeFile(join(folder, name), `contents of ${name}`)
    await writeFile(join(folder, '.DS_Store'), 'nothing of the case')
    await symlink('/etc/hostname', join(folder, 'link.txt'))
    const sent = await carol.run('send', folder, ...sending('--flow', 'many-to-police'))
    expect(sent).toMatchObject({ exit: 0, out: expect.stringContaining('Sent 300 files to Public Protection Unit') })
    for (const leftOut of ['.DS_Store', 'link.txt']) expect(sent.error).toContain(join(folder, leftOut))
    const [, transfer = ''] = /transfer ([0-9a-f]{32})/.exec(sent.out) ?? []
    await judge(running, { transfer: transfer as never, verdict: 'clean' })
    const into = olu.path('in')
    const { files } = await olu.done('collect', transfer, '--into', into, ...olu.unlocked)
    expect(files).toHaveLength(300)
    for (const name of names) expect(await readFile(join(into, name), 'utf8')).toBe(`contents of ${name}`)
  })

  it('[send/many] more than the flow takes, or than one note has room for, is refused with how many would do', async () => {
    const request = await requestOf(running, [fileOf(new Uint8Array(1))])
    const draft = (flow: string, files: number) =>
      running.carol.api.call(sendOperations.draft, {
        body: {
          ...request,
          flow,
          items: [...request.items],
          agreement: running.world.agreement.value.id,
          recipients: request.recipients.map(({ recipient }) => recipient),
          files: Array.from({ length: files }, () => ({ size: 1 })),
          manifest: { size: 1 },
        },
      })
    const words = (most: number) => expect.stringContaining(`up to ${most} files`)
    const refused = { code: 'TOO_MANY_FILES', status: 413 }
    await expect(draft('council-to-police', 21)).rejects.toMatchObject({ ...refused, action: words(20) })
    await expect(draft('many-to-police', mostFiles + 1)).rejects.toMatchObject({ ...refused, action: words(mostFiles) })
    const { uploads } = await draft('many-to-police', mostFiles)
    expect(uploads).toHaveLength(mostFiles + 1)
  })

  it('[send/many] 500 recipients can be named, no more, and nobody who is not rostered', async () => {
    const request = await requestOf(running, [fileOf(new Uint8Array(1))])
    const draft = (people: number) =>
      running.carol.api.call(sendOperations.draft, {
        body: {
          ...request,
          items: [...request.items],
          agreement: running.world.agreement.value.id,
          recipients: Array.from({ length: people }, () => ({
            ...{ kind: 'person', organisation: running.world.police.id, account: newId<AccountId>() },
          })) as never,
          files: [{ size: 1 }],
          manifest: { size: 1 },
        },
      })
    await expect(draft(500)).rejects.toMatchObject({ code: 'RECIPIENT_NOT_LISTED' })
    await expect(draft(501)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it('[send/many] an empty file, and a folder with nothing in it, are said by name before anything leaves', async () => {
    const empty = await carol.file('empty.csv', '')
    const refused = await carol.run('send', empty, ...sending('--flow', 'many-to-police'))
    expect(refused).toMatchObject({ exit: 2, error: expect.stringContaining(`${empty} is empty`) })
    await mkdir(carol.path('nothing'))
    const nothing = await carol.run('send', carol.path('nothing'), ...sending('--flow', 'many-to-police'))
    expect(nothing).toMatchObject({ exit: 2, error: expect.stringContaining('There is no file in') })
  })
})
