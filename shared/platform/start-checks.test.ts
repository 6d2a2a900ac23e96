import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from './log.ts'
import { openAddress, openFolders, openLinks, refuseUnsafe } from './start-checks.ts'

const log = openLog({ name: 'test', level: 'silent' })
const links = (value: string, plainHosts: string[] = []) => openLinks([{ name: 'SETTING', value }], plainHosts).length

describe('[operate/unsafe-settings] what no process starts with', () => {
  it.each([
    ['postgres://safehand_server:x@db.example/safehand', 1],
    ['postgres://safehand_server:x@db.example/safehand?sslmode=prefer', 1],
    ['postgres://safehand_server:x@db.example/safehand?sslmode=verify-full', 0],
    ['postgres://safehand_server:x@127.0.0.1/safehand', 0],
    ['redis://:x@queue.example:6379', 1],
    ['rediss://:x@queue.example:6379', 0],
    ['redis://:x@localhost:6379', 0],
    ['smtp://mail.example:25', 1],
    ['smtp://mail.example:587?requireTLS=true', 0],
    ['smtps://mail.example', 0],
    ['http://storage.example', 1],
  ])('%s: %i finding', (value, findings) => {
    expect(links(value)).toBe(findings)
  })

  it('[operate/unsafe-settings] what is not set goes nowhere', () => {
    expect(openLinks([{ name: 'S3_ENDPOINT', value: undefined }], [])).toEqual([])
  })

  it('[operate/unsafe-settings] a host that the operator vouches for may be reached in the clear, and no other', () => {
    expect(links('redis://:x@valkey:6379', ['valkey'])).toBe(0)
    expect(links('redis://:x@valkey.example:6379', ['valkey'])).toBe(1)
  })

  it('[operate/unsafe-settings] a folder of secrets that others can read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'safehand-mode-'))
    const found = async (mode: number) => {
      await chmod(folder, mode)
      return (await openFolders([{ name: 'SAFEHAND_SECRETS', value: folder }])).length
    }
    expect([await found(0o700), await found(0o750), await found(0o755), await found(0o770)]).toEqual([0, 0, 1, 1])
    await rm(folder, { recursive: true })
  })

  it('[operate/unsafe-settings] an address without TLS, or none', () => {
    expect(openAddress({ name: 'SAFEHAND_URL', value: 'https://files.example.gov.uk' })).toEqual([])
    expect(openAddress({ name: 'SAFEHAND_URL', value: 'http://files.example.gov.uk' })).toHaveLength(1)
    expect(openAddress({ name: 'SAFEHAND_URL', value: undefined })).toHaveLength(1)
  })

  it('[operate/unsafe-settings] stops production, naming every setting, and only warns a demo', () => {
    const findings = ['SAFEHAND_URL is wrong', 'REDIS_URL is wrong']
    expect(() => refuseUnsafe(findings, { mode: 'production', log })).toThrow(/SAFEHAND_URL is wrong\s+REDIS_URL/)
    expect(() => refuseUnsafe(findings, { mode: 'demo', log })).not.toThrow()
    expect(() => refuseUnsafe([], { mode: 'production', log })).not.toThrow()
  })
})
