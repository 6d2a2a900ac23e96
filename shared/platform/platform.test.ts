/** The small ones: clock, log, private files. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { instantOf, systemClock } from './clock.ts'
import { makePrivateFolder, writePrivate } from './files.ts'
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
