// Each process as an operator would start it by mistake: with a setting missing, or one that is not safe.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../../fixtures/process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safehand-settings-'))
  await writeFile(join(folder, 'log.key'), randomBytes(32).toString('base64'))
  await writeFile(join(folder, 'scan-keys.key'), randomBytes(32))
  await writeFile(join(folder, 'webhooks.key'), randomBytes(32))
  await writeFile(join(folder, 'housekeeper.pgp'), 'not read before the settings are safe')
  await writeFile(join(folder, 'scan-authority.pgp'), 'not read before the settings are safe')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const processes = ['server/main.ts', 'worker/scanner/main.ts', 'worker/housekeeper/main.ts']

const unsafe = () => ({
  DATABASE_URL: 'postgres://someone:hush@database.example/safehand',
  REDIS_URL: 'redis://:hush@queue.example:6379',
  SCAN_KEYS_URL: 'redis://scanner:hush@keys.example:6379',
  SMTP_URL: 'smtp://mail.example:25',
  CLAMD_SOCKET: '/run/clamd',
  SAFEHAND_SCAN_MEMORY: '/dev/shm',
  SAFEHAND_ORIGIN: 'files.example.gov.uk',
  SAFEHAND_URL: 'http://files.example.gov.uk',
  SAFEHAND_PUBLIC_KEYS: join(folder, 'public.json'),
  SAFEHAND_OBJECTS: folder,
  SAFEHAND_KEYS: folder,
  SAFEHAND_SECRETS: folder,
})

describe('[operate/unsafe-settings] a process that is set up unsafely', () => {
  it.each(processes)(
    '[operate/unsafe-settings] %s names what is unsafe, never its value, and does not start',
    async (script) => {
      const refusal = await startProcess({ script, settings: unsafe() }).catch(String)
      expect(refusal).toContain('DATABASE_URL crosses a network without TLS')
      expect(refusal).not.toContain('hush')
    },
  )

  it.each(processes)('[operate/unsafe-settings] %s names what is missing', async (script) => {
    const { DATABASE_URL: _, ...without } = unsafe()
    const refusal = await startProcess({ script, settings: without }).catch(String)
    expect(refusal).toMatch(/These settings are missing or wrong:\s+DATABASE_URL/)
  })
})
