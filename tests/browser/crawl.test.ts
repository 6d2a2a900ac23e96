// Every page that somebody can reach by links, as each person of the cast, in a real browser: it answers, has a heading and a
// title of its own, says nothing on the console, needs no moving sideways at 320 pixels, and axe finds no barrier. And what needs
// no key is used with JavaScript switched off.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  findBarriers,
  hrefsIn,
  isTooWide,
  large,
  newVisitor,
  type RunningBrowser,
  startBrowser,
} from '../fixtures/chromium.ts'
import { type Cast, type Member, passphraseOf, until } from '../fixtures/cast.ts'
import { copyGrown } from '../fixtures/copy-grown.ts'
import type { TestDatabase } from '../fixtures/database.ts'
import { type Door, openDoor } from '../fixtures/door.ts'
import type { Installation } from '../fixtures/installation.ts'

let folder: string
let database: TestDatabase
let installation: Installation
let cast: Cast
let door: Door
let browser: RunningBrowser
let service: string
let transfer: string

beforeAll(async () => {
  const services = inject('services')
  folder = await mkdtemp(join(tmpdir(), 'safehand-crawl-'))
  ;({ database, installation, cast } = await copyGrown({ services, homes: folder }))
  service = `http://localhost:${new URL(installation.url).port}`
  door = await openDoor({ installation })
  browser = await startBrowser()
  transfer = await send('NT-4821')
  await cast.police.first.done('collect', transfer, '--into', join(folder, 'in'), ...passphraseOf(cast.police.first))
  await send('NT-4822_a_reference_without_any_place_to_break_it')
})
afterAll(async () => {
  await browser?.close()
  await door?.close()
  await installation?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

async function send(reference: string): Promise<string> {
  const file = join(folder, `${reference.slice(0, 7)}.txt`)
  await writeFile(file, 'What was seen.\n')
  const { caseworker } = cast.council
  const { transfer: sent } = await caseworker.done(
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--to', cast.police.first.email],
    ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--marking', 'OFFICIAL-SENSITIVE'],
    ...['--case-reference', reference, ...passphraseOf(caseworker)],
  )
  await until('it is released', async () => (await caseworker.done('status', sent)).state === 'released', 600)
  return sent
}

interface Seen {
  readonly path: string
  readonly title: string
}

/** Each address of the service that a page links to, once; what only names a place in a page is that page. */
async function linksIn(page: Page): Promise<string[]> {
  const hrefs = await hrefsIn(page)
  return [...new Set(hrefs.filter((href) => href.startsWith(`${service}/`)).map((href) => new URL(href).pathname))]
}

/** Looks at every page that can be reached; what is wrong, a line each. */
async function crawl(first: string, wrong: string[], looked = new Set<string>()): Promise<readonly Seen[]> {
  const visitor = await newVisitor(browser)
  const { page } = visitor
  await page.goto(first)
  const waiting = [new URL(page.url()).pathname, '/nowhere']
  const seen: Seen[] = []
  const known = new Set(waiting)
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const say = (what: string) => wrong.push(`${path}: ${what}`)
    const reply = await page.goto(`${service}${path}`)
    // Whoever has signed in is led on from there.
    if (new URL(page.url()).pathname !== path) continue
    const wanted = path === '/nowhere' ? 404 : 200
    if (reply?.status() !== wanted) say(`answered with ${reply?.status()}`)
    const headings = await page.locator('h1').count()
    if (headings !== 1) say(`${headings} main headings`)
    if (await isTooWide(page)) say('is wider than 320 pixels')
    // Once for all who have the same roles: to them it is the same page.
    if (!looked.has(path)) for (const barrier of await findBarriers(page)) say(barrier)
    looked.add(path)
    // That what is not there is not there is said by the browser itself.
    const troubles = visitor.troubles().filter((one) => wanted === 200 || !one.includes('404'))
    for (const trouble of troubles) say(trouble)
    seen.push({ path, title: await page.title() })
    for (const next of await linksIn(page)) {
      if (!known.has(next)) waiting.push(next)
      known.add(next)
    }
  }
  await visitor.context.close()
  return seen
}

const people = () => [...Object.values(cast.council), ...Object.values(cast.police), ...Object.values(cast.dwp)]

describe('every page', () => {
  it('[pages/every-page] that somebody of the cast can reach is whole, and open to everybody', async () => {
    const wrong: string[] = []
    const reached = new Set<string>()
    const looked = new Map<string, Set<string>>()
    for (const { email, name, roles } of people()) {
      const own: string[] = []
      const sameRoles = looked.getOrInsert(roles.join(), new Set())
      const seen = await crawl(door.link(email), own, sameRoles)
      const titles = seen.map(({ title }) => title)
      const twice = titles.filter((title, index) => titles.indexOf(title) !== index)
      wrong.push(...own.map((one) => `${name}: ${one}`), ...twice.map((title) => `${name}: two pages are ${title}`))
      for (const { path } of seen) reached.add(path)
    }
    expect([...new Set(wrong)]).toEqual([])
    const all = ['/', '/received', '/sent', '/approvals', '/agreements', '/account', '/account/access', '/help']
    expect([...all, `/transfers/${transfer}`].filter((path) => !reached.has(path))).toEqual([])
  })

  it('[pages/every-page] for who has not signed in, and on a large screen', async () => {
    const wrong: string[] = []
    const seen = await crawl(`${service}/sign-in`, wrong)
    expect(seen.map(({ path }) => path)).toContain('/limits')
    const { page, context, troubles } = await newVisitor(browser, { viewport: large })
    await page.goto(door.link(cast.police.first.email))
    for (const path of ['/', '/received', `/transfers/${transfer}`, '/agreements', '/account', '/check']) {
      await page.goto(`${service}${path}`)
      for (const barrier of [...(await findBarriers(page)), ...troubles()]) wrong.push(`${path}: ${barrier}`)
    }
    await context.close()
    expect(wrong).toEqual([])
  })
})

describe('without JavaScript', () => {
  it('[pages/without-scripts] signs in with password and code, looks at transfers, and signs out', async () => {
    const { page, context } = await newVisitor(browser, { scripts: false })
    await page.goto(`${service}/received`)
    expect(await page.title()).toBe('Sign in - Safehand')
    await signInBy(page, cast.police.second)
    expect(new URL(page.url()).pathname).toBe('/received')
    expect(await page.locator('h1').textContent()).toBe('Files for you')
    await page.goto(`${service}/account`)
    expect(await page.locator('main').textContent()).toContain(cast.police.second.email)
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(await page.locator('h1').textContent()).toBe('You have signed out')
    await page.goto(`${service}/received`)
    expect(await page.title()).toBe('Sign in - Safehand')
    await context.close()
  })

  it('[pages/without-scripts] the sender recalls in two presses, and everybody reads so', async () => {
    const sent = await send('NT-4823')
    const { page, context } = await newVisitor(browser, { scripts: false })
    await page.goto(door.link(cast.council.caseworker.email))
    await page.goto(`${service}/transfers/${sent}`)
    await page.getByRole('button', { name: 'Recall it' }).click()
    await page.getByRole('button', { name: 'Recall it now' }).click()
    expect(await page.title()).toMatch(/^Error: Recall transfer/)
    await page.getByLabel('Why?').fill('Sent to the wrong team')
    await page.getByRole('button', { name: 'Recall it now' }).click()
    expect(new URL(page.url()).pathname).toBe(`/transfers/${sent}`)
    expect(await page.locator('main').textContent()).toContain('Sent to the wrong team')
    // Pressed again in another window: it is done already, and that is said.
    await page.goto(`${service}/transfers/${sent}/recall`)
    await page.getByLabel('Why?').fill('Once more')
    await page.getByRole('button', { name: 'Recall it now' }).click()
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.getByLabel('Why?').inputValue()).toBe('Once more')
    await context.close()
  })
})

