// A sender who asks what became of what they sent, or goes on where it broke off, at a service that tells it otherwise than
// their own note, or hides the note: nothing is reported, and what never left does not count as sent.
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Fetch } from '#client/api.ts'
import { type TransferView, viewOperations } from '#contract/transfers/view.ts'
import type { TransferId } from '#domain/values.ts'
import { lie, lyingServer } from '../fixtures/lying-server.ts'
import { enterLine, type MemberLine } from '../fixtures/member-line.ts'
import type { Told } from '../fixtures/rewriting-proxy.ts'
import { judge, startTransferApp, stateOf, type TransferApp } from '../fixtures/transfer-app.ts'

let running: TransferApp
let carol: MemberLine
let told: Told
/** The line is cut where it would be handed over, and the person gives up waiting. */
let cut: AbortController | null = null

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  told = () => ({})
  const truth: Fetch = (url, init) => {
    if (cut === null || !url.endsWith('/dispatch')) return fetch(url, init)
    cut.abort()
    return Promise.reject(new TypeError('fetch failed'))
  }
  const lies = [lie(viewOperations.view, async (view) => ({ ...view, ...(await told(view)) }))]
  carol = await enterLine(running, running.carol, {
    fetch: lyingServer({ truth, lies }) as typeof fetch,
    signal: () => (cut ?? new AbortController()).signal,
  })
  await mkdir(carol.path('list'))
})
afterAll(async () => {
  await carol?.remove()
  await running?.stop()
})

const terms = () => [
  ...['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police'],
  ...['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example'],
]
const unfinished = () => readdir(join(carol.home, 'unfinished')).catch(() => [])
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

async function listOf(name: string): Promise<string> {
  const list = carol.path(join('list', `${name}.csv`))
  await writeFile(carol.path(join('list', `${name}.txt`)), `Statement ${name}`)
  await writeFile(list, `file,case-reference\r\n${name}.txt,${name}-1`)
  return list
}

const batch = (list: string, ...more: readonly string[]) =>
  carol.run('send', '--batch', list, ...terms(), ...carol.unlocked, ...more, '--json')

async function cutOff(command: () => Promise<unknown>): Promise<void> {
  cut = new AbortController()
  await command()
  expect(cut.signal.aborted).toBe(true)
  cut = null
}

describe('what became of a list', () => {
  const ghost = { kind: 'person', organisation: 'c'.repeat(32), account: 'd'.repeat(32) } as never
  const renamed = ({ deliveries }: TransferView) => deliveries.map((one) => ({ ...one, recipient: ghost }))
  const attempts: readonly (readonly [string, Told, string])[] = [
    ['somebody else has it', (view) => ({ deliveries: renamed(view) }), 'TRUST_NOTE'],
    [
      'somebody else has it as well',
      (view) => ({ deliveries: [...view.deliveries, ...renamed(view)] }),
      'TRUST_ADDENDUM',
    ],
    ['its time is over', () => ({ state: 'expired' }), 'TRUST_NOTE'],
    ['it was never handed over', () => ({ state: 'abandoned' }), 'TRUST_NOTE'],
    ['the same, without the note', () => ({ state: 'abandoned', note: null }), 'TRUST_NOTE'],
    ['it can be collected, without a verdict', () => ({ signedVerdict: null }), 'TRUST_VERDICT'],
    ['it is destroyed', () => ({ state: 'destroyed' }), 'TRUST_DESTRUCTION'],
  ]
  let list: string
  let transfer: TransferId
  beforeAll(async () => {
    list = await listOf('followed')
    const { json } = await batch(list)
    transfer = json.transfers[0]
    await judge(running, { transfer, verdict: 'clean' })
  })

  it.each(attempts)('[transfer/as-signed] "%s": exit code 4, and no report', async (_, lied, code) => {
    told = lied
    const ran = await batch(list, '--status')
    told = () => ({})
    expect(ran).toMatchObject({ exit: 4, json: { error: { code } } })
    expect(await isThere(list.replace('.csv', '.status.csv'))).toBe(false)
  })

  it('[transfer/as-signed] the truth is reported', async () => {
    expect(await batch(list, '--status')).toMatchObject({ exit: 0, json: { sent: 1, collected: 0 } })
    const report = await readFile(list.replace('.csv', '.status.csv'), 'utf8')
    expect(report).toContain(`${transfer},released,${running.olu.person.name}`)
  })
})

describe('what broke off before it was handed over', () => {
  const lies: readonly (readonly [string, Told])[] = [
    ['it was handed over', ({ createdAt }) => ({ state: 'dispatched', dispatchedAt: createdAt })],
    ['it waits for its recipient', () => ({ state: 'released' })],
    ['it was collected and is over', () => ({ state: 'expired' })],
    ['it was handed over once', ({ createdAt }) => ({ dispatchedAt: createdAt })],
  ]

  it.each(lies.slice(0, 3))('[transfer/as-signed] resume at "%s" counts nothing as sent', async (_, lied) => {
    const file = await carol.file('minutes.txt', 'minutes')
    await cutOff(() => carol.run('send', file, ...terms(), ...carol.unlocked))
    const [{ transfer }] = (await carol.done('resume')).unfinished
    told = lied
    const ran = await carol.run('resume', transfer, ...carol.unlocked, '--json')
    told = () => ({})
    expect(ran).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_NOTE' } } })
    expect(await unfinished()).toContain(`${transfer}.jsonl`)
    await carol.done('resume', transfer, ...carol.unlocked)
    expect([await stateOf(running, transfer), await unfinished()]).toEqual(['dispatched', []])
  })

  it('[transfer/as-signed] a list that is run again counts nothing as sent, and goes on at the truth', async () => {
    const list = await listOf('cut')
    await cutOff(() => batch(list))
    const begun = await unfinished()
    for (const [, lied] of lies) {
      told = lied
      expect(await batch(list)).toMatchObject({ exit: 4, json: { error: { code: 'TRUST_NOTE' } } })
    }
    told = () => ({})
    expect(await unfinished()).toEqual(begun)
    expect(await batch(list)).toMatchObject({ exit: 0, json: { sent: 1, 'sent-before': 0 } })
    expect(await batch(list)).toMatchObject({ exit: 0, json: { sent: 0, 'sent-before': 1 } })
  })
})
