// A private key in the service's hands: somebody posts one, past our own client, wherever an operation takes a key or a
// document. Each is refused; nothing of it is answered, logged or stored.
import { readPrivateKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Api } from '#client/api.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { registerAndProve } from '#client/trust/key-proof.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { addDays } from '#domain/time.ts'
import type { AccountId, Fingerprint, Instant } from '#domain/values.ts'
import { concat } from '#openpgp/bytes.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import { testOrigin } from '../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../fixtures/database.ts'
import { type GovernedApp, startGovernedApp } from '../fixtures/governed-app.ts'
import { findsSecretOf, storedText } from '../fixtures/secret-search.ts'
import { acceptInvitation, apiOf, registerOrganisation, tokenFor } from '../fixtures/people.ts'

let database: TestDatabase
let app: GovernedApp
let ada: Api
let key: KeyPair
let holds: (text: string) => boolean
let logged = ''

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server, log: { write: (line) => (logged += line) } })
  const invited = await registerOrganisation(app, {
    ownerUrl: database.urls.owner,
    name: 'Ashdown Council',
    email: 'ada@council.example',
  })
  const person = await acceptInvitation(app, invited.token)
  ada = apiOf(app, await tokenFor(app, person))
  const now = () => app.clock.now() as Instant
  key = await generateKey({ name: 'Ada', at: addDays(now(), -1), expiresAfterSeconds: null })
  holds = findsSecretOf(key)
  const prover = { api: ada, anchor: { origin: testOrigin }, account: person.account as AccountId, now }
  const own = { key: unlockedKey(key.privateKey), encryptionSubkey: key.encryptionSubkey as Fingerprint }
  await registerAndProve({ ...prover, ...own }, key.certificate)
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

const harmless = new TextEncoder().encode('{}').toBase64()
const { register, revoke } = certificateOperations
const { registerStatement, registerRoster } = organisationOperations

/** Wherever an operation takes a key or a document. */
const places: readonly [place: string, send: (bytes: string) => Promise<unknown>, code: string][] = [
  ['a certificate', (certificate) => ada.call(register, { body: { certificate } }), 'KEY_SECRET'],
  [
    'a revoked certificate',
    (certificate) =>
      ada.call(revoke, { params: { fingerprint: key.fingerprint as Fingerprint }, body: { certificate } }),
    'KEY_SECRET',
  ],
  [
    'a statement',
    (bytes) => ada.call(registerStatement, { body: { document: { bytes, signature: bytes }, keys: [bytes, bytes] } }),
    'DOCUMENT_INVALID',
  ],
  [
    'a statement’s keys and signature',
    (bytes) =>
      ada.call(registerStatement, {
        body: { document: { bytes: harmless, signature: bytes }, keys: [bytes, bytes] },
      }),
    'DOCUMENT_INVALID',
  ],
  [
    'a roster and its people',
    (bytes) => ada.call(registerRoster, { body: { document: { bytes, signature: bytes }, people: [{ bytes }] } }),
    'DOCUMENT_INVALID',
  ],
]

describe('a private key is refused, and nothing of it is answered, logged or stored', () => {
  it('[keys/public-only] the search finds what it looks for', async () => {
    expect(holds(key.privateKey.toHex()) && holds(key.privateKey.toBase64())).toBe(true)
    expect(await storedText(database)).toContain(key.certificate.toHex())
    expect(logged).toContain('certificate.register')
  })

  it.each(places)('[keys/public-only] as %s', async (_place, send, code) => {
    const armor = new TextEncoder().encode((await readPrivateKey({ binaryKey: key.privateKey })).armor())
    const spellings = [key.privateKey, concat(key.certificate, key.privateKey), armor]
    for (const bytes of [...spellings, concat(new TextEncoder().encode('\ufeffMy key:\n'), armor)]) {
      const answered = await send(bytes.toBase64()).catch((error: unknown) => error)
      expect(answered).toMatchObject({ code })
      expect(holds(JSON.stringify(answered))).toBe(false)
    }
    expect(holds(await storedText(database))).toBe(false)
    expect(holds(logged)).toBe(false)
  })
})
