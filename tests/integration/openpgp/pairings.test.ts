// The table of pairings: who makes a message, whose key it is for and what opens it, for every kind of key. Every cell
// opens, or is refused before anything is encrypted. A column says where the recipient's key lives: in Safehand listing
// AES-256-GCM (made here), in Safehand without it (a key brought along), in openpgp.js, in gpg, in sq.
import {
  createMessage,
  decrypt,
  encrypt,
  generateKey,
  type KeyOptions,
  readKey,
  readMessage,
  readPrivateKey,
} from 'openpgp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeAnyBody } from '#openpgp/any-decoder.ts'
import { encodeBody } from '#openpgp/body-encoder.ts'
import { type Certificate, inspectCertificate } from '#openpgp/certificates.ts'
import { encodeCfbBody } from '#openpgp/cfb-encoder.ts'
import { checkRecipients, splitHead } from '#openpgp/head.ts'
import type { PrivateKeyBytes } from '#openpgp/keys.ts'
import { BODY_VERSION, canJoin, type Profile } from '#openpgp/profile.ts'
import { asSessionKey, unwrapSessionKey, wrapSessionKey } from '#openpgp/session-key.ts'
import { openpgpPrimitives as primitives } from '#platform/crypto.ts'
import { inflate } from '#platform/inflate.ts'
import { type GnuPg, startGnuPg } from '../../fixtures/gnupg.ts'
import { type Sequoia, startSequoia } from '../../fixtures/sequoia.ts'
import { collect, inPieces } from '../../fixtures/streams.ts'

const PROGRAMS = ['Safehand v2-gcm', 'Safehand v1-cfb', 'openpgp.js', 'gpg', 'sq'] as const
type ProgramName = (typeof PROGRAMS)[number]

interface Kind {
  options: Partial<KeyOptions>
  /** How gpg makes one: algorithms of the primary key and the subkey. Absent: openpgp.js makes it. */
  gpg?: [string, string]
}

const KINDS: Record<string, Kind> = {
  'RSA-3072': { options: { type: 'rsa', rsaBits: 3072 }, gpg: ['rsa3072', 'rsa3072'] },
  'RSA-4096': { options: { type: 'rsa', rsaBits: 4096 }, gpg: ['rsa4096', 'rsa4096'] },
  'legacy Ed25519/Curve25519': { options: { type: 'ecc', curve: 'ed25519Legacy' }, gpg: ['ed25519', 'cv25519'] },
  'NIST P-256': { options: { type: 'ecc', curve: 'nistP256' }, gpg: ['nistp256', 'nistp256'] },
  'NIST P-384': { options: { type: 'ecc', curve: 'nistP384' }, gpg: ['nistp384', 'nistp384'] },
  'X25519 v4': { options: { type: 'curve25519' } },
  v6: { options: { type: 'curve25519', config: { v6Keys: true } } },
}

interface Holder {
  certificate: Certificate
  key: PrivateKeyBytes
}

type Outcome = 'opens' | 'PROFILE_CANNOT_OPEN' | 'maker cannot use this key' | 'opener cannot hold this key' | 'FAILS'

const file = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
let gpg: GnuPg
let sq: Sequoia

beforeAll(async () => {
  gpg = await startGnuPg()
  sq = await startSequoia()
})
afterAll(async () => {
  await gpg?.end()
  await sq?.end()
})

async function holderOf(certificate: Uint8Array, key: Uint8Array): Promise<Holder> {
  const inspection = await inspectCertificate(certificate, now())
  if (!inspection.ok) throw new Error(`${inspection.code} ${inspection.detail}`)
  return { certificate: inspection.certificate, key: key as PrivateKeyBytes }
}

const now = () => `${new Date(Date.now() + 2000).toISOString().slice(0, 19)}Z`

async function madeByOpenpgpjs({ options }: Kind, aeadProtect: boolean): Promise<Holder> {
  const config = { ...options.config, aeadProtect }
  const made = await generateKey({ ...options, config, userIDs: { name: 'P' }, format: 'binary' } as KeyOptions & {
    format: 'binary'
  })
  return holderOf(made.publicKey, made.privateKey)
}

async function madeByGpg(algorithms: [string, string]): Promise<Holder> {
  const [primary, subkey] = algorithms
  const name = `${primary}-${crypto.randomUUID()}@example.org`
  await gpg.must(['--quick-generate-key', name, primary, 'sign', 'never'])
  const listing = new TextDecoder().decode(await gpg.must(['--with-colons', '-k', name]))
  const fingerprint = listing.match(/^fpr:+([0-9A-F]{40}):/m)?.[1] ?? ''
  await gpg.must(['--quick-add-key', fingerprint, subkey, 'encr', 'never'])
  return holderOf(await gpg.must(['--export', fingerprint]), await gpg.must(['--export-secret-keys', fingerprint]))
}

type Made = { message: Uint8Array } | { refused: Outcome }

