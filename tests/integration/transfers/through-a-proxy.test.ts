// The command line in a council's network: by its proxy, with its own certificate authority, as a program of its own.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createHome } from '../../../cli/home.ts'
import type { CommandLine } from '../../fixtures/command-line.ts'
import { type CouncilNetwork, startCouncilNetwork } from '../../fixtures/council-network.ts'
import { lineOf, unlocked } from '../../fixtures/person-line.ts'
import { judge, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'
import { programEnv } from '../../fixtures/program-env.ts'

// More than one part, so that the upload is several requests.
const content = randomBytes(9_000_000)
let running: TransferApp
let network: CouncilNetwork
let carol: CommandLine
let olu: CommandLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  network = await startCouncilNetwork(running.app.url)
  carol = await lineOf(running, running.carol)
  olu = await lineOf(running, running.olu)
  for (const line of [carol, olu]) {
    const home = createHome(line.home)
    await home.writeSettings({ ...(await home.readSettings()), url: network.url })
  }
})
afterAll(async () => {
  await network?.stop()
  await running?.stop()
  await Promise.all([carol?.remove(), olu?.remove()])
})

type Env = Readonly<Record<string, string>>
const inCouncil = (): Env => ({ HTTPS_PROXY: network.proxy, NODE_EXTRA_CA_CERTS: network.authority })

function safehand(line: CommandLine, args: readonly string[], env: Env = inCouncil()) {
  return new Promise<{ exit: unknown; out: string; error: string }>((resolve) => {
    const own = { ...programEnv, SAFEHAND_HOME: line.home, ...env }
    execFile(process.execPath, ['cli/main.ts', ...args], { env: own }, (failed, out, error) =>
      resolve({ exit: failed ? failed.code : 0, out, error }),
    )
  })
}

it('[network/proxy] sends, uploads and collects through the proxy, and past it nothing', async () => {
  const file = await carol.file('report.csv', content)
  const about = ['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police', '--days', '3']
  const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17']
  const who = ['--to', 'olu@police.example', ...unlocked(carol), '--json']
  const sent = await safehand(carol, ['send', file, ...about, ...why, ...who])
  expect(sent).toMatchObject({ exit: 0, error: '' })
  const { transfer } = JSON.parse(sent.out) as { transfer: string }
  await judge(running, { transfer: transfer as never, verdict: 'clean' })
  const into = olu.path('collected')
  expect(await safehand(olu, ['collect', transfer, '--into', into, ...unlocked(olu)])).toMatchObject({ exit: 0 })
  expect(Buffer.compare(await readFile(join(into, 'report.csv')), content)).toBe(0)
  const connections = await network.connections()
  expect(connections.length).toBeGreaterThan(2)
  expect(new Set(connections)).toEqual(new Set([new URL(network.url).host]))
})

it('[network/proxy] goes past it where NO_PROXY says so, also in small letters', async () => {
  const before = (await network.connections()).length
  for (const no of [{ NO_PROXY: 'localhost' }, { no_proxy: 'localhost' }]) {
    expect(await safehand(carol, ['sent'], { ...inCouncil(), ...no })).toMatchObject({ exit: 0 })
  }
  expect((await network.connections()).length).toBe(before)
})

it.each([
  ['an authority that nobody told it of', () => ({ HTTPS_PROXY: network.proxy }), /NODE_EXTRA_CA_CERTS/],
  [
    'a proxy that is not there',
    () => ({ ...inCouncil(), HTTPS_PROXY: 'http://127.0.0.1:1' }),
    /Cannot reach the service/,
  ],
])('[network/proxy] says what is wrong: %s', async (_, env, words) => {
  const ran = await safehand(carol, ['sent'], env())
  expect(ran).toMatchObject({ exit: 6, error: expect.stringMatching(words) })
})
