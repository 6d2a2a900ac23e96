import type { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Instant } from '#domain/values.ts'
import { type CommandLine, createCommandLine } from '../tests/fixtures/command-line.ts'
import { createHome } from './home.ts'
import { busyWords, readyForScanWords } from '#words/en/batch.ts'
import { type Io, noTerminal } from './terminal/io.ts'
import { createOutput } from './terminal/output.ts'
import { createProgram } from './program.ts'
import { createServiceClock } from '#client/service-clock.ts'
import { sayWaiting } from './terminal/waiting.ts'

const now = '2026-11-22T09:00:00Z'
/** Nothing listens on port 1. */
const nowhere = 'http://127.0.0.1:1'
let safehand: CommandLine

beforeEach(async () => {
  safehand = await createCommandLine({ now: () => now })
})
afterEach(() => safehand.remove())

async function signedIn(expires: string): Promise<void> {
  const home = createHome(safehand.home)
  await home.writeSettings({
    url: nowhere,
    email: 'a@b.example',
    account: 'a'.repeat(32),
    organisation: 'b'.repeat(32),
  } as never)
  await home.writeToken({ token: 'shf_x', scopes: ['account'], expires } as never)
}

function answer(said: { readonly status: number }, headers: Readonly<Record<string, string>> = {}) {
  const type = { 'content-type': 'application/problem+json' }
  return Response.json({ type: '', instance: '', ...said }, { status: said.status, headers: { ...type, ...headers } })
}

function allCommands(): Command[] {
  const io = { home: safehand.home } as Io
  const program = createProgram({
    io,
    home: createHome(safehand.home),
    output: createOutput({ io, json: false }),
    clock: createServiceClock(() => now as Instant),
  })
  const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)]
  return below(program)
}

describe('how a command ends', () => {
  it('[cli/exit-codes] 0 when it printed its help', async () => {
    const { exit, out } = await safehand.run('key', '--help')
    expect(exit).toBe(0)
    expect(out).toContain('prove')
  })

  it('[cli/exit-codes] 2 when it was called wrongly, and nothing was asked of anyone', async () => {
    const wrong = [
      ['fly'],
      ['sign-in', '--url', nowhere],
      ['key', 'create'],
      ['sign-in', '--url', 'http://files.example', '--email', 'a@b.example'],
      ['service', 'show', '--url', 'ftp://files.example'],
      ['sign-in', '--url', nowhere, '--email', 'nobody'],
      ['sign-in', '--url', nowhere, '--email', 'a@b.example', '--password-file', safehand.path('none')],
    ]
    for (const argv of wrong) expect([argv, (await safehand.run(...argv)).exit]).toEqual([argv, 2])
  })

  it('[cli/exit-codes] 5 when nobody is signed in, or not any more', async () => {
    expect((await safehand.run('roster', 'show')).exit).toBe(5)
    await signedIn(now)
    expect((await safehand.run('key', 'show')).exit).toBe(5)
    // Whether it has ended, the service says: it counted the days, and this machine's clock may be another.
    await safehand.remove()
    const said = { code: 'SIGN_IN_REQUIRED', title: 'You need to sign in', status: 401, action: '', correlation: '' }
    const fetch = async () => answer(said)
    safehand = await createCommandLine({ now: () => now, fetch })
    await signedIn('2099-01-01T00:00:00Z')
    expect(await safehand.run('key', 'show')).toMatchObject({ exit: 5 })
    expect(await safehand.run('inbox')).toMatchObject({ exit: 5, error: expect.stringContaining('sign-in') })
  })

  it('[cli/exit-codes] 6 when the service cannot be reached', async () => {
    expect((await safehand.run('service', 'show', '--url', nowhere)).exit).toBe(6)
    await signedIn('2026-11-22T09:00:01Z')
    expect((await safehand.run('service', 'show')).exit).toBe(6)
  })

  it('[cli/exit-codes] 6 and words when the service speaks another version, or something else answers', async () => {
    const fetch = async () => Response.json({ newer: true })
    const person = await createCommandLine({ now: () => now, fetch })
    const { exit, error } = await person.run('service', 'show', '--url', nowhere)
    expect([exit, error]).toEqual([6, expect.stringContaining('needs an update')])
    await person.remove()
  })

  it('[cli/exit-codes] 1 when its own files are damaged, which it leaves as they are', async () => {
    await signedIn(now)
    await createHome(safehand.home).path('x')
    await safehand.file('home/settings.json', '{')
    expect(await safehand.run('service', 'show')).toMatchObject({ exit: 1, error: expect.stringContaining('damaged') })
  })
})

