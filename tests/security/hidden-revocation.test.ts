// A hidden revocation (ARCHITECTURE.md#revocation): a service that hides that somebody left or revoked their key, by
// serving yesterday's roster. Who has seen a higher sequence, or the log's entry, is not fooled for a moment; who has
// seen nothing is fooled until that roster expires, no longer, and THREAT-MODEL.md says so.
import { beforeAll, describe, expect, it } from 'vitest'
import { keepSeen, rememberRevoked } from '#client/trust/anchor.ts'
import { createApi } from '#client/api.ts'
import { fetchAgreement } from '#client/trust/fetch-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { anchor as anchorModel } from '#domain/anchor.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import {
  agreementDocumentsOf,
  anchorOf,
  makeWorld,
  newId,
  type TestOrganisation,
  withRoster,
  type World,
} from '../fixtures/documents.ts'
import { lie, lyingServer, shown, trueServer } from '../fixtures/lying-server.ts'

let world: World
/** Without Olu, whose key was stolen and revoked. */
let police: TestOrganisation
let councilNow: TestOrganisation
beforeAll(async () => {
  world = await makeWorld()
  police = await withRoster(world.police, { people: world.police.people.slice(1) })
  councilNow = await withRoster(world.council, { at: addDays(world.at, 20) })
})

interface Asking {
  readonly anchor?: ReturnType<typeof anchorOf>
  readonly now?: Instant
}

/** The truth is the roster without Olu; the lie is the one before. */
function ask({ anchor = anchorOf(world.council), now = world.at }: Asking, served: 'truth' | 'lie') {
  const { agreement, signatures } = world
  const documents = (of: TestOrganisation) =>
    agreementDocumentsOf({ agreement, signatures, organisations: [now > world.at ? councilNow : world.council, of] })
  const told = lie(agreementOperations.show, () => shown(documents(world.police)))
  const fetch = lyingServer({ truth: trueServer(documents(police)), lies: served === 'lie' ? [told] : [] })
  const api = createApi({ url: 'https://safehand.invalid', fetch, newId, client: 'cli' })
  return fetchAgreement({ api, anchor, id: agreement.value.id, now })
}

const olu = () => world.police.people[0]!
const unit = 'Public Protection Unit'

describe('a hidden revocation', () => {
  it('[trust/revocations] is refused at once by whoever has seen the roster after it', async () => {
    const { anchor } = await ask({}, 'truth')
    await expect(ask({ anchor }, 'lie')).rejects.toMatchObject({ code: 'TRUST_ROSTER_OLD', saw: 'roster 1' })
  })

  it('[trust/revocations] is refused at once by whoever has seen the log’s entry, for the person and their team', async () => {
    const anchor = rememberRevoked(anchorOf(world.council), [olu().entry.encryptionSubkey])
    expect(anchorModel.parse(anchor)).toEqual(anchor)
    const verified = await ask({ anchor }, 'lie')
    for (const text of ['olu@police.example', unit]) {
      expect(() => verified.resolveRecipient(text, police.id)).toThrow(
        expect.objectContaining({ code: 'TRUST_KEY_REVOKED', saw: `Olu Officer: ${olu().entry.encryptionSubkey}` }),
      )
    }
    expect(verified.resolveRecipient('pat@police.example', police.id)?.name).toBe('Pat Officer')
    expect(verified.anchor.revoked).toEqual(anchor.revoked)
    const truth = await ask({ anchor }, 'truth')
    expect(truth.resolveRecipient(unit, police.id)?.members.map(({ name }) => name)).toEqual(['Pat Officer'])
  })

  it('[trust/revocations] once known is never forgotten, by no command that writes later', () => {
    const before = anchorOf(world.council)
    const knowing = rememberRevoked(before, [olu().entry.encryptionSubkey])
    expect(keepSeen(before, knowing)).toEqual(knowing)
    expect(keepSeen(knowing, before)).toEqual(knowing)
  })

  it('[trust/revocations] fools a client that has seen nothing until the old roster expires, and no longer', async () => {
    const { expires } = world.police.rosters[0]!.value
    const last = addSeconds(expires, -1)
    const fooled = await ask({ now: last }, 'lie')
    expect(fooled.resolveRecipient(unit, police.id)?.members).toHaveLength(2)
    await expect(ask({ now: addSeconds(expires, 300) }, 'lie')).rejects.toMatchObject({
      code: 'TRUST_ROSTER_EXPIRED',
      saw: expires,
    })
  })
})
