/** The scanner over a real clamd: verdicts, what it did not look inside, and an own one that is killed in the middle. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  ClamdUnavailable,
  clamdVersion,
  detectsEicar,
  pingClamd,
  resultOf,
  scanStream,
  versionOf,
} from '#platform/clamd.ts'
import { emptyMemoryFolder, memoryRoom, NotInMemory } from '#platform/memory-folder.ts'
import { type Services, startServices } from '../../../scripts/services.ts'

const EICAR = Buffer.from(`X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-${'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`, 'latin1')
const { clamd } = inject('services')

const scan = (...pieces: Uint8Array[]) => scanStream({ clamd, bytes: stream(pieces) })

async function* stream(pieces: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* pieces
}

describe('[scan/clamd] the scanner', () => {
  it('[scan/clamd] answers, says its version, and finds the canary', async () => {
    await pingClamd(clamd)
    expect((await clamdVersion(clamd)).engine).toMatch(/^ClamAV \d/)
    expect(await detectsEicar(clamd)).toBe(true)
  })

  it('[scan/verdicts] calls ordinary and empty content clean', async () => {
    expect(await scan(Buffer.from('minutes of the meeting'))).toEqual({ verdict: 'clean' })
    expect(await scan()).toEqual({ verdict: 'clean' })
    expect(await scan(randomBytes(3_000_000), randomBytes(5))).toEqual({ verdict: 'clean' })
  })

  it('[scan/verdicts] finds EICAR plain, cut into single octets, gzipped and in a zip', async () => {
    const infected = { verdict: 'infected', name: expect.stringContaining('Eicar') }
    expect(await scan(EICAR)).toEqual(infected)
    expect(await scan(...[...EICAR].map((octet) => Uint8Array.of(octet)))).toEqual(infected)
    expect(await scan(gzipSync(EICAR))).toEqual(infected)
    expect(await scan(zip({ content: EICAR }))).toEqual(infected)
  })

  it('[scan/verdicts] never calls zip64 clean, which clamd does not unpack: by local header, by locator, nested', async () => {
    const unscannable = { verdict: 'unscannable', name: expect.stringMatching(/^Safehand\.Unscannable\.Zip64/) }
    const hidden = zip({ content: EICAR, zip64: 'header' })
    expect(await scan(hidden)).toEqual(unscannable)
    expect(await scan(zip({ content: Buffer.from('harmless'), zip64: 'locator' }))).toEqual(unscannable)
    expect(await scan(zip({ content: zip({ content: hidden }) }))).toEqual(unscannable)
  })

  it('[scan/unscannable] calls an encrypted archive unscannable', async () => {
    const result = await scan(zip({ content: randomBytes(100), encrypted: true }))
    expect(result).toEqual({ verdict: 'unscannable', name: expect.stringContaining('Heuristics.Encrypted') })
  })

  it('[scan/clamd] hands on what its source throws, and says when nobody listens', async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield randomBytes(100)
      throw new Error('the body was cut')
    }
    await expect(scanStream({ clamd, bytes: broken() })).rejects.toThrow('the body was cut')
    const nobody = { socketPath: '/nonexistent/clamd' }
    await expect(scanStream({ clamd: nobody, bytes: stream([EICAR]) })).rejects.toThrow(ClamdUnavailable)
    await expect(pingClamd(nobody)).rejects.toThrow(ClamdUnavailable)
  })

  it('[scan/no-disk] keeps its temporary folder in memory; a folder on disk is refused and never emptied', async () => {
    const folder = clamd.temporaryDirectory
    expect(folder).toBeDefined()
    expect(await memoryRoom(folder ?? '/')).toBeGreaterThan(0)
    const disk = await mkdtemp(join(import.meta.dirname, 'disk-'))
    await writeFile(join(disk, 'kept'), '')
    await expect(memoryRoom(disk)).rejects.toThrow(NotInMemory)
    await expect(emptyMemoryFolder(disk)).rejects.toThrow(NotInMemory)
    expect(await readdir(disk)).toEqual(['kept'])
    await rm(disk, { recursive: true })
  })

  it('[scan/clamd] reads what clamd says, in all its forms', () => {
    expect(resultOf('stream: OK')).toEqual({ verdict: 'clean' })
    expect(resultOf('stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND').verdict).toBe('unscannable')
    expect(resultOf('INSTREAM size limit exceeded. ERROR').verdict).toBe('unscannable')
    expect(resultOf('stream: Can not allocate memory ERROR').verdict).toBe('error')
    expect(resultOf('').verdict).toBe('error')
    expect(versionOf('ClamAV 1.4.3/27500/Thu Dec  5 10:00:00 2024')).toEqual({
      engine: 'ClamAV 1.4.3',
      signatures: 27500,
      signaturesAt: Date.UTC(2024, 11, 5, 10),
    })
    expect(versionOf('ClamAV 1.4.3')).toEqual({ engine: 'ClamAV 1.4.3' })
  })
})

describe('[scan/clamd] a scanner that dies', () => {
  let own: Services<'clamd'>
  let logs: string
  beforeAll(async () => {
    logs = await mkdtemp(join(tmpdir(), 'safehand-logs-'))
    own = await startServices({ directory: logs, only: ['clamd'], ignoreSettings: true })
  })
  afterAll(async () => {
    await own.stop()
    await rm(logs, { recursive: true })
  })

  it('[scan/verdicts] is unavailable, not clean, when killed in the middle; what it left is emptied; it comes back', async () => {
    const canary = createHash('sha256').update('canary').digest()
    async function* killing(): AsyncIterable<Uint8Array> {
      for (let piece = 0; piece < 64; piece++) {
        if (piece === 32) await own.parts.clamd?.kill()
        yield Buffer.alloc(256 * 1024, canary)
      }
    }
    await expect(scanStream({ clamd: own.clamd, bytes: killing() })).rejects.toThrow(ClamdUnavailable)
    await expect(pingClamd(own.clamd)).rejects.toThrow(ClamdUnavailable)
    const folder = own.clamd.temporaryDirectory ?? ''
    expect(await readdir(folder)).not.toEqual([])
    await emptyMemoryFolder(folder)
    expect(await readdir(folder)).toEqual([])
    await own.parts.clamd?.start()
    expect(await detectsEicar(own.clamd)).toBe(true)
  })

  it('[scan/clamd] that has had enough of a stream says so, and its answer counts, not the broken pipe', async () => {
    const configuration = join(dirname('socketPath' in own.clamd ? own.clamd.socketPath : ''), 'clamd.conf')
    const settings = await readFile(configuration, 'utf8')
    await writeFile(configuration, settings.replace(/^StreamMaxLength .*/m, 'StreamMaxLength 1M'))
    await own.parts.clamd?.stop()
    await own.parts.clamd?.start()
    const pieces = Array.from({ length: 64 }, () => randomBytes(256 * 1024))
    for (let round = 0; round < 50; round++) {
      // whether the answer or the failed write comes first is chance: in 50 rounds both do
      const result = await scanStream({ clamd: own.clamd, bytes: stream(pieces) })
      expect(result).toEqual({ verdict: 'unscannable', name: 'Limits.StreamMaxLength' })
    }
  })
})

