// Certificates that are refused, proofs that fail all alike, and challenges that a client does not answer.
import { type KeyOptions, generateKey as generate, enums, readPrivateKey, revokeKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Api } from '#client/api.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { proveForCollecting, registerAndProve } from '#client/trust/key-proof.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { certificateOperations, type Challenge } from '#contract/certificates.ts'
import { identityOperations } from '#contract/identity.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { AccountId, Fingerprint, Instant } from '#domain/values.ts'
import { answerChallenge } from '#openpgp/key-proof.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import { testOrigin } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { type GovernedApp, startGovernedApp } from '../../fixtures/governed-app.ts'
import { acceptInvitation, apiOf, registerOrganisation, type TestPerson, tokenFor } from '../../fixtures/people.ts'

interface Holder {
  readonly person: TestPerson
  readonly api: Api
  readonly key: KeyPair
}

let database: TestDatabase
let app: GovernedApp
let ada: Holder
let carol: Holder

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startGovernedApp({ databaseUrl: database.urls.server })
  const name = 'Ashdown Council'
  const invited = await registerOrganisation(app, { ownerUrl: database.urls.owner, name, email: 'ada@council.example' })
  ada = await enter(invited.token)
  carol = await invite('carol@council.example')
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

function now(): Instant {
  return app.clock.now() as Instant
}

async function enter(token: string): Promise<Holder> {
  const person = await acceptInvitation(app, token)
  const key = await generateKey({ name: person.email, at: addDays(now(), -1), expiresAfterSeconds: null })
  return { person, api: apiOf(app, await tokenFor(app, person)), key }
}

async function invite(email: string): Promise<Holder> {
  const body = { email, name: email, roles: ['caseworker' as const], teams: [] }
  const { token } = await ada.api.call(identityOperations.invite, { body })
  return enter(token)
}

function holderOf({ person, api, key }: Holder) {
  return {
    api,
    anchor: { origin: testOrigin },
    account: person.account as AccountId,
    key: unlockedKey(key.privateKey),
    encryptionSubkey: key.encryptionSubkey as Fingerprint,
    now,
  }
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

function register(api: Api, certificate: Uint8Array) {
  return api.call(certificateOperations.register, { body: { certificate: certificate.toBase64() } })
}

function prove(api: Api, { id }: Challenge, answer: string) {
  return api.call(certificateOperations.prove, { params: { id }, body: { answer } })
}

async function rightAnswer(holder: Holder, { message }: Challenge, purpose: 'register' | 'collect'): Promise<string> {
  const expected = {
    ...holderOf(holder),
    origin: testOrigin,
    purpose,
    subkey: holder.key.encryptionSubkey,
    transfer: '-',
  }
  const answered = await answerChallenge({
    message: Uint8Array.fromBase64(message),
    key: holder.key.privateKey,
    expected,
    now: now(),
  })
  if (!answered.ok) throw new Error(answered.saw)
  return answered.answer
}

const wrong = '0'.repeat(64)

describe('a certificate is refused', () => {
  /** Made with openpgp.js as it comes, for what our own keys never are. */
  async function foreign(options: Partial<KeyOptions>): Promise<Uint8Array> {
    const date = new Date(addDays(now(), -2))
    const { publicKey } = await generate({ userIDs: { name: 'F' }, type: 'ecc', date, ...options, format: 'binary' })
    return publicKey
  }

  async function revoked(): Promise<Uint8Array> {
    const key = await readPrivateKey({ binaryKey: carol.key.privateKey })
    const date = new Date(addSeconds(now(), -3600))
    const { publicKey } = await revokeKey({
      key,
      reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised, string: '' },
      date,
      format: 'binary',
    })
    return publicKey
  }

  it('[keys/certificates] for each reason there is, and nothing of it is stored', async () => {
    const cases: readonly [string, Uint8Array][] = [
      ['KEY_SECRET', carol.key.privateKey],
      ['KEY_MALFORMED', new TextEncoder().encode('no certificate')],
      ['KEY_WEAK', await foreign({ type: 'rsa', rsaBits: 2048 })],
      ['KEY_NO_ENCRYPTION_SUBKEY', await foreign({ curve: 'ed25519Legacy', subkeys: [{ sign: true }] })],
      ['KEY_EXPIRED', await foreign({ curve: 'ed25519Legacy', keyExpirationTime: 3600 })],
      ['KEY_NOT_YET_VALID', await foreign({ curve: 'ed25519Legacy', date: new Date(addSeconds(now(), 7200)) })],
      ['KEY_REVOKED', await revoked()],
    ]
    for (const [code, certificate] of cases) {
      const entries = await entriesOf(database.as.owner.database, async () =>
        expect(await codeOf(register(carol.api, certificate))).toBe(code),
      )
      expect(entries).toMatchObject([{ event: 'key.registered', outcome: 'refused', code }])
    }
    expect(await database.as.owner.database.selectFrom('certificate').selectAll().execute()).toEqual([])
  })

  it('[keys/taken] when it is another person’s, to nobody but who proves to hold it too', async () => {
    await registerAndProve(holderOf(ada), ada.key.certificate)
    const squatter = { ...carol, key: ada.key }
    // Answered as any other key is.
    const { challenge } = await register(carol.api, ada.key.certificate)
    expect(challenge).toMatchObject({ encryptionSubkey: ada.key.encryptionSubkey })
    expect(await codeOf(registerAndProve(holderOf(squatter), ada.key.certificate))).toBe('KEY_TAKEN')
    const { key } = await ada.api.call(identityOperations.account, {})
    expect(key).toMatchObject({ fingerprint: ada.key.fingerprint, proven: true })
  })

  const claims = ['before its owner does', 'after its owner did, and again'] as const
  it.each(claims)(
    '[keys/unproven] who registers somebody’s published key %s keeps them out of nothing',
    async (when) => {
      const dora = await invite(`${when.length}@council.example`)
      const squat = () => register(carol.api, dora.key.certificate)
      if (when === 'before its owner does') await squat()
      const { challenge: first } = await register(dora.api, dora.key.certificate)
      if (when !== 'before its owner does') await squat()
      await squat()
      expect(await codeOf(prove(dora.api, first, await rightAnswer(dora, first, 'register')))).toBe('done')
      expect((await dora.api.call(identityOperations.account, {})).key).toMatchObject({ proven: true })
      const rows = await database.as.owner.database
        .selectFrom('certificate')
        .select('account')
        .where('fingerprint', '=', dora.key.fingerprint as Fingerprint)
        .execute()
      expect(rows).toEqual([{ account: dora.person.account }])
      // Their claim gives no key, and keeps them from none of their own.
      expect((await carol.api.call(identityOperations.account, {})).key).toMatchObject({ proven: false })
      expect(await codeOf(carol.api.call(certificateOperations.challenge, { body: subkeyOf(dora) }))).toBe('NOT_FOUND')
    },
  )
})

