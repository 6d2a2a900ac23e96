// `npm run demo`: sets up a whole Safehand beside nothing of yours, does the main job once on a real file, and keeps
// running so that a person can go on. Each step is a documented command; what it did is said in plain words.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { writePrivate } from '#platform/files.ts'
import { type Account, type Cast, createCast, type Member, passphraseOf, until } from '../tests/fixtures/cast.ts'
import { createTestDatabase } from '../tests/fixtures/database.ts'
import { type Door, openDoor } from '../tests/fixtures/door.ts'
import { type Installation, startInstallation } from '../tests/fixtures/installation.ts'
import { restartOnChange } from '../tests/fixtures/restart-on-change.ts'
import { startServices } from './services.ts'

const HELP = `Sets up a whole Safehand on this machine, sends one file from a council to a police force, and keeps running.

  npm run demo [-- [--exit] [FILE]]
  npm run dev  [-- [FILE]]

It ends with a link for each person of the cast, which signs them in, in your browser.

  FILE     the file to send (default: README.md)
  --exit   end after the file has arrived and both information officers verified the log
  --watch  what npm run dev does: a process whose source changes starts again, over the same data

It starts its own PostgreSQL, Redis, clamd and SMTP server on free ports, with data in temporary folders that go at
the end. What this machine does not have is unpacked from Debian's packages into .parts/; nothing is installed.
Left behind: .demo/demo.json (accounts, mode 0600) and .demo/export/ (the agreement's log).

Settings that point to parts of your own: DATABASE_URL (a cluster for trials: it gets Safehand's roles), REDIS_URL,
SCAN_KEYS_URL, CLAMD_SOCKET or CLAMD_HOST and CLAMD_PORT, SMTP_URL.`

const demoFolder = resolve('.demo')

let step = 0
function say(text: string): void {
  console.log(text)
}
function heading(text: string): void {
  step += 1
  say(`\n${step}. ${text}`)
}
/** What a person would type; the secrets come from files. */
function typed(member: Member, ...argv: readonly string[]): void {
  const words = argv.map((word) => (/^[\w@./:+-]+$/.test(word) ? word : `'${word}'`))
  say(`   ${member.name} (${member.organisation}): safehand ${words.join(' ')}`)
}

