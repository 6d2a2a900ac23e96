// A ghost in a team (ARCHITECTURE.md#ghosts): "team" is a row that the service could edit. People, keys and teams come
// from the signed roster alone, so a reader whom the administrators did not sign for is refused and named.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { fetchAgreement } from '#client/trust/fetch-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import type { OrganisationDocuments } from '#contract/documents.ts'
import { encodeDocument } from '#domain/document.ts'
import { person } from '#domain/organisations/roster.ts'
import type { TeamId } from '#domain/values.ts'
import {
  anchorOf,
  holderOf,
  makePerson,
  makeWorld,
  newId,
  organisationDocumentsOf,
  type TestPerson,
  withRoster,
  type World,
} from '../fixtures/documents.ts'
import { lie, lyingServer, trueServer } from '../fixtures/lying-server.ts'

let world: World
let ghost: TestPerson
beforeAll(async () => {
  world = await makeWorld()
  const teams = [world.team.id]
  ghost = await makePerson({ name: 'Greta Ghost', email: 'greta@police.example', roles: ['caseworker'], teams })
})

/** Carol asks, and is told something else about the police. */
function ask(rewrite: (police: OrganisationDocuments) => OrganisationDocuments) {
  const { council, agreement, at } = world
  const told = lie(agreementOperations.show, (documents) => ({
    ...documents,
    organisations: documents.organisations.map((one) => (one.organisation === world.police.id ? rewrite(one) : one)),
  }))
  const fetch = lyingServer({ truth: trueServer(world.documents), lies: [told] })
  const api = createApi({ url: 'https://safehand.invalid', fetch, newId, client: 'cli' })
  return fetchAgreement({ api, anchor: anchorOf(council), id: agreement.value.id, now: at })
}

const entryOf = ({ entry }: TestPerson) => ({ bytes: encodeDocument(person, entry).toBase64() })
const certificateOf = ({ account, key }: TestPerson) => ({ account, bytes: key.certificate.toBase64() })

describe('a ghost in a team', () => {
  it('[team/ghost] a team is its rostered caseworkers, each with their own key', async () => {
    const verified = await ask((police) => police)
    const named = verified.resolveRecipient(' public protection unit ', world.police.id)
    expect(named?.recipient).toEqual({ kind: 'team', organisation: world.police.id, team: world.team.id })
    expect(named?.members.map(({ name, encryptionSubkey }) => [name, encryptionSubkey]).sort()).toEqual(
      world.police.people.slice(0, 2).map(({ name, key }) => [name, key.encryptionSubkey]),
    )
    expect(verified.resolveRecipient('OLU@police.example', world.police.id)?.members.map(({ name }) => name)).toEqual([
      'Olu Officer',
    ])
  })

  it('[send/rostered-only] nobody is resolved who is no rostered caseworker of that organisation', async () => {
    const verified = await ask((police) => police)
    for (const text of [
      'greta@police.example',
      'simon@police.example',
      'carol@council.example',
      'olu@',
      'Protection',
    ]) {
      expect(verified.resolveRecipient(text, world.police.id), text).toBeNull()
    }
    expect(verified.resolveRecipient('olu@police.example', newId())).toBeNull()
  })

  it('[team/ghost] is named when served beside the roster', async () => {
    await expect(
      ask((police) => ({
        ...police,
        people: [...police.people, entryOf(ghost)],
        certificates: [...police.certificates, certificateOf(ghost)],
      })),
    ).rejects.toMatchObject({ code: 'TRUST_PERSON_NOT_LISTED', saw: 'Greta Ghost <greta@police.example>' })
  })

  it('[team/ghost] is named when a colleague’s entry is bent to put them into the team', async () => {
    const iris = holderOf(world.police, 'information-officer')
    const bent = { ...iris, entry: { ...iris.entry, teams: [world.team.id], roles: ['caseworker' as const] } }
    await expect(
      ask((police) => ({
        ...police,
        people: police.people.map((one) => (one.bytes === entryOf(iris).bytes ? entryOf(bent) : one)),
      })),
    ).rejects.toMatchObject({ code: 'TRUST_PERSON_NOT_LISTED', saw: 'Iris Officer <iris@police.example>' })
  })

  it('[team/ghost] is seen when a member’s certificate is swapped for the ghost’s', async () => {
    const olu = holderOf(world.police, 'caseworker')
    const swapped = { account: olu.account, bytes: ghost.key.certificate.toBase64() }
    await expect(
      ask((police) => ({
        ...police,
        certificates: police.certificates.map((one) => (one.account === olu.account ? swapped : one)),
      })),
    ).rejects.toMatchObject({ code: 'TRUST_CERTIFICATE', saw: `Olu Officer: ${ghost.key.fingerprint}` })
  })

  it('[team/ghost] is seen when a new roster with them is signed by a key that the statement does not name', async () => {
    const people = [...world.police.people, ghost]
    const forged = await withRoster(world.police, { people, signer: ghost.key })
    await expect(ask(() => organisationDocumentsOf(forged))).rejects.toMatchObject({
      code: 'TRUST_ROSTER_KEY',
      saw: 'roster 2',
    })
  })

  it('[team/ghost] is believed when the administrators signed for them: the same path, the true key', async () => {
    const people = [...world.police.people, ghost]
    const signed = await withRoster(world.police, { people })
    const verified = await ask(() => organisationDocumentsOf(signed))
    const named = verified.resolveRecipient('Public Protection Unit', world.police.id)
    expect(named?.members.map(({ name }) => name)).toContain('Greta Ghost')
  })

  it('[team/ghost] a second team of the same name is nobody, not a guess', async () => {
    const double = { id: newId<TeamId>(), name: 'Public Protection Unit' }
    const teams = [world.team, double]
    const member = await makePerson({
      name: 'Max Member',
      email: 'max@police.example',
      roles: ['caseworker'],
      teams: [double.id],
    })
    const signed = await withRoster(world.police, { teams, people: [...world.police.people, member] })
    const verified = await ask(() => organisationDocumentsOf(signed))
    expect(verified.resolveRecipient('Public Protection Unit', world.police.id)).toBeNull()
  })
})
