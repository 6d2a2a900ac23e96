// Files as people have them, by the command line: what happens to one between the look at it and its reading, whose names
// are left alone, whose names are no UTF-8. One sentence that is true, and a way on: never a stack trace, never a service
// that is accused.
import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Ran } from '../../fixtures/command-line.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

let running: TransferApp
let carol: MemberLine
let meanwhile: (() => Promise<unknown>) | null = null
let folders = 0

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  carol = await enterLine(running, running.carol, { fetch: betweenLookAndReading })
})
afterAll(async () => {
  await running?.stop()
  await carol?.remove()
})

/** The draft is asked for when every file was looked at, and before any is read to be sent. */
const betweenLookAndReading: typeof fetch = async (input, init) => {
  const isDraft = init?.method === 'POST' && new URL(String(input)).pathname === '/api/transfers'
  const happens = isDraft ? meanwhile : null
  if (happens) meanwhile = null
  await happens?.()
  return fetch(input, init)
}

const why = () => [
  ...['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police'],
  ...['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example'],
]
const send = (...files: readonly string[]) => carol.run('send', ...files, ...why(), ...carol.unlocked, '--json')
const errorOf = ({ json }: Ran) => json?.error ?? {}

async function newFolder(): Promise<string> {
  folders += 1
  const folder = carol.path(`folder-${folders}`)
  await mkdir(folder)
  return folder
}

async function newFile(name = 'report.csv'): Promise<string> {
  const path = join(await newFolder(), name)
  await writeFile(path, 'ref,seen\n17,21:40\n')
  return path
}

/** Neither a program's insides nor anybody else's fault. */
function expectTruthful({ out, error }: Ran): void {
  expect(`${out}${error}`).not.toMatch(/\n\s+at |TRUST_|UNEXPECTED|undefined|\[object/)
}

const instead = async (path: string, make: (path: string) => Promise<unknown> | unknown) => {
  await rm(path)
  await make(path)
}
const asOther = async (path: string) => {
  await writeFile(`${path}.other`, 'ref,seen\n18,22:50\n')
  return symlink(`${path}.other`, path)
}

const gone: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'goes away': (path) => rm(path),
  'is renamed': (path) => rename(path, `${path}.renamed`),
  'goes away with its folder': (path) => rename(dirname(path), `${dirname(path)}-away`),
}
const other: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  grows: (path) => appendFile(path, 'more'),
  'is cut off': (path) => truncate(path, 3),
  'is emptied': (path) => truncate(path, 0),
  'becomes a folder': (path) => instead(path, (at) => mkdir(at)),
  'becomes a pipe': (path) => instead(path, (at) => execFileSync('mkfifo', [at])),
}