type Zip = { content: Uint8Array; zip64?: 'header' | 'locator'; encrypted?: boolean }

/** A zip of one file, made by hand, so that sizes can be moved to where clamd does not look. */
function zip({ content, zip64, encrypted = false }: Zip): Buffer {
  const packed = encrypted ? Buffer.concat([randomBytes(12), content]) : deflateRawSync(content)
  const method = encrypted ? 0 : 8
  const name = Buffer.from('file.bin')
  const common = Buffer.alloc(26)
  common.writeUInt16LE(zip64 === undefined ? 20 : 45, 0)
  common.writeUInt16LE(encrypted ? 1 : 0, 2)
  common.writeUInt16LE(method, 4)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(zip64 === 'header' ? 0xffffffff : packed.length, 14)
  common.writeUInt32LE(zip64 === 'header' ? 0xffffffff : content.length, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, name, packed])
  const central = Buffer.concat([Buffer.from('504b01021403', 'hex'), common, Buffer.alloc(14), name])
  const locator = Buffer.alloc(zip64 === 'locator' ? 20 : 0)
  if (zip64 === 'locator') {
    locator.write('504b0607', 0, 'hex')
    locator.writeUInt32LE(1, 16)
  }
  const end = Buffer.alloc(22)
  end.write('504b0506', 0, 'hex')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, locator, end])
}
