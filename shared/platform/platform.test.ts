/** The small ones: clock, log, private files. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { instantOf, systemClock } from './clock.ts'
import { makePrivateFolder, writePrivate } from './files.ts'
import { createHealth } from './health.ts'
import { openLog } from './log.ts'

it('the clock gives whole seconds, cut and not rounded', () => {
  expect(instantOf(Date.UTC(2026, 10, 22, 3, 40, 0, 999))).toBe('2026-11-22T03:40:00Z')
  expect(systemClock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect(Math.abs(systemClock.epochMs() - Date.now())).toBeLessThan(1000)
})

it('the log blots out secrets at every depth it promises, and nothing else', () => {
  const lines: string[] = []
  const log = openLog({ name: 'server', level: 'info', destination: { write: (line) => lines.push(line) } })
  const secret = 'hunter2hunter2'
  log.info(
    { password: secret, req: { headers: { authorization: secret, 'set-cookie': secret } }, transfer: 'ab12' },
    'said',
  )
  log.info({ account: { totpSecret: secret, passphrase: secret }, upload: { uploadToken: secret } })
  expect(lines.join('')).not.toContain(secret)
  expect(lines.join('')).toContain('"transfer":"ab12"')
  expect(lines.join('')).toContain('"name":"server"')
})

it('[operate/quiet-log] the log says nothing that errors of other programs quote: tokens, addresses of people, passwords', () => {
  const lines: string[] = []
  const log = openLog({ name: 'server', level: 'info', destination: { write: (line) => lines.push(line) } })
  const token = `shf_${'a'.repeat(32)}_c2VjcmV0`
  const data = Object.assign(new Error('invalid input syntax for type uuid: "Ada Lovelace"'), {
    code: '22P02',
    detail: 'Key (email)=(ada@council.example) already exists.',
  })
  log.error({ err: data })
  log.warn({ error: `550 <ada@council.example> unknown; redis://:hunter2@127.0.0.1:6379 with ${token}` })
  log.error({ err: new Error('outer', { cause: new Error(`no route to ada.b-c@council.example\n    at ${token}`) }) })
  expect(lines.join('')).not.toMatch(/Ada|ada|hunter2|shf_|c2VjcmV0/)
  expect(lines.join('')).toMatch(/"reason":"22P02"/)
  expect(lines.map((line) => typeof JSON.parse(line))).toEqual(['object', 'object', 'object'])
})

it('[operate/quiet-log] a line of the log stays one line, and moves no terminal, whatever somebody sent', () => {
  const lines: string[] = []
  const log = openLog({ name: 'server', level: 'info', destination: { write: (line) => lines.push(line) } })
  log.info({ said: 'a\n{"level":60,"msg":"FAKE"}\r\u001b[2J\u009b31m\u202ecod.exe\u2028' })
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
  expect(JSON.parse(lines[0] ?? '').said).toContain('FAKE')
})

it('[operate/health] health asks the parts once for all who ask within a second, and waits for none without end', async () => {
  let asked = 0
  const counted = async () => {
    asked += 1
  }
  const health = createHealth({ database: counted, redis: () => new Promise(() => undefined) })
  const answers = await Promise.all(Array.from({ length: 200 }, health))
  expect(answers.every((missing) => missing.join() === 'redis')).toBe(true)
  expect(await health()).toEqual(['redis'])
  expect(asked).toBe(1)
})

it('private files are whole, replaced in one step, and for this user only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'safehand-files-'))
  const home = join(folder, 'home')
  await makePrivateFolder(home)
  await writePrivate(join(home, 'token'), 'first')
  await writePrivate(join(home, 'token'), Buffer.from('second'))
  expect(await readFile(join(home, 'token'), 'utf8')).toBe('second')
  expect((await stat(join(home, 'token'))).mode & 0o777).toBe(0o600)
  expect((await stat(home)).mode & 0o777).toBe(0o700)
  expect(await readdir(home)).toEqual(['token'])
  await expect(writePrivate(join(home, 'missing/token'), 'x')).rejects.toThrow('ENOENT')
  await rm(folder, { recursive: true })
})
