// `safehand send` ended at any moment, `safehand resume`, `safehand abandon`: as processes of their own that are killed, on
// a network that breaks.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { scopes } from '#contract/operation.ts'
import { addDays } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createHome } from '../../../cli/home.ts'
import { protectKey } from '../../../cli/keys/key-envelope.ts'
import { type BadNetwork, isOneBody, startBadNetwork } from '../../fixtures/bad-network.ts'
import { type CommandLine, createCommandLine } from '../../fixtures/command-line.ts'
import { startCuttingDownload } from '../../fixtures/cutting-download.ts'
import { anchorOf } from '../../fixtures/documents.ts'
import { judge, type Member, startTransferApp, stateOf, type TransferApp } from '../../fixtures/transfer-app.ts'
import { programEnv } from '../../fixtures/program-env.ts'

const passphrase = 'six random words from a list'
const part = 8_388_608
const content = randomBytes(2 * part + 1_000_000)

let running: TransferApp
let network: BadNetwork
let carol: CommandLine
let olu: CommandLine
let ahead = 0
let stop = new AbortController()

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  network = await startBadNetwork(running.app.url)
  carol = await enter(running.carol, network.url)
  olu = await enter(running.olu, running.app.url)
})
afterAll(async () => {
  await network?.stop()
  await running?.stop()
  await Promise.all([carol?.remove(), olu?.remove()])
})

async function enter({ organisation, person, token }: Member, url: string): Promise<CommandLine> {
  const now = () => addDays(systemClock.now() as Instant, ahead)
  const line = await createCommandLine({ now, signal: () => stop.signal, idleSeconds: 2 })
  const home = createHome(line.home)
  const { account, email } = person
  await home.writeSettings({ url, email, account, organisation: organisation.id })
  await home.writeToken({ token, scopes: [...scopes], expires: addDays(now() as Instant, 9) })
  await home.writeAnchor(anchorOf(organisation))
  await home.writeKey('key', await protectKey({ key: person.key, passphrase }))
  await line.file('passphrase', passphrase)
  return line
}

const unlocked = () => ['--passphrase-file', carol.path('passphrase')]

function sendArguments(...files: readonly string[]): readonly string[] {
  const agreement = ['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police']
  const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example']
  return ['send', ...files, ...agreement, ...why, ...unlocked(), '--json']
}

/** A process of its own, as a person starts it; its end and what it printed. */
function start(argv: readonly string[]) {
  const child = spawn(process.execPath, ['cli/main.ts', ...argv], {
    env: { ...programEnv, SAFEHAND_HOME: carol.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (text: Buffer) => (out += text))
  child.stderr.on('data', (text: Buffer) => (out += text))
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out })) }
}

async function sendKilled(file: string, when: (kill: () => void) => void): Promise<void> {
  const { child, ended } = start(sendArguments(file))
  when(() => child.kill('SIGKILL'))
  const { code, out } = await ended
  expect({ code, out }).toEqual({ code: null, out: '' })
}

const unfinished = async () => (await carol.done('resume')).unfinished