describe('[clock/named] a wrong clock', () => {
  const refused = {
    status: 422,
    code: 'SIGNATURE_INVALID',
    title: 'The signature does not hold',
    action: 'Sign it again',
  }
  const said = async (date: string, headers: Readonly<Record<string, string>> = {}) => {
    await safehand.remove()
    const fetch = async () => answer({ ...refused, correlation: '' } as never, { date, ...headers })
    safehand = await createCommandLine({ now: () => now, fetch })
    await signedIn('2099-01-01T00:00:00Z')
    const { exit, error } = await safehand.run('inbox')
    expect(exit).toBe(3)
    return error
  }

  it('is named before what was refused, with both times, and the refusal stays what it was', async () => {
    const error = await said('Sun, 22 Nov 2026 11:00:00 GMT')
    expect(error).toContain('clock is about two hours slow: it says 22 November 2026, 09:00 GMT')
    expect(error).toContain('the service says 22 November 2026, 11:00 GMT')
    expect(error.indexOf('clock')).toBeLessThan(error.indexOf('The signature does not hold'))
    expect(error).toContain('(SIGNATURE_INVALID)')
  })

  it('is not named within five minutes, or by what says nothing of the time', async () => {
    expect(await said('Sun, 22 Nov 2026 09:05:00 GMT')).not.toContain('clock')
    expect(await said('Sun, 22 Nov 2026 08:55:00 GMT')).not.toContain('clock')
    expect(await said('yesterday')).not.toContain('clock')
    expect(await said('Sun, 22 Nov 2026 11:00:00 GMT', { age: '7200' })).not.toContain('clock')
  })
})

describe('options of a list', () => {
  it('[cli/scripts] without a list send nothing: who types --dry-run does not mean to send', async () => {
    const file = await safehand.file('a.txt', 'a')
    await signedIn('2026-11-22T09:00:01Z')
    const alone = [
      ['--dry-run'],
      ['--skip-invalid'],
      ['--status'],
      ['--report', 'x'],
      ['--files', 'x'],
      ['--receipts', 'x'],
    ]
    for (const option of [...alone, ['--at-once', '2']]) {
      const { exit, error } = await safehand.run('send', file, ...sending, ...option)
      expect([option, exit, error]).toEqual([option, 2, expect.stringContaining(`${option[0]}: only for a list`)])
    }
  })
})

describe('what a command says', () => {
  it('[cli/output] with --json is exactly one JSON value, for a failure too', async () => {
    for (const argv of [['fly'], ['roster', 'show'], ['service', 'show', '--url', nowhere]]) {
      const { json, error } = await safehand.run(...argv, '--json')
      expect(json).toEqual({ error: { code: expect.any(String), message: expect.any(String) } })
      expect(error).toBe('')
    }
  })

  it('[cli/output] is words on standard error for a failure without it', async () => {
    const { out, error } = await safehand.run('roster', 'show')
    expect(out).toBe('')
    expect(error).toContain('Use: safehand sign-in')
  })
})

describe('a question where nobody sits at a terminal', () => {
  it('[cli/scripts] says what scripts do instead: a secret in a file, --yes for what is so', () => {
    expect(noTerminal('ask', 'Passphrase of your key').message).toBe(
      'There is no terminal to ask: Passphrase of your key. Give it in a file (see --help).',
    )
    expect(noTerminal('confirm', 'Let Lee Whitmore collect it?').message).toBe(
      'There is no terminal to ask: Let Lee Whitmore collect it? If that is so, say --yes (see --help).',
    )
  })
})