const makers: Record<ProgramName, (to: Holder) => Promise<Made>> = {
  'Safehand v2-gcm': (to) => makeHere('v2-gcm', to),
  'Safehand v1-cfb': (to) => makeHere('v1-cfb', to),
  'openpgp.js': async (to) => {
    const message = await createMessage({ binary: file, filename: 'file' })
    const encryptionKeys = await readKey({ binaryKey: to.certificate.bytes })
    return { message: await encrypt({ message, encryptionKeys, format: 'binary' }) }
  },
  gpg: async (to) => {
    const { fingerprint, bytes } = to.certificate
    await gpg.run(['--import'], bytes)
    const { code, stdout } = await gpg.run(['--recipient', fingerprint, '--encrypt'], file)
    return code === 0 ? { message: stdout } : { refused: 'maker cannot use this key' }
  },
  sq: async (to) => {
    const { code, stdout } = await sq.encrypt({ certificate: to.certificate.bytes, file, compression: 'none' })
    return code === 0 ? { message: stdout } : { refused: 'maker cannot use this key' }
  },
}

async function makeHere(profile: Profile, { certificate }: Holder): Promise<Made> {
  const joining = canJoin({ profile, certificate })
  if (!joining.ok) return { refused: joining.code }
  const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
  const encryptionSubkey = certificate.encryptionSubkeys[0]?.fingerprint ?? ''
  const bodyVersion = BODY_VERSION[profile]
  const wanted = { sessionKey, certificate: certificate.bytes, encryptionSubkey, at: now(), bodyVersion }
  const content = { sessionKey, length: file.length, source: inPieces(file, 65_536) }
  const body =
    profile === 'v2-gcm'
      ? encodeBody({ ...content, salt: crypto.getRandomValues(new Uint8Array(32)) })
      : encodeCfbBody({ ...content, salt: crypto.getRandomValues(new Uint8Array(16)), name: 'file', primitives })
  return { message: new Uint8Array(Buffer.concat([await wrapSessionKey(wanted), await collect(body)])) }
}

/** The file, or what the program said. */
const openers: Record<ProgramName, (message: Uint8Array, holder: Holder) => Promise<Uint8Array>> = {
  'Safehand v2-gcm': openHere,
  'Safehand v1-cfb': openHere,
  'openpgp.js': async (message, { key }) => {
    const decryptionKeys = await readPrivateKey({ binaryKey: key })
    const options = {
      message: await readMessage({ binaryMessage: message }),
      decryptionKeys,
      format: 'binary',
    } as const
    return (await decrypt(options)).data as Uint8Array
  },
  gpg: async (message) => gpg.must(['--decrypt'], message),
  sq: async (message, { key }) => {
    const { code, stdout, stderr } = await sq.decrypt({ key, message })
    if (code !== 0) throw new Error(stderr)
    return stdout
  },
}

async function openHere(message: Uint8Array, { certificate, key }: Holder): Promise<Uint8Array> {
  const { pkesks, bodyOffset, bodyVersion } = splitHead(message)
  const subkeys = certificate.encryptionSubkeys.map(({ fingerprint }) => fingerprint)
  checkRecipients({ pkesks, subkeys })
  const sessionKey = await unwrapSessionKey({ pkesk: pkesks[0]?.bytes ?? new Uint8Array(), key, bodyVersion })
  const source = inPieces(message.subarray(bodyOffset), 65_536)
  return collect(decodeAnyBody({ sessionKey, source, primitives, inflate, limits: { file: file.length } }).file)
}

/** Whose program cannot hold a key at all, told before anybody makes a message for it. */
async function canHold(program: ProgramName, holder: Holder): Promise<boolean> {
  if (program === 'gpg') return (await gpg.run(['--import'], holder.key)).code === 0 && (await gpgEncryptsTo(holder))
  if (program === 'sq')
    return (await sq.encrypt({ certificate: holder.certificate.bytes, file, compression: 'none' })).code === 0
  return true
}

async function gpgEncryptsTo({ certificate }: Holder): Promise<boolean> {
  return (await gpg.run(['--recipient', certificate.fingerprint, '--encrypt'], file)).code === 0
}

async function outcomeOf(maker: ProgramName, opener: ProgramName, holder: Holder | null): Promise<Outcome> {
  if (holder === null) return 'opener cannot hold this key'
  const made = await makers[maker](holder)
  if ('refused' in made) return made.refused
  try {
    const opened = await openers[opener](made.message, holder)
    return Buffer.compare(opened, file) === 0 ? 'opens' : 'FAILS'
  } catch (error) {
    process.stderr.write(`${maker} -> ${opener}: ${error instanceof Error ? error.message : error}\n`)
    return 'FAILS'
  }
}

type Table = Record<ProgramName, Record<ProgramName, Outcome>>