/** Octets of files that left for places before that one; a manifest is smaller than a part. */
function sentBelow(offset: number): number {
  const files = network.attempts.filter(({ upload }) => !upload.endsWith('-manifest'))
  const pieces = files.flatMap((one) => one.pieces).filter((piece) => piece.offset < offset)
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

async function collected(transfer: string): Promise<Uint8Array> {
  await judge(running, { transfer: transfer as never, verdict: 'clean' })
  const into = olu.path(transfer)
  await olu.done('collect', transfer, '--into', into, '--passphrase-file', olu.path('passphrase'))
  const [name] = await readdir(into)
  return readFile(join(into, name!))
}

describe('what was killed', () => {
  it.each([
    ['before a part was there', 3_000_000, 1, 0],
    ['in the second part', part + 3_000_000, 2, part],
  ] as const)('[send/resume] %s goes on at its last whole part', async (_when, octets, atLeast, saved) => {
    const file = await carol.file('report.csv', content)
    await sendKilled(file, (kill) => network.after(octets, kill))
    const [one] = await unfinished()
    expect(one).toMatchObject({ to: [running.olu.person.name], files: [{ name: 'report.csv', place: file }] })
    expect(one.left).toBeGreaterThanOrEqual(Math.min(atLeast * part, one.total))
    const before = sentBelow(saved)
    const { transfer } = await carol.done('resume', one.transfer, ...unlocked())
    expect(sentBelow(saved)).toBe(before)
    expect(network.attempts.filter(({ upload }) => upload.startsWith(transfer)).map(isOneBody)).toEqual([true, true])
    expect(await unfinished()).toEqual([])
    expect(Buffer.compare(await collected(transfer), content)).toBe(0)
  })

  it('[send/resume] between the last byte and the signature is signed, and nothing is sent again', async () => {
    const file = await carol.file('report.csv', content)
    await sendKilled(file, (kill) => network.before('POST', '/scan-certificate', kill))
    const [{ transfer }] = await unfinished()
    const before = network.passed()
    await carol.done('resume', transfer, ...unlocked())
    expect(network.passed()).toBe(before)
    expect(await stateOf(running, transfer)).toBe('dispatched')
  })

  it('[send/resume] is said to be at work by whoever comes while it is', async () => {
    const file = await carol.file('report.csv', content)
    let second: ReturnType<CommandLine['run']> | undefined
    await sendKilled(file, (kill) =>
      network.after(1_000_000, () => {
        second = unfinished().then(([{ transfer }]) => carol.run('resume', transfer, ...unlocked(), '--json'))
        void second.then(kill)
      }),
    )
    expect(await second).toMatchObject({ exit: 2, json: { error: { code: 'TRANSFER_BUSY' } } })
    const [{ transfer }] = await unfinished()
    await carol.done('abandon', transfer)
    expect([await unfinished(), await stateOf(running, transfer)]).toEqual([[], 'abandoned'])
  })
})

describe('what was broken off', () => {
  const send = async (...files: readonly string[]) => carol.run(...sendArguments(...files))
  /** Stopped by Ctrl-C after so many octets. */
  async function sendStopped(octets: number, ...files: readonly string[]): Promise<string> {
    stop = new AbortController()
    network.after(octets, () => stop.abort())
    const { exit, json } = await send(...files)
    stop = new AbortController()
    expect([exit, json.error.action]).toEqual([1, expect.stringContaining('safehand resume')])
    return json.error.transfer
  }

  it('[send/resume] for a moment by the network goes on by itself', async () => {
    network.after(part + 1_000_000, () => {
      network.cut()
      setTimeout(() => network.mend(), 700)
    })
    const { exit, json } = await send(await carol.file('report.csv', content))
    expect(exit).toBe(0)
    expect(network.attempts.filter(({ upload }) => upload.startsWith(json.transfer)).map(isOneBody)).toEqual([
      true,
      true,
    ])
  })

  it('[send/resume] by a network that tells nobody that it is gone goes on by itself', async () => {
    network.after(part + 1_000_000, () => network.fallSilent())
    const { exit, json } = await send(await carol.file('report.csv', content))
    expect(exit).toBe(0)
    expect(network.attempts.filter(({ upload }) => upload.startsWith(json.transfer)).map(isOneBody)).toEqual([
      true,
      true,
    ])
  })

  it('[send/resume] after the note was taken, with the answer lost, has nothing left to do', async () => {
    await sendKilled(await carol.file('small.csv', 'a,b\n'), (kill) => network.loseReply('POST', '/dispatch', kill))
    const [{ transfer }] = await unfinished()
    expect(await carol.done('resume', transfer, ...unlocked())).toEqual({ transfer, state: 'dispatched' })
    expect(await unfinished()).toEqual([])
  })

  it('[send/resume] keeps the session key wrapped, in a file of its owner alone', async () => {
    const transfer = await sendStopped(1_000_000, await carol.file('report.csv', content))
    const path = join(carol.home, 'unfinished', `${transfer}.jsonl`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const locked = await carol.run('resume', transfer, '--passphrase-file', await carol.file('wrong', 'x'), '--json')
    expect(locked).toMatchObject({ exit: 5, json: { error: { code: 'LOCKED', transfer } } })
    // A line that the machine was writing when it stopped tells of nothing.
    await appendFile(path, '{"entry":"part","transf')
    await carol.done('resume', transfer, ...unlocked())
  })

  it('[send/resume] with one file whole and changed since is said to need a new transfer, and given up', async () => {
    const small = await carol.file('small.csv', 'a,b\n')
    const transfer = await sendStopped(part, small, await carol.file('report.csv', content))
    const looked = await stat(small)
    await writeFile(small, 'a,c\n')
    await utimes(small, looked.atime, new Date(looked.mtimeMs + 5000))
    const ran = await carol.run('resume', transfer, ...unlocked(), '--json')
    expect(ran).toMatchObject({ exit: 2, json: { error: { code: 'FILE_CHANGED' } } })
    expect(ran.json.error.message).toContain(`safehand abandon ${transfer}`)
    expect(ran.out).not.toContain('goes on where it was')
    await writeFile(small, 'a,b\n')
    await carol.done('resume', transfer, ...unlocked())
  })

  it('[send/resume] a day ago is too late, and says so', async () => {
    const transfer = await sendStopped(1_000_000, await carol.file('report.csv', content))
    ahead = 1
    const ran = await carol.run('resume', transfer, ...unlocked(), '--json')
    ahead = 0
    expect(ran).toMatchObject({ exit: 2, json: { error: { code: 'RESUME_TOO_LATE' } } })
    expect(ran.json.error.message).toContain(`safehand abandon ${transfer}`)
  })

  it('[send/resume] several at a time arrive in their order', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `file-${index}.txt`)
    const files = await Promise.all(names.map((name) => carol.file(name, randomBytes(100_000).toHex())))
    const transfer = await sendStopped(700_000, ...files)
    await carol.done('resume', transfer, ...unlocked())
    await judge(running, { transfer: transfer as never, verdict: 'clean' })
    const into = olu.path(transfer)
    await olu.done('collect', transfer, '--into', into, '--passphrase-file', olu.path('passphrase'))
    for (const name of names) {
      expect(await readFile(join(into, name), 'utf8')).toBe(await readFile(carol.path(name), 'utf8'))
    }
  })
})

