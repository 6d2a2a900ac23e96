// An administrator whose clock differs from the service's: making and registering keys, and signing the next roster.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { instantOf } from '#platform/clock.ts'
import { createHome } from '../../../cli/home.ts'
import { type Administrator, createAdministrator } from '../../fixtures/administrator.ts'
import { type CommandLine, createCommandLine, type Ran } from '../../fixtures/command-line.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'

let database: TestDatabase
let app: GovernedApp
let ada: Administrator
/** Seconds that the administrator's clock is ahead of the service's. */
let offset = 0
const opened: CommandLine[] = []
const now = () => instantOf(app.clock.epochMs() + offset * 1000)

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  const shifted = { ...app, clock: { ...app.clock, now } }
  ada = await createAdministrator(shifted, {
    ownerUrl: database.urls.owner,
    name: 'Ashdown Council',
    email: 'ada@council.example',
  })
  await ada.person.done('roster', 'sign', '--yes', ...ada.passphrase)
})
afterAll(async () => {
  for (const line of [...opened, ada?.person]) await line?.remove()
  await app?.stop()
  await database?.drop()
})

async function by(seconds: number, act: () => Promise<Ran>): Promise<Ran> {
  offset = seconds
  try {
    return await act()
  } finally {
    offset = 0
  }
}

const clock = /^Your computer’s clock is about \w+ (?:minutes|hours) (slow|fast)/m

function outcomeOf({ exit, error }: Ran): string {
  return exit === 0 ? 'done' : (clock.exec(error)?.[1] ?? `${exit}: ${error}`)
}

/** Another machine of theirs, signed in, without a key. */
async function newMachine(): Promise<CommandLine> {
  const line = await createCommandLine({ now })
  opened.push(line)
  await createHome(line.home).writeSettings(await createHome(ada.person.home).readSettings())
  await createHome(line.home).writeToken(await createHome(ada.person.home).readToken())
  await line.file('passphrase', await readFile(join(ada.person.path('passphrase')), 'utf8'))
  return line
}

// A key says when it was made: later than now is no key yet. Older than it is, it is a key all the same.
const keys = [
  [-7200, 'done'],
  [-360, 'done'],
  [-3, 'done'],
  [0, 'done'],
  [3, 'done'],
  [360, 'done'],
  [7200, 'fast'],
] as const
it.each(keys)(
  '[clock/tolerance] [clock/named] a key made by a clock %i seconds off is registered: %s',
  async (seconds, expected) => {
    const line = await newMachine()
    const passphrase = ['--passphrase-file', line.path('passphrase')]
    const made = await by(seconds, () => line.run('key', 'create', '--root', ada.root, ...passphrase))
    expect(made).toMatchObject({ exit: 0 })
    const proven = await by(seconds, () => line.run('key', 'prove', ...passphrase))
    expect(outcomeOf(proven)).toBe(expected)
    if (expected === 'done') return
    expect(proven.error).toContain('KEY_NOT_YET_VALID')
    // By the right clock there is a way on.
    const again = await line.run('key', 'replace', ...passphrase)
    expect([again.exit, again.error]).toEqual([0, expect.anything()])
  },
)

const rosters = [
  [-7200, 'slow'],
  [-360, 'slow'],
  [-3, 'done'],
  [0, 'done'],
  [3, 'done'],
  [360, 'fast'],
  [7200, 'fast'],
] as const
it.each(rosters)(
  '[clock/tolerance] [clock/named] a roster signed by a clock %i seconds off: %s',
  async (seconds, expected) => {
    const before = await database.as.owner.database.selectFrom('roster').select('sequence').execute()
    const ran = await by(seconds, () => ada.person.run('roster', 'sign', '--yes', ...ada.passphrase))
    expect(outcomeOf(ran)).toBe(expected)
    const after = await database.as.owner.database.selectFrom('roster').select('sequence').execute()
    expect(after.length - before.length).toBe(expected === 'done' ? 1 : 0)
  },
)
