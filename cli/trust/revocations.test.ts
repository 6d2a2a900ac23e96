import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAnchor } from '#client/trust/anchor.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { Fingerprint, Origin } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { createHome } from '../home.ts'
import { rememberRevocations } from './revocations.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safehand-home-'))
})
afterAll(() => rm(folder, { recursive: true }))

const subkey = (letter: string) => letter.repeat(40) as Fingerprint
const entry = (said: object) => ({ event: 'key.revoked', outcome: 'success', detail: {}, ...said }) as unknown as Entry

it('[trust/revocations] revocations of a verified log are kept with the pinned root, refused ones are none', async () => {
  const home = createHome(join(folder, 'home'))
  await home.writeAnchor(newAnchor({ origin: 'test.safehand.invalid' as Origin, root: subkey('a') }))
  const context = { home } as Context
  await rememberRevocations(context, [
    entry({ detail: { encryptionSubkey: subkey('b') } }),
    entry({ detail: { encryptionSubkey: subkey('c') }, outcome: 'refused' }),
    entry({ detail: { encryptionSubkey: subkey('d') }, event: 'key.registered' }),
  ])
  await rememberRevocations(context, [entry({ detail: { encryptionSubkey: subkey('e') } })])
  expect((await home.readAnchor()).revoked).toEqual([subkey('b'), subkey('e')])
})

it('[trust/revocations] nothing is kept where no root is pinned', async () => {
  const home = createHome(join(folder, 'unpinned'))
  await rememberRevocations({ home } as Context, [entry({ detail: { encryptionSubkey: subkey('b') } })])
  expect(await home.findAnchor()).toBeNull()
})