describe('a file that, between the look and its reading,', () => {
  it.each(Object.keys(gone))('[send/file-fault] %s, is named by send, and goes on once it is back', async (what) => {
    const path = await newFile()
    meanwhile = () => gone[what]!(path)
    const ran = await send(path)
    expectTruthful(ran)
    const { code, message, action, transfer } = errorOf(ran)
    expect([ran.exit, code, message]).toEqual([
      2,
      'FILE_UNREADABLE',
      expect.stringMatching(/report\.csv: it is not there/),
    ])
    expect(action).toMatch(new RegExp(`there again.*resume ${transfer}.*give it up.*abandon ${transfer}`))
    const again = await carol.run('resume', transfer, ...carol.unlocked, '--json')
    expectTruthful(again)
    expect(errorOf(again).action).toMatch(/there again.*give it up/)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'ref,seen\n17,21:40\n')
    expect(await carol.done('resume', transfer, ...carol.unlocked)).toMatchObject({ transfer })
  })

  it.each(Object.keys(other))(
    '[send/file-fault] %s, is named by send, which says to give it up, and that works',
    async (what) => {
      const path = await newFile()
      meanwhile = () => other[what]!(path)
      const ran = await send(path)
      expectTruthful(ran)
      const { code, message } = errorOf(ran)
      expect([ran.exit, code]).toEqual([2, 'FILE_CHANGED'])
      const [, transfer = ''] = /^report\.csv is not what it was.*abandon ([0-9a-f]{32})$/.exec(message) ?? []
      expect(message).not.toContain('resume')
      await carol.done('abandon', transfer)
      await rm(path, { recursive: true })
      await writeFile(path, 'whole again')
      expect((await send(path)).exit).toBe(0)
    },
  )

  it('[send/file-fault] becomes a link, is not followed out of a folder that is sent', async () => {
    const path = await newFile()
    meanwhile = () => instead(path, asOther)
    const ran = await send(dirname(path))
    expectTruthful(ran)
    expect([ran.exit, errorOf(ran).code]).toEqual([2, 'FILE_CHANGED'])
  })

  const batch = async (list: string) => {
    const ran = await carol.run('send', '--batch', list, ...why(), ...carol.unlocked, '--json')
    expectTruthful(ran)
    return ran
  }
  it.each([
    ...Object.entries(gone)
      .slice(0, 2)
      .map(([what, act]) => [what, act, 'is not there'] as const),
    ...Object.entries(other).map(([what, act]) => [what, act, 'changed while it was read'] as const),
  ])('[send/file-fault] %s, is named in its row of a list, and goes with the next run', async (_what, act, words) => {
    const folder = await newFolder()
    await mkdir(join(folder, 'case'))
    const path = join(folder, 'case', 'b.csv')
    for (const file of [join(folder, 'case', 'a.csv'), path]) await writeFile(file, `${basename(file)} ${folder}`)
    const list = join(folder, 'list.csv')
    await writeFile(list, 'file,transfer\ncase/a.csv,T1\ncase/b.csv,T1\n')
    meanwhile = () => act(path)
    const ran = await batch(list)
    expect([ran.exit, ran.json.refused]).toEqual([3, 2])
    const report = await readFile(ran.json.report, 'utf8')
    expect(report).toContain(`case/b.csv ${words}`)
    expect(report).not.toContain(`case/a.csv ${words}`)
    await rm(path, { recursive: true, force: true })
    await mkdir(dirname(path), { recursive: true })
    for (const file of [join(folder, 'case', 'a.csv'), path]) await writeFile(file, `${basename(file)} ${folder}`)
    expect((await batch(list)).exit).toBe(0)
  })

  it.each([
    ...Object.entries(gone)
      .slice(0, 2)
      .map(([what, act]) => [what, act, null] as const),
    ...Object.entries(other)
      .slice(0, 3)
      .map(([what, act]) => [what, act, 'changed'] as const),
  ])('[watch/folder] %s, ends no watch, and is sent when it rests', async (_what, act, event) => {
    const folder = await newFolder()
    const path = join(folder, 'report.csv')
    await writeFile(path, `of ${folder}`)
    meanwhile = () => act(path)
    const once = () => carol.run('watch', folder, '--settle', '1', '--once', ...why(), ...carol.unlocked, '--json')
    const ran = await once()
    expectTruthful(ran)
    expect([ran.exit, ran.json?.event ?? null]).toEqual([0, event])
    await rm(path, { force: true })
    await rm(`${path}.renamed`, { force: true })
    await writeFile(path, `whole again, ${folder}`)
    expect((await once()).json).toMatchObject({ event: 'sent', name: 'report.csv' })
  })
})

const alone = {
  '.DS_Store': 'hidden',
  '.profile': 'hidden',
  'Thumbs.db': 'keeps for itself',
  'desktop.ini': 'keeps for itself',
  '~$a.docx': 'keeps for itself',
  'scan.pdf.part': 'still being written',
} as const