describe('a sign-in that ends', () => {
  it('[pages/session-ends] is said two minutes before, can be kept, and takes nothing from the page', async () => {
    const { page, context, troubles } = await newVisitor(browser)
    await page.clock.install()
    await page.goto(door.link(cast.police.first.email))
    await page.goto(`${service}/transfers/${transfer}`)
    const warning = page.getByRole('alert', { name: 'You will be signed out in two minutes' })
    const ended = page.getByRole('alert', { name: 'You have been signed out' })
    await page.clock.fastForward('12:00')
    expect([await warning.isVisible(), await ended.isVisible()]).toEqual([false, false])
    await page.clock.fastForward('01:30')
    await warning.waitFor()
    expect(await findBarriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    await warning.waitFor({ state: 'hidden' })
    // It was kept: the same time passes again.
    await page.clock.fastForward('12:00')
    expect(await warning.isVisible()).toBe(false)
    await page.clock.fastForward('03:30')
    await ended.waitFor()
    expect([await warning.isVisible(), await page.locator('h1').count()]).toEqual([false, 1])
    expect(troubles()).toEqual([])
    await context.close()
  })
})

describe('a sign-in link of the demo', () => {
  it('[demo/links] counts once', async () => {
    const link = door.link(cast.dwp.caseworker.email)
    const { page, context } = await newVisitor(browser)
    await page.goto(link)
    expect(await page.locator('h1').textContent()).toBe(cast.dwp.caseworker.name)
    await context.close()
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(410)
  })
})

async function signInBy(page: Page, member: Member): Promise<void> {
  const account = (await cast.accounts()).find(({ email }) => email === member.email)
  if (!account) throw new Error('nobody of the cast')
  await page.getByLabel('E-mail address').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  // The code of the next half minute: the one of now was used at the command line.
  const code = new TOTP({ secret: Secret.fromBase32(account.totpSecret) }).generate({ timestamp: Date.now() + 30_000 })
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