async function main(): Promise<void> {
  const { values: options, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, exit: { type: 'boolean' }, watch: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (options.help) return say(HELP)
  if (positionals.length > 1) throw new Error('one file at a time: npm run demo -- FILE')
  const file = resolve(positionals[0] ?? 'README.md')
  if (!(await stat(file).catch(() => null))?.isFile()) throw new Error(`There is no file ${file}. Nothing was started.`)
  const stopping = untilSignal()
  const run = await openRunFolder()
  await using cleaning = new AsyncDisposableStack()

  heading('The parts: PostgreSQL, two Redis, clamd, SMTP')
  const services = await startServices({ directory: join(run, 'parts'), log: (line) => say(`   ${line}`) })
  cleaning.defer(() => services.stop())
  say('   This clamd knows the EICAR test file and what it cannot look into, nothing else: a real one needs freshclam.')
  const database = await createTestDatabase(services.values)
  cleaning.defer(() => database.drop())

  heading('The service: server, scanner and housekeeper, each with its own database role and keys')
  const installation = await startInstallation({
    services: services.values,
    databaseUrls: database.urls,
    origin: 'demo.safehand.invalid',
    directory: join(run, 'service'),
  })
  cleaning.defer(() => installation.stop())
  say(`   ${localUrl(installation)}`)

  heading('The people: two organisations that trust nobody but their own roots, and one that is no party')
  const cast = await createCast({ installation, directory: join(run, 'homes'), say: (text) => say(`   ${text}`) })
  await writeDemoJson(installation, cast)

  await sendAndCollect({ cast, file, run })
  await readMail(services)
  await verifyLog({ cast, run })

  say(`\nDone. Accounts are in .demo/demo.json, the verified log in .demo/export/.`)
  if (options.exit) return
  const accounts = await cast.accounts()
  const door = await openDoor({
    installation,
    used: (email) => sayNextLink(accounts, { email, door }),
  })
  cleaning.defer(() => door.close())
  const example = cast.council.caseworker
  say(`
Open Safehand in a browser. Each link signs one person in, once; when it was used the next one is printed here. To be two
people at once, open the second link in a private window.
`)
  for (const account of accounts) sayWhoCanTryWhat(account, door)
  say(`
By command line, as ${example.name}, say:
  export SAFEHAND_HOME='${example.home}'
  npx --no -- safehand sent
  npx --no -- safehand agreement show ${cast.agreement}
Passwords and authenticator secrets, to sign in as people do, are in .demo/demo.json. Ctrl-C ends it all.`)
  const ended = new AbortController()
  const stopped = stopping.then(() => ended.abort())
  if (options.watch) await restartOnChange({ installation, root: resolve('.'), say, signal: ended.signal })
  await stopped
  say('\nStopping.')
}

/** By the address before the @, what somebody of the cast is there for. */
const tries: Readonly<Record<string, string>> = {
  'asha.patel': 'looks at what she sent and who has it, and recalls it',
  'morgan.reed': 'would see here what waits for a second person',
  'ines.duarte': 'reads the agreement for the council',
  'petra.holm': 'reads the agreement that she signed for the council',
  'oduya.kalu': 'administers the council, so far by command line',
  'dana.okafor': 'looks at what she collected, and at who sent it',
  'lee.whitmore': 'is in the same team, and was sent nothing by name',
  'karim.aziz': 'reads the agreement for the police',
  'ruth.calder': 'reads the agreement that she signed for the police',
  'theo.marsh': 'administers the police force, so far by command line',
  'nia.bevan': 'is no party to the agreement, and sees nothing of it',
  'sam.verity': 'administers an organisation without agreements',
}

function sayWhoCanTryWhat({ email, name, organisation, passphrase }: Account, door: Door): void {
  const [person = ''] = email.split('@')
  say(`   ${name}, ${organisation}: ${tries[person] ?? 'looks around'}`)
  say(`      ${door.link(email)}   passphrase of the key: ${passphrase}`)
}

function sayNextLink(accounts: readonly Account[], { email, door }: { email: string; door: Door }): void {
  const name = accounts.find((one) => one.email === email)?.name ?? email
  say(`   ${name} signed in. The next link: ${door.link(email)}`)
}

async function sendAndCollect({ cast, file, run }: { cast: Cast; file: string; run: string }): Promise<void> {
  const { caseworker } = cast.council
  const officer = cast.police.first
  const before = await sha256Of(file)
  heading(`${caseworker.name} sends ${basename(file)}`)
  say(`   SHA-256 before: ${before}`)
  const sending = [
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police'],
    ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--marking', 'OFFICIAL-SENSITIVE'],
    ...['--to', officer.email, '--case-reference', 'NT-4821'],
  ]
  typed(caseworker, ...sending)
  const { transfer } = await caseworker.done(...sending, ...passphraseOf(caseworker))
  say(`   Encrypted on her machine to ${officer.name}'s own key, signed, uploaded: transfer ${transfer}`)

  heading('The scanner checks it for viruses and destroys its key')
  await until(
    'the transfer is released',
    async () => {
      const { state, said, finding } = await caseworker.done('status', transfer)
      if (state === 'rejected') throw new Error(`${said} ${finding ?? ''}`)
      return state === 'released'
    },
    600,
  )
  say('   Clean, and sealed: from now on only the recipient can open it.')

  heading(`${officer.name} collects and opens it`)
  const into = join(run, 'collected')
  const collecting = ['collect', transfer, '--into', into]
  typed(officer, ...collecting)
  const { files, sender } = await officer.done(...collecting, ...passphraseOf(officer))
  const [collected] = files as [{ place: string }]
  const after = await sha256Of(collected.place)
  say(`   From ${sender.name} <${sender.email}>, by her signature.`)
  say(`   SHA-256 after:  ${after}`)
  if (after !== before) throw new Error('the file that arrived is not the file that was sent')
  say('   The same file, byte for byte.')
  typed(officer, 'acknowledge', transfer)
  await officer.done('acknowledge', transfer, ...passphraseOf(officer))

  const outsider = cast.dwp.caseworker
  typed(outsider, 'status', transfer)
  const refused = await outsider.run('status', transfer, '--json')
  if (refused.exit === 0) throw new Error('an organisation that is no party saw the transfer')
  say(`   ${outsider.organisation} is no party to the agreement: ${refused.json.error.code}.`)
}

async function readMail(services: { messages(): Promise<string[]> }): Promise<void> {
  const mails = await services.messages().catch(() => undefined)
  if (mails === undefined) return
  heading('What the mail server got')
  for (const mail of mails) {
    const subject = /^subject: (.*)$/im.exec(mail)?.[1] ?? ''
    const to = /^to: (.*)$/im.exec(mail)?.[1] ?? ''
    say(`   To ${to.trim()}: ${subject.trim()}`)
  }
}

async function verifyLog({ cast, run }: { cast: Cast; run: string }): Promise<void> {
  heading("Both information officers take the agreement's log home and verify it, each under their own root")
  const verified: string[] = []
  for (const [name, officer] of Object.entries({ council: cast.council.officer, police: cast.police.officer })) {
    const folder = join(run, `export-${name}`)
    typed(officer, 'audit', 'export', cast.agreement, '--into', folder)
    await officer.done('audit', 'export', cast.agreement, '--into', folder)
    typed(officer, 'audit', 'verify', folder)
    const result = await officer.done('audit', 'verify', folder)
    say(`   ${sayVerified(result)}`)
    verified.push(folder)
  }
  const [first, second] = verified as [string, string]
  const earlier = await cast.police.officer.done('audit', 'verify', second, '--earlier', first)
  if (earlier.status !== 'verified') throw new Error('the two logs do not have the same history')
  say('   The second log begins with the first: the same history for both.')
  const kept = join(demoFolder, 'export')
  await rm(kept, { recursive: true, force: true })
  await rename(second, kept)
}

interface Verified {
  readonly status: string
  readonly size: number
  readonly root: string
}

function sayVerified({ status, size, root }: Verified): string {
  return `${status}: all ${size} entries, under a signed head with root ${root}`
}

/** Browsers give passkeys to a name, and to no address. */
const localUrl = ({ url }: Installation) => `http://localhost:${new URL(url).port}`

async function writeDemoJson({ url }: Installation, cast: Cast): Promise<void> {
  const accounts = await cast.accounts()
  await writePrivate(
    join(demoFolder, 'demo.json'),
    `${JSON.stringify({ url, agreement: cast.agreement, accounts }, null, 2)}\n`,
  )
}

/** One folder per run, so that two at once never meet; folders of runs that ended are removed. */
async function openRunFolder(): Promise<string> {
  const runs = join(demoFolder, 'runs')
  await mkdir(runs, { recursive: true, mode: 0o700 })
  for (const name of await readdir(runs)) {
    const pid = Number(await readFile(join(runs, name, 'pid'), 'utf8').catch(() => ''))
    if (!isRunning(pid)) await rm(join(runs, name), { recursive: true, force: true })
  }
  const folder = join(runs, `${process.pid}-${Date.now().toString(36)}`)
  await mkdir(folder, { mode: 0o700 })
  await writeFile(join(folder, 'pid'), String(process.pid))
  return folder
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** More than one signal changes nothing: stopping is never cut short. */
function untilSignal(): Promise<void> {
  return new Promise((resolveSignal) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolveSignal())
  })
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
