/** Scan keys: what the store does, what it refuses to be, and what its one account cannot do. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openScanKeys, type ScanKeys, ScanKeyStoreUnsafe, whyUnsafe } from '#platform/scan-keys.ts'
import { type Services, startServices } from '../../../scripts/services.ts'

const { scanKeysUrl, redisUrl } = inject('services')
const onError = () => {}
const newId = () => randomBytes(16).toString('hex')

describe('[scan/keys] scan keys', () => {
  let keys: ScanKeys
  beforeAll(async () => {
    keys = await openScanKeys({ url: scanKeysUrl, onError })
  })
  afterAll(() => keys.close())

  it('[scan/keys] keeps a key as it is, once, until it is destroyed', async () => {
    const id = newId()
    const secret = randomBytes(700)
    expect(await keys.get(id)).toBeUndefined()
    expect(await keys.put({ id, secret })).toBe(true)
    expect(await keys.put({ id, secret: randomBytes(700) })).toBe(false)
    expect(secret.equals((await keys.get(id)) ?? Buffer.of())).toBe(true)
    expect(await keys.exists(id)).toBe(true)
    await keys.destroy(id)
    await keys.destroy(id)
    expect(await keys.exists(id)).toBe(false)
  })

  it('[scan/keys] lets no key live longer than 24 hours', async () => {
    const id = newId()
    await keys.put({ id, secret: randomBytes(8) })
    const redis = new Redis(scanKeysUrl, { disableClientInfo: true })
    const left = await redis.pttl(`scan:${id}`)
    redis.disconnect()
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(24 * 3600 * 1000)
    await keys.destroy(id)
  })

  it('[scan/keys] takes nothing but an id for a name', async () => {
    await expect(keys.put({ id: '*', secret: randomBytes(8) })).rejects.toThrow(RangeError)
    await expect(keys.get('../x')).rejects.toThrow(RangeError)
  })

  it('[scan/keys] has an account that can do nothing else, and no other account at all', async () => {
    const redis = new Redis(scanKeysUrl, { disableClientInfo: true, enableReadyCheck: false })
    const refused = [
      'KEYS *',
      'SCAN 0',
      'MONITOR',
      'SAVE',
      'CONFIG GET save',
      'CONFIG SET save 1',
      'FLUSHALL',
      'EVAL 1 0',
    ]
    for (const command of [...refused, 'REPLICAOF 127.0.0.1 1', 'PERSIST scan:x', 'ACL LIST', 'SET other 1']) {
      const [name = '', ...args] = command.split(' ')
      await expect(redis.call(name, ...args), command).rejects.toThrow('NOPERM')
    }
    redis.disconnect()
    const anonymous = new Redis(scanKeysUrl.replace(/\/\/.*@/, '//'), {
      enableReadyCheck: false,
      disableClientInfo: true,
    })
    anonymous.on('error', onError)
    await expect(anonymous.get('scan:x')).rejects.toThrow('NOAUTH')
    anonymous.disconnect()
  })
})

describe('[scan/key-store] a store that is not fit for scan keys', () => {
  let own: Services<'redis'>
  let logs: string
  let admin: Redis
  beforeAll(async () => {
    logs = await mkdtemp(join(tmpdir(), 'safehand-logs-'))
    own = await startServices({ directory: logs, only: ['redis'], ignoreSettings: true })
    admin = new Redis(own.redisUrl)
    admin.on('error', onError)
    await admin.acl(
      'SETUSER',
      'scanner',
      'on',
      'nopass',
      '~scan:*',
      '-@all',
      '+get',
      '+set',
      '+info',
      '+hello',
      '+auth',
    )
  })
  afterAll(async () => {
    admin.disconnect()
    await own.stop()
    await rm(logs, { recursive: true })
  })
  const open = () => openScanKeys({ url: own.redisUrl.replace('//:', '//scanner:'), onError })

  it("[scan/key-store] is refused when its account may do more, as on the queue's Redis", async () => {
    await expect(openScanKeys({ url: redisUrl, onError })).rejects.toThrow(ScanKeyStoreUnsafe)
    await admin.config('SET', 'save', '3600 1')
    await expect(openScanKeys({ url: own.redisUrl, onError })).rejects.toThrow('save points')
    await admin.config('SET', 'save', '')
  })

  it('[scan/key-store] is refused with an append-only file, also when that is switched on later', async () => {
    const keys = await open()
    await admin.config('SET', 'appendonly', 'yes')
    await expect(keys.put({ id: newId(), secret: randomBytes(8) })).rejects.toThrow('append-only')
    keys.close()
    await expect(open()).rejects.toThrow('append-only')
    await admin.config('SET', 'appendonly', 'no')
  })

  it('[scan/key-store] is refused once it has saved its keys', async () => {
    await admin.save()
    await expect(open()).rejects.toThrow('written its keys')
  })

  it('[scan/key-store] is refused with a replica and as one', () => {
    const good = 'role:master\r\nconnected_slaves:0\r\naof_enabled:0\r\nrdb_saves:0\r\n'
    expect(whyUnsafe(good)).toBeUndefined()
    expect(whyUnsafe(good.replace('slaves:0', 'slaves:1'))).toContain('replica')
    expect(whyUnsafe(good.replace('master', 'slave'))).toContain('replica')
    expect(whyUnsafe('')).toBeDefined()
  })
})
