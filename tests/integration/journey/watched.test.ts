// What operators see while a whole transfer goes its way: metrics, health and logs of all three processes, which must
// tell them how things stand and must not tell them who, what or with which secret (ARCHITECTURE.md#operators).
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { operations } from '#contract/operations.ts'
import { jobNames } from '#domain/decision.ts'
import { refusals } from '#domain/refusals.ts'
import { randomId } from '#platform/crypto.ts'
import { type Cast, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import type { Installation, ProcessName } from '../../fixtures/installation.ts'

const names = ['server', 'scanner', 'housekeeper'] as const
const canary = {
  file: `canary-${randomId()}.txt`,
  content: `the content ${randomId()}`,
  reference: `CR-${randomId().slice(0, 8)}`,
}

let database: TestDatabase
let installation: Installation
let directory: string
let cast: Cast
let transfer: string

beforeAll(async () => {
  const services = inject('services')
  const watched = { SAFEHAND_LOG_LEVEL: 'info', SAFEHAND_MONITOR_PORT: '0' }
  const settings = { server: watched, scanner: watched, housekeeper: watched }
  directory = await mkdtemp(join(tmpdir(), 'safehand-watched-'))
  ;({ database, installation, cast } = await copyGrown({ services, settings, homes: directory }))
  await transferCanary()
})
afterAll(async () => {
  await installation?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

async function transferCanary(): Promise<void> {
  const { council, police, agreement } = cast
  const file = join(directory, canary.file)
  await writeFile(file, canary.content)
  const sent = await council.caseworker.done(
    ...['send', file, '--agreement', agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--to', police.first.email, '--case-reference', canary.reference],
    ...passphraseOf(council.caseworker),
  )
  transfer = sent.transfer
  await until('the transfer is released', async () => {
    const { state } = await council.caseworker.done('status', transfer)
    return state === 'released'
  })
  await police.first.done('collect', transfer, '--into', join(directory, 'in'), ...passphraseOf(police.first))
  await installation.fetch(`${installation.url}/api/transfers/%1b%5b2J%0aFAKE%20LINE`)
}

const monitorOf = (name: ProcessName) => String(installation.processes[name].ready.monitor)
const linesOf = (name: ProcessName) => installation.processes[name].lastOutput().split('\n').filter(Boolean)
const metricsOf = async (name: ProcessName) => (await fetch(`${monitorOf(name)}/metrics`)).text()
/** The values of one metric, by its labels. */
const valuesOf = (text: string, metric: string) =>
  Object.fromEntries(
    [...text.matchAll(new RegExp(`^${metric}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))].map(([, labels = '', value]) => [
      labels,
      Number(value),
    ]),
  )

describe('[operate/metrics] what operators see', () => {
  it('has in the metrics what happened: requests, refusals, bytes, jobs, verdicts, what waits', async () => {
    const server = await metricsOf('server')
    const seen = valuesOf(server, 'safehand_request_duration_seconds_count')
    expect(seen).toMatchObject({
      'operation="transfer.draft",status="2xx"': 1,
      'operation="transfer.dispatch",status="2xx"': 1,
    })
    expect(valuesOf(server, 'safehand_refusals_total')['code="SIGN_IN_REQUIRED"']).toBeGreaterThan(0)
    const uploaded = await database.as.owner.database
      .selectFrom('transfer_file')
      .select(({ fn }) => fn.sum<string>('length').as('bytes'))
      .executeTakeFirst()
    expect(valuesOf(server, 'safehand_uploaded_bytes_total')['']).toBe(Number(uploaded?.bytes))
    expect(server).toMatch(/^nodejs_eventloop_lag_seconds /m)
    expect(valuesOf(server, 'safehand_pool_connections')['state="waiting"']).toBe(0)

    const scanner = await metricsOf('scanner')
    expect(valuesOf(scanner, 'safehand_scan_duration_seconds_count')).toEqual({ 'verdict="clean"': 2 })
    expect(valuesOf(scanner, 'safehand_job_duration_seconds_count')['job="scan-transfer",outcome="done"']).toBe(1)
    expect(valuesOf(scanner, 'safehand_signatures_age_seconds')).toHaveProperty([''])

    const housekeeper = await metricsOf('housekeeper')
    expect(valuesOf(housekeeper, 'safehand_job_duration_seconds_count')).toMatchObject({
      'job="release-transfer",outcome="done"': expect.any(Number),
    })
    expect(valuesOf(housekeeper, 'safehand_log_entries')['']).toBeGreaterThan(50)
    expect(valuesOf(housekeeper, 'safehand_outbox_waiting')['']).toBe(0)
    expect(valuesOf(housekeeper, 'safehand_intake_oldest_seconds')['']).toBeLessThan(60)
    expect(Object.keys(valuesOf(housekeeper, 'safehand_queue_jobs'))).toEqual([
      'queue="scanner"',
      'queue="housekeeper"',
    ])
  })

  it('has labels out of lists that the code knows, and no id, name or address in any of them', async () => {
    const known = new Set<string>([
      ...operations.map(({ name }) => name),
      ...['upload', 'reference', 'unknown', 'clean', 'infected', 'unscannable', 'error', 'done', 'failed'],
      ...jobNames,
      ...Object.keys(refusals),
      ...['2xx', '3xx', '4xx', '5xx', 'used', 'idle', 'waiting', 'scanner', 'housekeeper'],
    ])
    for (const name of names) {
      const text = await metricsOf(name)
      const ours = text.split('\n').filter((line) => line.startsWith('safehand_'))
      const values = ours.flatMap((line) =>
        [...line.matchAll(/(\w+)="([^"]*)"/g)].filter(([, label]) => label !== 'le'),
      )
      expect(values.map(([, , value]) => value).filter((value) => !known.has(value ?? ''))).toEqual([])
      expect(text).not.toMatch(/[0-9a-f]{32}|@/)
    }
  })

  it('is ready in all three processes, which say which part is missing and nothing else', async () => {
    for (const name of names) {
      expect(await (await fetch(`${monitorOf(name)}/health/ready`)).json()).toEqual({ status: 'ok' })
      expect((await fetch(`${monitorOf(name)}/health/live`)).status).toBe(200)
    }
    expect(new URL(monitorOf('server')).hostname).toBe('127.0.0.1')
    expect((await installation.fetch(`${installation.url}/metrics`)).status).toBe(404)
  })

  it('has one line in the log for each request and each job, with what an operator needs', async () => {
    const lines = linesOf('server').map((line) => JSON.parse(line))
    const requests = lines.filter(({ msg }) => msg === 'request')
    expect(requests.filter(({ operation }) => operation === 'transfer.draft')).toEqual([
      expect.objectContaining({
        status: 200,
        ms: expect.any(Number),
        correlation: expect.stringMatching(/^[0-9a-f]{32}$/),
        organisation: cast.organisations.council,
      }),
    ])
    expect(new Set(requests.map(({ correlation }) => correlation)).size).toBe(requests.length)
    expect(
      requests.filter(({ operation }) => operation === 'upload').map(({ organisation }) => organisation),
    ).toContain(cast.organisations.council)
    const jobs = linesOf('scanner').map((line) => JSON.parse(line))
    expect(jobs.filter(({ msg, job }) => msg === 'job done' && job === 'scan-transfer')).toEqual([
      expect.objectContaining({ ms: expect.any(Number), correlation: expect.stringMatching(/^[0-9a-f]{32}$/) }),
    ])
  })

  it('shows in no log of any process a secret, a name, an address, a file or a case', async () => {
    const accounts = await cast.accounts()
    const tokens = await Promise.all(accounts.map(({ home }) => secretsBelow(home)))
    const secrets = [
      ...Object.values(canary),
      ...accounts.flatMap(({ email, password, passphrase, totpSecret }) => [email, password, passphrase, totpSecret]),
      ...['Patel', 'Okafor', 'Kalu', 'Marsh', 'Northtown', 'Westshire', 'INCIDENT_SUMMARY', 'shf_'],
      ...tokens.flat(),
    ]
    expect(tokens.flat().length).toBeGreaterThanOrEqual(accounts.length)
    for (const name of names) {
      const output = installation.processes[name].lastOutput()
      expect(output.length).toBeGreaterThan(100)
      expect(
        secrets.filter((secret) => output.includes(secret)),
        name,
      ).toEqual([])
    }
  })

  it('keeps each line a line, whatever somebody put into an address', () => {
    for (const name of names) {
      for (const line of linesOf(name)) {
        expect(() => JSON.parse(line), line).not.toThrow()
        expect(line).not.toMatch(/\p{Cc}|FAKE/u)
      }
    }
  })
})

/** Tokens in the files of somebody's home. */
async function secretsBelow(home: string): Promise<string[]> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  return texts.flatMap((text) => text.match(/shf_[0-9a-f]{32}_[\w-]+/g) ?? [])
}
