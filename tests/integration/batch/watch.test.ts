// `safehand watch`, as a scanner or a line-of-business system uses it: files appear, are sent once and put away, whatever
// happens to the watcher. The service is the server's real app; the scanner is played.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TransferId } from '#domain/values.ts'
import { createHome } from '../../../cli/home.ts'
import { portalAnswers, startPortal } from '../../fixtures/portal.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'
import { programEnv } from '../../fixtures/program-env.ts'

let running: TransferApp
let carol: MemberLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await enterLine(running, running.carol)
})
afterAll(async () => {
  await running?.stop()
  await carol?.remove()
})

async function folderFor(reference: string) {
  const folder = carol.path(reference)
  await mkdir(folder)
  const argv = [
    ...['watch', folder, '--settle', '1', '--agreement', running.world.agreement.value.id, '--json'],
    ...['--flow', 'council-to-police', '--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY'],
    ...['--to', 'olu@police.example', '--case-reference', reference, ...carol.unlocked],
  ]
  const start = () =>
    spawn(process.execPath, ['cli/main.ts', ...argv], {
      env: { ...programEnv, SAFEHAND_HOME: carol.home },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  return { folder, argv, start, at: (...names: string[]) => join(folder, ...names) }
}

interface Said {
  readonly event: string
  readonly name: string
  readonly code?: string
  readonly transfer?: TransferId
}

async function goOver(argv: readonly string[]): Promise<{ exit: number; said: readonly Said[] }> {
  const { exit, out } = await carol.run(...argv, '--once')
  const said: Said[] = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  return { exit, said: said.toSorted((one, other) => (`${one.name}` < `${other.name}` ? -1 : 1)) }
}

async function dispatched(reference: string): Promise<number> {
  const rows = await running.database.as.owner.database
    .selectFrom('transfer')
    .select('id')
    .where('case_reference', '=', reference)
    .where('dispatched_at', 'is not', null)
    .execute()
  return rows.length
}

async function filesIn(transfer: TransferId): Promise<number> {
  const rows = await running.database.as.owner.database
    .selectFrom('transfer_file')
    .select('file')
    .where('transfer', '=', transfer)
    .execute()
  return rows.length - 1
}

describe('a watched folder', () => {
  it('[watch/folder] sends each file and each folder as one transfer, and leaves alone what is hidden or being written', async () => {
    const { argv, at, folder } = await folderFor('W-1')
    await writeFile(at('a.pdf'), 'a')
    await mkdir(at('case', 'photos'), { recursive: true })
    await Promise.all([writeFile(at('case', 'list.csv'), 'x'), writeFile(at('case', 'photos', '1.jpg'), 'y')])
    await mkdir(at('half'))
    await Promise.all(['.hidden', 'b.pdf.part', 'c.tmp', 'half/d.part'].map((name) => writeFile(at(name), 'x')))
    const { exit, said } = await goOver(argv)
    expect([exit, said.map(({ event, name }) => [event, name])]).toEqual([
      0,
      [
        ['sent', 'a.pdf'],
        ['sent', 'case'],
      ],
    ])
    expect(await filesIn(said[1]!.transfer!)).toBe(2)
    expect((await readdir(folder)).toSorted()).toEqual(
      ['.hidden', '.safehand-watch.lock', 'b.pdf.part', 'c.tmp', 'half', 'refused', 'sent'].toSorted(),
    )
    expect((await readdir(at('sent'))).toSorted()).toEqual(['a.pdf', 'case'])
    await rename(at('b.pdf.part'), at('b.pdf'))
    expect((await goOver(argv)).said.map(({ name }) => name)).toEqual(['b.pdf'])
    expect(await dispatched('W-1')).toBe(3)
  })

  it('[watch/folder] counts the records of each file where the flow asks for them, and does not begin without', async () => {
    const { argv, at } = await folderFor('W-7')
    const counting = [...argv, '--flow', 'counted-to-police']
    await mkdir(at('case'))
    await Promise.all(['one.csv', 'case/a.csv', 'case/b.csv'].map((name) => writeFile(at(name), name)))
    expect(await carol.run(...counting, '--once')).toMatchObject({ exit: 2 })
    expect(await dispatched('W-7')).toBe(0)
    const { said } = await goOver([...counting, '--records', '30'])
    const rows = await running.database.as.owner.database
      .selectFrom('transfer')
      .select('records')
      .where(
        'id',
        'in',
        said.map(({ transfer }) => transfer!),
      )
      .orderBy('records')
      .execute()
    expect(rows.map(({ records }) => records)).toEqual([30, 60])
  })

  it('[watch/folder] refuses what cannot be sent, follows no link, and says why beside it', async () => {
    const { argv, at } = await folderFor('W-2')
    const secret = await carol.file('secret', 'not to be sent')
    await writeFile(at('empty.csv'), '')
    await symlink(secret, at('link.txt'))
    await mkdir(at('with-link'))
    await symlink(secret, at('with-link', 'inner.txt'))
    await mkdir(at('nothing'))
    const { exit, said } = await goOver(argv)
    expect([exit, said.map(({ event, name, code }) => [event, name, code])]).toEqual([
      3,
      [
        ['refused', 'empty.csv', 'FILE_EMPTY'],
        ['refused', 'link.txt', 'FILE_NOT_PLAIN'],
        ['refused', 'nothing', 'FILE_MISSING'],
        ['refused', 'with-link', 'FILE_NOT_PLAIN'],
      ],
    ])
    expect(await readFile(at('refused', 'link.txt.txt'), 'utf8')).toContain('links are never followed')
    expect(await readFile(at('refused', 'empty.csv.txt'), 'utf8')).toContain('empty.csv is empty')
    expect(await dispatched('W-2')).toBe(0)
    const elsewhere = await folderFor('W-3')
    await symlink(carol.path('W-2'), elsewhere.at('sent'))
    expect(await carol.run(...elsewhere.argv, '--once')).toMatchObject({ exit: 2 })
  })

  it('[watch/folder] sends a file of the same name and contents again when it is put there again, and replaces nothing', async () => {
    const { argv, at } = await folderFor('W-4')
    await writeFile(at('daily.csv'), 'nothing new')
    const first = await goOver(argv)
    await copyFile(at('sent', 'daily.csv'), at('daily.csv'))
    const second = await goOver(argv)
    expect([first, second].map(({ said }) => said.map(({ event }) => event))).toEqual([['sent'], ['sent']])
    expect(first.said[0]!.transfer).not.toBe(second.said[0]!.transfer)
    expect((await readdir(at('sent'))).toSorted()).toEqual(['daily (2).csv', 'daily.csv'])
    expect(await dispatched('W-4')).toBe(2)
  })

  it('[watch/folder] sends what is put there while it watches, is watched by one alone, and ends when it is told to', async () => {
    const { argv, at, start } = await folderFor('W-5')
    const child = start()
    const ended = once(child, 'exit')
    const lines: Said[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) lines.push(JSON.parse(line))
    })
    const until = async (event: string) => {
      while (!lines.some((line) => line.event === event)) await sleep(20)
    }
    await until('watching')
    expect(await carol.run(...argv, '--once')).toMatchObject({ exit: 2 })
    await writeFile(at('late.txt'), 'put there while it watches')
    await until('sent')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(await readdir(at('sent'))).toEqual(['late.txt'])
  })

  it('[network/in-between] goes on when the sign-in of a network answered in place of the service', async () => {
    const portal = await startPortal(running.app.url)
    const home = createHome(carol.home)
    const settings = await home.readSettings()
    await home.writeSettings({ ...settings, url: portal.url })
    try {
      const { at, start } = await folderFor('W-8')
      const child = start()
      const ended = once(child, 'exit')
      const lines: Said[] = []
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n').filter(Boolean)) lines.push(JSON.parse(line))
      })
      const until = async (done: () => boolean) => {
        while (!done()) {
          expect(child.exitCode).toBe(null)
          await sleep(20)
        }
      }
      await until(() => lines.some(({ event }) => event === 'watching'))
      portal.answers.push(...portalAnswers)
      await writeFile(at('late.txt'), 'put there while the portal answers')
      await until(() => lines.some(({ event }) => event === 'sent'))
      expect(portal.answers).toEqual([])
      child.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
      expect(await dispatched('W-8')).toBe(1)
    } finally {
      await home.writeSettings(settings)
      await portal.stop()
    }
  })

  it('[watch/once] sends every file exactly once, however often its watcher is killed', async () => {
    const { argv, at, start } = await folderFor('W-6')
    const names = Array.from({ length: 9 }, (_, index) => `${index}.txt`)
    await Promise.all(names.map((name) => writeFile(at(name), name)))
    for (const enough of [2, 5]) {
      const child = start()
      const ended = once(child, 'exit')
      while ((await dispatched('W-6')) < enough) await sleep(10)
      child.kill('SIGKILL')
      await ended
    }
    expect((await goOver(argv)).exit).toBe(0)
    expect((await readdir(at('sent'))).toSorted()).toEqual(names.toSorted())
    expect(await dispatched('W-6')).toBe(names.length)
  })
})