describe('what is left alone', () => {
  it('[send/left-alone] is left alone and said by send of a file, of a folder, by a list and in a watched folder', async () => {
    const folder = await newFolder()
    for (const name of [...Object.keys(alone), 'a.txt']) await writeFile(join(folder, name), `${name} ${folder}`)
    for (const [name, words] of Object.entries(alone)) {
      const ran = await send(join(folder, name))
      expect([ran.exit, errorOf(ran).message]).toEqual([
        2,
        expect.stringMatching(new RegExp(`left alone: .*${words}.*another name`)),
      ])
    }
    const shown = await carol.run('send', folder, ...why(), ...carol.unlocked)
    expect([shown.exit, shown.out]).toEqual([0, expect.stringContaining('Sent 1 file ')])
    for (const [name, words] of Object.entries(alone)) {
      expect(shown.error).toMatch(new RegExp(`${name.replaceAll(/[.$~]/g, '\\$&')} is left alone: .*${words}`))
    }
    const asJson = await carol.run('send', folder, ...why(), ...carol.unlocked, '--json')
    expect(asJson.json).toMatchObject({ files: [{ name: 'a.txt' }], leftOut: [] })
    expect(asJson.json.leftAlone).toHaveLength(Object.keys(alone).length)
    const list = join(folder, 'list.csv')
    await writeFile(list, `file\n${Object.keys(alone).join('\n')}\n`)
    const { json } = await carol.run('send', '--batch', list, '--dry-run', ...why(), '--json')
    const said = JSON.stringify(json)
    for (const words of Object.values(alone)) expect(said).toContain(words)
    await rm(list)
    const watched = await carol.run('watch', folder, '--settle', '1', '--once', ...why(), ...carol.unlocked)
    expect(watched.out.split('\n').filter((line) => line.includes(' Sent '))).toEqual([
      expect.stringContaining('a.txt'),
    ])
    for (const words of Object.values(alone)) expect(watched.error).toContain(words)
    expect((await readdir(folder)).toSorted()).toEqual(
      [...Object.keys(alone), '.safehand-watch.lock', 'refused', 'sent'].toSorted(),
    )
  })
})

const latin1 = Buffer.from('caf\u00e9.txt', 'latin1')

async function withLatin1(): Promise<string> {
  const folder = await newFolder()
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), latin1]), `of ${folder}`)
  return folder
}

describe('a name that is not in UTF-8', () => {
  it('[send/file-names] is said when its folder is sent, or it is named as the shell shows it, or in UTF-8', async () => {
    const folder = await withLatin1()
    const whole = await send(folder)
    expect([whole.exit, errorOf(whole).message]).toEqual([
      2,
      expect.stringMatching(/caf\\xE9\.txt is not in UTF-8.*another name/),
    ])
    for (const name of ['caf\u00e9.txt', 'caf\ufffd.txt']) {
      const ran = await send(join(folder, name))
      expect([ran.exit, errorOf(ran).message]).toEqual([2, expect.stringMatching(/is not there.*caf\\xE9\.txt/)])
    }
    const list = join(folder, 'list.csv')
    await writeFile(list, 'file\ncaf\u00e9.txt\n')
    const { json } = await carol.run('send', '--batch', list, '--dry-run', ...why(), '--json')
    expect(JSON.stringify(json)).toContain('caf\\\\xE9.txt')
  })

  it('[send/file-names] is put aside by a watched folder, which says so, and a folder with one as a whole', async () => {
    const folder = await withLatin1()
    await rename(await withLatin1(), join(folder, 'case'))
    const watch = ['watch', folder, '--settle', '1', '--once', ...why(), ...carol.unlocked]
    const ran = await carol.run(...watch)
    expect(ran.out.match(/Refused .*is not in UTF-8/g)).toHaveLength(2)
    expect((await readdir(join(folder, 'refused'))).toSorted()).toEqual(
      ['caf\\xE9.txt', 'caf\\xE9.txt.txt', 'case', 'case.txt'].toSorted(),
    )
    expect((await carol.run(...watch)).exit).toBe(0)
  })

  it('[send/file-names] that is spelled otherwise on the disk is shown, in accents and in capitals', async () => {
    for (const [there, named] of [
      ['cafe\u0301.txt', 'caf\u00e9.txt'],
      ['Report.CSV', 'report.csv'],
    ] as const) {
      const folder = await newFolder()
      await writeFile(join(folder, there), 'x')
      const ran = await send(join(folder, named))
      expect([ran.exit, errorOf(ran).message]).toEqual([2, expect.stringContaining(`spelled otherwise`)])
      expect(errorOf(ran).message).toContain(there)
    }
  })
})