async function tableOf(kind: Kind): Promise<Table> {
  const listing = await madeByOpenpgpjs(kind, true)
  const plain = kind.gpg ? await madeByGpg(kind.gpg) : await madeByOpenpgpjs(kind, false)
  const holders = {
    'Safehand v2-gcm': listing,
    'Safehand v1-cfb': plain,
    'openpgp.js': listing,
    gpg: (await canHold('gpg', plain)) ? plain : null,
    sq: (await canHold('sq', plain)) ? plain : null,
  }
  const table: Partial<Table> = {}
  for (const maker of PROGRAMS) {
    const row: Partial<Record<ProgramName, Outcome>> = {}
    for (const opener of PROGRAMS) row[opener] = await outcomeOf(maker, opener, holders[opener])
    table[maker] = row as Record<ProgramName, Outcome>
  }
  return table as Table
}

const SIGNS: Record<Outcome, string> = {
  opens: 'opens',
  PROFILE_CANNOT_OPEN: 'PROFILE_CANNOT_OPEN',
  'maker cannot use this key': 'not made',
  'opener cannot hold this key': 'no such key',
  FAILS: 'FAILS',
}

function print(name: string, table: Table): void {
  const line = (cells: readonly string[]) => `${cells.map((cell) => cell.padEnd(20)).join(' ')}\n`
  const rows = PROGRAMS.map((maker) => line([maker, ...PROGRAMS.map((opener) => SIGNS[table[maker][opener]])]))
  process.stdout.write(`\n${line([`${name}: makes / opens`, ...PROGRAMS])}${rows.join('')}`)
}

const row = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(PROGRAMS.map((opener, i) => [opener, outcomes[i]])) as Record<ProgramName, Outcome>

const ALL_OPEN = row(['opens', 'opens', 'opens', 'opens', 'opens'])

/** A key that every program can hold. What gpg and sq hold does not list AES-256-GCM: refused before, never at the end. */
const EVERYWHERE: Table = {
  'Safehand v2-gcm': row(['opens', 'PROFILE_CANNOT_OPEN', 'opens', 'PROFILE_CANNOT_OPEN', 'PROFILE_CANNOT_OPEN']),
  'Safehand v1-cfb': ALL_OPEN,
  'openpgp.js': ALL_OPEN,
  gpg: ALL_OPEN,
  sq: ALL_OPEN,
}

const NO_KEY = 'opener cannot hold this key'
const NOT_MADE = 'maker cannot use this key'
const foreignRow = row([NOT_MADE, NOT_MADE, NOT_MADE, NO_KEY, NO_KEY])

/** A key of RFC 9580, which gpg 2.2, gpg 2.4 and sq 0.27 do not read. */
const NEWER: Table = {
  'Safehand v2-gcm': row(['opens', 'PROFILE_CANNOT_OPEN', 'opens', NO_KEY, NO_KEY]),
  'Safehand v1-cfb': row(['opens', 'opens', 'opens', NO_KEY, NO_KEY]),
  'openpgp.js': row(['opens', 'opens', 'opens', NO_KEY, NO_KEY]),
  gpg: foreignRow,
  sq: foreignRow,
}

describe('pairings', () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    it(`[envelope/pairings] ${name}: every pairing opens or is refused before`, async () => {
      const table = await tableOf(kind)
      print(name, table)
      expect(table).toEqual(kind.gpg ? EVERYWHERE : NEWER)
    })
  }

  it("[envelope/pairings] sq's own padding is refused by name: gpg would read it as packets", async () => {
    const holder = await madeByOpenpgpjs({ options: { type: 'ecc', curve: 'ed25519Legacy' } }, false)
    const { stdout } = await sq.encrypt({ certificate: holder.certificate.bytes, file, compression: 'pad' })
    await expect(openHere(stdout, holder)).rejects.toThrow('--compression none')
  })

  it('[envelope/pairings] gpg opens what we encode, of any size, with its name', async () => {
    const holder = await madeByGpg(['ed25519', 'cv25519'])
    const { certificate } = holder
    for (const length of [0, 1, 191, 8192, 262_130, 262_145]) {
      const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
      const encryptionSubkey = certificate.encryptionSubkeys[0]?.fingerprint ?? ''
      const pkesk = await wrapSessionKey({
        sessionKey,
        certificate: certificate.bytes,
        encryptionSubkey,
        at: now(),
        bodyVersion: 1,
      })
      const salt = crypto.getRandomValues(new Uint8Array(16))
      const source = inPieces(file.subarray(0, length), 10_000)
      const body = encodeCfbBody({ sessionKey, salt, length, name: 'Bericht für alle.csv', source, primitives })
      const message = Buffer.concat([pkesk, await collect(body)])
      const opened = await gpg.must(['--decrypt'], message)
      expect(Buffer.compare(opened, file.subarray(0, length))).toBe(0)
      const packets = new TextDecoder().decode(await gpg.must(['--list-packets'], message))
      expect(packets).toContain('name="Bericht f\\xc3\\xbcr alle.csv"')
      expect(packets).toContain('mdc_method: 2')
    }
  })
})
