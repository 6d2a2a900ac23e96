// A swapped root (ARCHITECTURE.md#verified-agreement): the service puts a root of its own in the partner's place, with
// statement, roster and people under it that all hold together. What our signatory signed names the true root, so
// nothing under another is believed.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { fetchAgreement } from '#client/trust/fetch-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import type { AgreementDocuments } from '#contract/documents.ts'
import type { Fingerprint } from '#domain/values.ts'
import {
  agreementDocumentsOf,
  anchorOf,
  holderOf,
  makeAgreement,
  makeOrganisation,
  makePerson,
  makeWorld,
  newId,
  organisationDocumentsOf,
  signAgreement,
  type TestOrganisation,
  type World,
} from '../fixtures/documents.ts'
import { lie, lyingServer, shown, trueServer } from '../fixtures/lying-server.ts'

let world: World
/** The same organisation, people's names and mail, and not one of its keys. */
let impostor: TestOrganisation
beforeAll(async () => {
  world = await makeWorld()
  const { id, name, teams } = world.police
  const people = await Promise.all(world.police.people.map(makePerson))
  impostor = await makeOrganisation({ id, name, teams, people })
})

function ask(rewrite: (told: AgreementDocuments) => AgreementDocuments) {
  const { council, agreement, at } = world
  const told = lie(agreementOperations.show, (documents) => shown(rewrite(documents)))
  const fetch = lyingServer({ truth: trueServer(world.documents), lies: [told] })
  const api = createApi({ url: 'https://safehand.invalid', fetch, newId, client: 'cli' })
  return fetchAgreement({ api, anchor: anchorOf(council), id: agreement.value.id, now: at })
}

describe('a swapped partner root', () => {
  it('[trust/partner-root] is seen when the partner’s documents hang under another root', async () => {
    const swapped = organisationDocumentsOf(impostor)
    await expect(ask((told) => ({ ...told, organisations: [told.organisations[0]!, swapped] }))).rejects.toMatchObject({
      code: 'TRUST_ROOT',
      saw: expect.stringContaining(impostor.root.fingerprint),
    })
  })

  it('[trust/partner-root] is seen when the other root is passed off under the true fingerprint', async () => {
    const { keys, ...rest } = organisationDocumentsOf(impostor)
    const fingerprint = world.police.root.fingerprint as Fingerprint
    const disguised = { ...rest, keys: [...keys, { fingerprint, bytes: impostor.root.certificate.toBase64() }] }
    await expect(
      ask((told) => ({ ...told, organisations: [told.organisations[0]!, disguised] })),
    ).rejects.toMatchObject({ code: 'TRUST_ROOT' })
  })

  it('[trust/partner-root] is seen when the true root is served beside an impostor’s statements and rosters', async () => {
    const { keys, ...rest } = organisationDocumentsOf(impostor)
    const mixed = { ...rest, keys: [...keys, ...organisationDocumentsOf(world.police).keys] }
    await expect(ask((told) => ({ ...told, organisations: [told.organisations[0]!, mixed] }))).rejects.toMatchObject({
      code: 'TRUST_ROOT',
      saw: impostor.root.fingerprint,
    })
  })

  it('[trust/partner-root] is seen when the agreement is rewritten to name it and the impostor signs', async () => {
    const { council, agreement } = world
    const parties = agreement.value.parties.map((party) =>
      party.organisation === impostor.id ? { ...party, root: impostor.root.fingerprint as Fingerprint } : party,
    )
    const rewritten = makeAgreement({ ...agreement.value, parties })
    const theirs = await signAgreement({
      agreement: rewritten,
      organisation: impostor,
      signer: holderOf(impostor, 'siro'),
    })
    const signatures = [world.signatures[0]!, theirs]
    const lies = agreementDocumentsOf({ agreement: rewritten, signatures, organisations: [council, impostor] })
    await expect(ask(() => lies)).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_SIGNATURE',
      saw: `Test Council signed version 1 with hash ${agreement.hash}`,
    })
  })
})