describe('a command that is stopped', () => {
  it('[cli/stopped] says that it can be run again, and nothing else of what it had begun', async () => {
    await signedIn('2026-11-22T09:00:01Z')
    const stopping = await createCommandLine({ now: () => now, signal: () => AbortSignal.abort() })
    const { error } = await stopping.run('service', 'show', '--url', nowhere)
    expect(error).toContain('Run the same command again: it goes on with what it had begun, or begins anew.')
    expect(error).not.toContain('never will be')
    await stopping.remove()
  })
})

describe('a wait for the virus check', () => {
  it('[cli/stopped] is one line, once, whoever asks again; a service that is away is said each time', () => {
    const said: string[] = []
    const output = createOutput({ io: { error: (text: string) => said.push(text) } as unknown as Io, json: false })
    const waiting = sayWaiting(output)
    for (const code of ['SCAN_NOT_READY', null, 'SCAN_NOT_READY']) waiting(5, code)
    output.noteOnce(readyForScanWords)
    expect(said).toEqual([readyForScanWords, busyWords(5)])
  })
})

describe('words of others', () => {
  it('[cli/terminal] cannot steer the terminal', () => {
    const said: string[] = []
    const io = { out: (text: string) => said.push(text), error: (text: string) => said.push(text) } as unknown as Io
    const output = createOutput({ io, json: false })
    output.result({ value: null, text: 'NT-4821\u001b[2J\r\nnext\tline\u202e' })
    output.note('\u0007bell')
    expect(said).toEqual(['NT-4821\ufffd[2J\ufffd\nnext\tline\ufffd', '\ufffdbell'])
  })
})

describe('secrets', () => {
  it('[cli/secrets] are never an argument, only asked for or read from a file', () => {
    const secret = /pass|password|secret|token|code|pin\b/
    const flags = allCommands().flatMap((command) => command.options.map((option) => option.long ?? ''))
    expect(flags.length).toBeGreaterThan(20)
    expect(flags.filter((flag) => secret.test(flag) && !/-(?:file|folder)$/.test(flag))).toEqual([])
    const positional = allCommands().flatMap((command) =>
      command.registeredArguments.map((argument) => argument.name()),
    )
    expect(positional.filter((name) => secret.test(name))).toEqual([])
  })

  it('[cli/secrets] are asked for when no file is given, and an empty one is refused', async () => {
    const asked: string[] = []
    const ask = (message: string) => {
      asked.push(message)
      return ''
    }
    const person = await createCommandLine({ now: () => now, ask })
    expect((await person.run('sign-in', '--url', nowhere, '--email', 'a@b.example')).exit).toBe(2)
    expect(asked).toEqual(['Password'])
    await person.remove()
  })
})

describe('help', () => {
  it('[cli/help] is shown to whoever names no command, and pointed to when a command was called wrongly', async () => {
    for (const argv of [[], ['agreement']]) {
      const { exit, error } = await safehand.run(...argv)
      expect([exit, error]).toEqual([2, expect.stringContaining('Usage: safehand')])
    }
    expect((await safehand.run('send')).error).toContain('safehand send --help')
    expect((await safehand.run('agreement', 'show')).error).toContain('safehand agreement show --help')
  })

  it('[cli/help] is not needed to understand what the file system refused', async () => {
    const asked = ['sign-in', '--url', nowhere, '--email', 'a@b.example', '--password-file']
    const said = await safehand.run(...asked, safehand.path('none'))
    expect(said).toMatchObject({ exit: 2, error: expect.stringContaining('it is not there') })
    expect((await safehand.run('send', safehand.home, ...sending)).error).not.toContain('ENOENT')
  })
})

const sending = ['--agreement', 'x', '--flow', 'x', '--purpose', 'x', '--item', 'x', '--to', 'x']