describe('a key proof', () => {
  it('[keys/proof] succeeds once, for the session that asked', async () => {
    const { challenge } = await register(carol.api, carol.key.certificate)
    const answer = await rightAnswer(carol, challenge, 'register')
    const again = apiOf(app, await tokenFor(app, carol.person))
    expect(await codeOf(prove(again, challenge, answer))).toBe('KEY_PROOF_FAILED')
    expect(await codeOf(prove(ada.api, challenge, answer))).toBe('KEY_PROOF_FAILED')
    expect(await codeOf(prove(carol.api, challenge, answer))).toBe('done')
    expect(await codeOf(prove(carol.api, challenge, answer))).toBe('KEY_PROOF_FAILED')
  })

  it('[keys/proof] fails alike for a wrong answer, a second try, a late one, and a challenge that never was', async () => {
    const first = await carol.api.call(certificateOperations.challenge, { body: subkeyOf(carol) })
    const answer = await rightAnswer(carol, first, 'collect')
    const problems: unknown[] = []
    const note = (act: Promise<unknown>) => act.catch((error) => problems.push({ ...error, correlation: '' }))
    await note(prove(carol.api, first, wrong))
    await note(prove(carol.api, first, answer))
    const late = await carol.api.call(certificateOperations.challenge, { body: subkeyOf(carol) })
    const inTime = await rightAnswer(carol, late, 'collect')
    app.clock.pass(601)
    await note(prove(carol.api, late, inTime))
    await note(prove(carol.api, { ...late, id: 'f'.repeat(32) }, inTime))
    expect(problems).toHaveLength(4)
    expect(new Set(problems.map((problem) => JSON.stringify(problem))).size).toBe(1)
    expect(problems[0]).toMatchObject({ code: 'KEY_PROOF_FAILED', status: 403 })
  })

  it('[keys/proof] is asked only of a subkey that is one’s own', async () => {
    expect(await codeOf(carol.api.call(certificateOperations.challenge, { body: subkeyOf(ada) }))).toBe('NOT_FOUND')
  })

  it('[keys/proof] is not asked again after five wrong answers within an hour', async () => {
    const bea = await invite('bea@council.example')
    await registerAndProve(holderOf(bea), bea.key.certificate)
    for (let tries = 0; tries < 5; tries += 1) {
      const challenge = await bea.api.call(certificateOperations.challenge, { body: subkeyOf(bea) })
      expect(await codeOf(prove(bea.api, challenge, wrong))).toBe('KEY_PROOF_FAILED')
    }
    expect(await codeOf(proveForCollecting(holderOf(bea)))).toBe('TOO_MANY_ATTEMPTS')
    expect(await codeOf(register(bea.api, bea.key.certificate))).toBe('TOO_MANY_ATTEMPTS')
    app.clock.pass(3601)
    expect(await codeOf(proveForCollecting(holderOf(bea)))).toBe('done')
  })
})

describe('a client gives no answer', () => {
  /** A server that hands out the challenge it likes, and notes what it is answered. */
  function lying(api: Api, challenge: Challenge) {
    const answered: unknown[] = []
    const call: Api['call'] = async (operation, input) => {
      if (operation.name === certificateOperations.challenge.name) return challenge as never
      answered.push(input)
      return api.call(operation, input)
    }
    return { api: { ...api, call }, answered }
  }

  async function expectSilence(holder: Holder, challenge: Challenge): Promise<void> {
    const { api, answered } = lying(holder.api, challenge)
    const asked = proveForCollecting({ ...holderOf(holder), api })
    await expect(asked).rejects.toBeInstanceOf(TrustRefused)
    await expect(asked).rejects.toMatchObject({ code: 'TRUST_CHALLENGE' })
    expect(answered).toEqual([])
  }

  it('[keys/proof] to a challenge relayed from another purpose', async () => {
    await expectSilence(carol, (await register(carol.api, carol.key.certificate)).challenge)
  })

  it('[keys/proof] to a challenge relayed from another account', async () => {
    await expectSilence(carol, await ada.api.call(certificateOperations.challenge, { body: subkeyOf(ada) }))
  })

  it('[keys/proof] to a challenge that has expired, by any clock that is right to five minutes', async () => {
    const challenge = await carol.api.call(certificateOperations.challenge, { body: subkeyOf(carol) })
    app.clock.pass(601 + 300)
    await expectSilence(carol, challenge)
  })
})

function subkeyOf({ key }: Holder) {
  return { encryptionSubkey: key.encryptionSubkey as Fingerprint }
}