describe('a collection that was cut', () => {
  it('[send/resume] goes on where it was, with nothing readable left in between, and notices what is not its file', async () => {
    const sent = await carol.run(...sendArguments(await carol.file('report.csv', content)))
    const { transfer } = sent.json
    await judge(running, { transfer, verdict: 'clean' })
    const into = olu.path('cut')
    const collect = (url: string) => collectFrom(url, transfer, into)
    const asked: { readonly from: number; readonly status: number }[] = []
    const cutting = await startCuttingDownload(running.app.url, { after: part + 500_000, asked })
    expect(await collect(cutting.url)).toMatchObject({ exit: 6 })
    const [left, ...more] = await readdir(into)
    expect([left?.endsWith('.encrypted'), more]).toEqual([true, []])
    const kept = await readFile(join(into, left!))
    expect(kept.length).toBeGreaterThan(part)
    expect(kept.includes(content.subarray(5000, 5100))).toBe(false)
    expect(await collect(cutting.url)).toMatchObject({ exit: 0 })
    expect(asked.slice(1)).toEqual([{ from: kept.length, status: 206 }])
    expect(await readdir(into)).toEqual(['report.csv'])
    expect(Buffer.compare(await readFile(join(into, 'report.csv')), content)).toBe(0)
    // A disk that kept other bytes than came: found out, and fetched whole.
    await writeFile(join(into, left!), kept.fill(7, 100_000, 100_100))
    expect(await collect(cutting.url)).toMatchObject({ exit: 0 })
    expect((await readdir(into)).toSorted()).toEqual(['report (2).csv', 'report.csv'])
    expect(Buffer.compare(await readFile(join(into, 'report (2).csv')), content)).toBe(0)
    await cutting.stop()
  })
})

async function collectFrom(url: string, transfer: string, into: string) {
  const home = createHome(olu.home)
  await home.writeSettings({ ...(await home.readSettings()), url })
  return olu.run('collect', transfer, '--into', into, '--passphrase-file', olu.path('passphrase'), '--json')
}
