// A successor root (ARCHITECTURE.md#successor-root): a root that names its successor is followed by everyone, and no
// agreement is signed again; a root that nobody named is a lie, whoever serves it. Carol asks a lying server; her
// anchor pins the council's first root.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { fetchAgreement } from '#client/trust/fetch-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import type { Fingerprint } from '#domain/values.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import {
  agreementDocumentsOf,
  anchorOf,
  makeWorld,
  newId,
  type TestOrganisation,
  withRoster,
  withStatement,
  withSuccessor,
  type World,
} from '../fixtures/documents.ts'
import { lie, lyingServer, shown, trueServer } from '../fixtures/lying-server.ts'

let world: World
let successor: KeyPair
let stranger: KeyPair
beforeAll(async () => {
  world = await makeWorld()
  const key = { at: '2026-11-21T09:00:00Z', expiresAfterSeconds: null }
  successor = await generateKey({ name: 'Second root', ...key })
  stranger = await generateKey({ name: 'Nobody’s root', ...key })
})

const rootOf = ({ fingerprint }: KeyPair) => fingerprint as Fingerprint

/** Of one's own organisation the service's root is not said: nobody is to take it over from there. */
const notPinned = () => ({
  code: 'TRUST_ROOT',
  saw: `another than ${world.council.root.fingerprint}, which is pinned here`,
})

/** What Carol believes when these are served instead of what the service has. */
function ask(
  said: { readonly council?: TestOrganisation; readonly police?: TestOrganisation },
  anchor = anchorOf(world.council),
) {
  const { agreement, signatures, at, council, police } = world
  const organisations = [said.council ?? council, said.police ?? police]
  const told = agreementDocumentsOf({ agreement, signatures, organisations })
  const fetch = lyingServer({
    truth: trueServer(world.documents),
    lies: [lie(agreementOperations.show, () => shown(told))],
  })
  const api = createApi({ url: 'https://safehand.invalid', fetch, newId, client: 'cli' })
  return fetchAgreement({ api, anchor, id: agreement.value.id, now: at })
}

describe('a successor root', () => {
  it('[trust/successor] is followed and pinned by its own people, under an agreement that names the old root', async () => {
    const council = await withSuccessor(world.council, { successor, takesOver: true })
    const verified = await ask({ council })
    expect(verified.anchor).toMatchObject({ root: rootOf(successor), former: [world.council.root.fingerprint] })
    expect(verified.anchor.seen[council.id]).toEqual({ statement: 3, roster: 1 })
    // Next time, and for whoever pinned the new root on the first day.
    expect((await ask({ council }, verified.anchor)).anchor).toEqual(verified.anchor)
    const newcomer = { ...anchorOf(world.council), root: rootOf(successor) }
    expect((await ask({ council }, newcomer)).hash).toBe(world.agreement.hash)
    const { organisation: _, ...unlearned } = newcomer
    expect((await ask({ council }, unlearned)).own).toBe(council.id)
  })

  it('[trust/successor] is followed in a partner, whose people are found by the old root and the new one’s roster', async () => {
    const moved = await withSuccessor(world.police, { successor, takesOver: true })
    const verified = await ask({ police: await withRoster(moved) })
    expect(verified.rosterOf(world.police.id)?.sequence).toBe(2)
    expect(verified.anchor.root).toBe(world.council.root.fingerprint)
  })

  it('[trust/successor] that was named and has not signed yet changes nothing', async () => {
    const council = await withSuccessor(world.council, { successor, takesOver: false })
    expect((await ask({ council })).anchor.root).toBe(world.council.root.fingerprint)
  })

  it('[trust/successor] that nobody named is refused, for oneself and for a partner', async () => {
    const seized = (of: TestOrganisation) => withStatement(of, { root: stranger })
    const refused = { code: 'TRUST_ROOT', saw: stranger.fingerprint }
    await expect(ask({ council: await seized(world.council) })).rejects.toMatchObject(notPinned())
    await expect(ask({ police: await seized(world.police) })).rejects.toMatchObject(refused)
  })

  it('[trust/successor] that was named by somebody else than the root is refused', async () => {
    const said = { successorRoot: rootOf(stranger) }
    const named = await withStatement(world.council, { said, signer: stranger, beside: stranger })
    const council = await withStatement(named, { root: stranger })
    await expect(ask({ council })).rejects.toMatchObject({ code: 'TRUST_STATEMENT_SIGNATURE' })
  })

  it('[trust/successor] ends the old root: it signs nothing more, not even itself back', async () => {
    const moved = await withSuccessor(world.council, { successor, takesOver: true })
    const back = await withStatement(moved, { root: world.council.root })
    const refused = notPinned()
    await expect(ask({ council: back })).rejects.toMatchObject(refused)
    const named = await withSuccessor(world.council, { successor, takesOver: false })
    await expect(ask({ council: await withStatement(named) })).rejects.toMatchObject(refused)
  })

  it('[trust/successor] hidden from who has seen it is refused at once: the old chain, and another one under the old root', async () => {
    const council = await withSuccessor(world.council, { successor, takesOver: true })
    const { anchor } = await ask({ council })
    const saw = `another than ${successor.fingerprint}, which is pinned here`
    await expect(ask({}, anchor)).rejects.toMatchObject({ code: 'TRUST_ROOT', saw })
    const forked = await withStatement(await withStatement(await withStatement(world.council)))
    await expect(ask({ council: forked }, anchor)).rejects.toMatchObject({ code: 'TRUST_ROOT' })
  })

  it('[trust/successor] of another organisation makes nobody a party', async () => {
    const anchor = { ...anchorOf(world.council), root: rootOf(stranger) }
    await expect(ask({}, anchor)).rejects.toMatchObject({ code: 'TRUST_ROOT' })
    const { organisation: _, ...unlearned } = anchor
    await expect(ask({}, unlearned)).rejects.toMatchObject({ code: 'TRUST_AGREEMENT_NOT_OURS' })
  })
})
