// An invented agreement (ARCHITECTURE.md#verified-agreement): the service invents an agreement, with signatories of its
// own making. The client's anchor is its own organisation's root; what its own signatory did not sign does not exist.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApi } from '#client/api.ts'
import { fetchAgreement, fetchAgreementDocuments } from '#client/trust/fetch-agreement.ts'
import { verifyAgreement, verifyAgreementToRead, verifyProposal } from '#client/trust/verify-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { type AgreementDocuments, encodeSigned } from '#contract/documents.ts'
import type { Agreement } from '#domain/agreements/agreement.ts'
import { addDays } from '#domain/time.ts'
import type { AgreementId, Origin } from '#domain/values.ts'
import {
  agreementDocumentsOf,
  anchorOf,
  holderOf,
  makeAgreement,
  makePerson,
  makeWorld,
  newId,
  organisationDocumentsOf,
  signAgreement,
  type TestAgreement,
  withRoster,
  type World,
} from '../fixtures/documents.ts'
import { lie, lyingServer, shown, trueServer } from '../fixtures/lying-server.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})

const url = 'https://safehand.invalid'

/** Carol of the council asks the service, which tells her this instead of the truth. */
function told(documents: AgreementDocuments) {
  const truth = trueServer(world.documents)
  const fetch = lyingServer({ truth, lies: [lie(agreementOperations.show, () => shown(documents))] })
  return createApi({ url, fetch, newId, client: 'cli' })
}

function ask(documents: AgreementDocuments) {
  const { council, agreement, at } = world
  return fetchAgreement({ api: told(documents), anchor: anchorOf(council), id: agreement.value.id, now: at })
}

/** The true agreement with something changed, and true signatures under the true one. */
function changed(change: Partial<Agreement>): TestAgreement {
  return makeAgreement({ ...world.agreement.value, ...change })
}

async function documentsOf(agreement: TestAgreement, signatures = world.signatures): Promise<AgreementDocuments> {
  return agreementDocumentsOf({ agreement, signatures, organisations: [world.council, world.police] })
}

describe('an invented agreement', () => {
  it('[agreement/invented] the true one is believed by both parties', async () => {
    const verified = await ask(world.documents)
    expect(verified.hash).toBe(world.agreement.hash)
    expect(verified.anchor.seen).toEqual({
      [world.council.id]: { statement: 1, roster: 1 },
      [world.police.id]: { statement: 1, roster: 1 },
    })
    expect((await verifyAgreement(anchorOf(world.police), world.documents, world.at)).own).toBe(world.police.id)
  })

  it('[agreement/invented] is refused when our signatory did not sign: an old signature under a wider purpose', async () => {
    const wider = changed({ title: 'Anything at all' })
    const saw = `Test Council signed version 1 with hash ${world.agreement.hash}`
    await expect(ask(await documentsOf(wider))).rejects.toMatchObject({ code: 'TRUST_AGREEMENT_SIGNATURE', saw })
  })

  it('[agreement/invented] is refused when a signature was made for a hash but its bytes were changed', async () => {
    const [ours, theirs] = world.signatures
    const bent = { ...ours!, signature: theirs!.signature }
    await expect(ask(await documentsOf(world.agreement, [bent, theirs!]))).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_SIGNATURE',
      saw: 'Test Council: other-key',
    })
  })

  it('[agreement/invented] is refused when a caseworker signed as signatory', async () => {
    const { council, agreement, signatures } = world
    const forged = await signAgreement({ agreement, organisation: council, signer: holderOf(council, 'caseworker') })
    await expect(ask(await documentsOf(agreement, [forged, signatures[1]!]))).rejects.toMatchObject({
      code: 'TRUST_SIGNATORY',
      saw: 'Carol Caseworker for Test Council',
    })
  })

  it('[agreement/invented] is refused when a signatory was invented with it', async () => {
    const { council, agreement, signatures } = world
    const signer = await makePerson({ name: 'Nobody', email: 'nobody@council.example', roles: ['siro'] })
    const forged = await signAgreement({ agreement, organisation: council, signer })
    await expect(ask(await documentsOf(agreement, [forged, signatures[1]!]))).rejects.toMatchObject({
      code: 'TRUST_SIGNATORY',
      saw: `${signer.account} for Test Council`,
    })
  })

  it('[agreement/invented] is refused when the SIRO’s name is under it but another key', async () => {
    const { council, agreement, signatures } = world
    const other = await makePerson({ name: 'Other key', email: 'other@council.example', roles: ['siro'] })
    const siro = { ...holderOf(council, 'siro'), key: other.key }
    const forged = await signAgreement({ agreement, organisation: council, signer: siro })
    await expect(ask(await documentsOf(agreement, [forged, signatures[1]!]))).rejects.toMatchObject({
      code: 'TRUST_SIGNATORY',
      saw: other.key.fingerprint,
    })
  })

  it('[agreement/invented] is refused with the SIRO’s fingerprint under it but another key’s signature', async () => {
    const { council, agreement, signatures } = world
    const other = await makePerson({ name: 'Other key', email: 'other@council.example', roles: ['siro'] })
    const siro = holderOf(council, 'siro')
    const forged = await signAgreement({
      agreement,
      organisation: council,
      signer: { ...siro, key: other.key },
      claim: { fingerprint: siro.entry.certificate },
    })
    await expect(ask(await documentsOf(agreement, [forged, signatures[1]!]))).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_SIGNATURE',
      saw: 'Test Council: other-key',
    })
  })

  it('[agreement/invented] is refused when a signature says another time than it was made at', async () => {
    const { council, agreement, signatures, at } = world
    const siro = holderOf(council, 'siro')
    const claim = { at: addDays(at, 1) }
    const postdated = await signAgreement({ agreement, organisation: council, signer: siro, claim })
    await expect(ask(await documentsOf(agreement, [postdated, signatures[1]!]))).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_SIGNATURE',
      saw: `Test Council: made at ${at}`,
    })
  })

  it('[agreement/invented] is refused when it does not name our root at all', async () => {
    const { council } = world
    const [, theirs] = world.agreement.value.parties
    const other = await makeWorld()
    const ours = { ...world.agreement.value.parties[0]!, root: other.council.root.fingerprint as never }
    const invented = changed({ parties: [ours, theirs!] })
    await expect(ask(await documentsOf(invented))).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_NOT_OURS',
      saw: 'Test Council, Test Police',
    })
    await expect(ask(other.documents)).rejects.toMatchObject({ code: 'TRUST_AGREEMENT_NOT_OURS' })
    const anchor = anchorOf(council)
    await expect(verifyProposal(anchor, other.documents, world.at)).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_NOT_OURS',
    })
  })

  it('[agreement/invented] is refused from another installation, and when it contradicts itself', async () => {
    const elsewhere = changed({ origin: 'evil.invalid' as Origin })
    await expect(ask(await documentsOf(elsewhere))).rejects.toMatchObject({ code: 'TRUST_ORIGIN', saw: 'evil.invalid' })
    const torn = changed({ flows: world.agreement.value.flows.map((flow) => ({ ...flow, purposes: ['FRAUD'] })) })
    await expect(ask(await documentsOf(torn))).rejects.toMatchObject({ code: 'TRUST_AGREEMENT' })
  })

  it('[agreement/invented] is refused when it is a true one in another’s place', async () => {
    const { council, at } = world
    const wanted = { api: told(world.documents), anchor: anchorOf(council), now: at }
    const id = newId<AgreementId>()
    await expect(fetchAgreement({ ...wanted, id })).rejects.toMatchObject({ code: 'TRUST_AGREEMENT' })
    await expect(fetchAgreement({ ...wanted, id: world.agreement.value.id, version: 2 })).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT',
      saw: `agreement ${world.agreement.value.id} version 1`,
    })
  })

  it('[agreement/unsigned] is not used before both have signed, whoever is missing', async () => {
    const [ours, theirs] = world.signatures
    for (const [left, missing] of [
      [[ours!], 'Test Police'],
      [[theirs!], 'Test Council'],
    ] as const) {
      const documents = await documentsOf(world.agreement, [...left])
      await expect(ask(documents)).rejects.toMatchObject({ code: 'TRUST_AGREEMENT_NOT_SIGNED', saw: missing })
      expect((await verifyProposal(anchorOf(world.council), documents, world.at)).hash).toBe(world.agreement.hash)
    }
  })

  it('[agreement/invented] is refused when a party’s signature is served twice', async () => {
    const [ours, theirs] = world.signatures
    await expect(ask(await documentsOf(world.agreement, [ours!, ours!, theirs!]))).rejects.toMatchObject({
      code: 'TRUST_AGREEMENT_SIGNATURE',
    })
  })

  it('[agreement/invented] a signatory who left stays believed for what they signed, reached through the previous rosters', async () => {
    const { council, police, agreement, signatures, at } = world
    const successor = await makePerson({ name: 'New Siro', email: 'new@police.example', roles: ['siro'] })
    const later = addDays(at, 10)
    const staff = police.people.filter(({ roles }) => !roles.includes('siro'))
    const moved = await withRoster(police, { at: later, people: [...staff, successor] })
    const documents = agreementDocumentsOf({ agreement, signatures, organisations: [council, moved] })
    const verified = await verifyAgreement(anchorOf(council), documents, later)
    expect(verified.people(police.id).map(({ name }) => name)).not.toContain('Simon Siro')
    const siro = { organisation: police.id, account: holderOf(police, 'siro').account, at: later }
    expect(verified.signerOf({ ...siro, roster: police.rosters[0]!.reference })?.name).toBe('Simon Siro')
    expect(verified.signerOf({ ...siro, roster: moved.rosters[1]!.reference })).toBeNull()
    expect(verified.signerOf({ ...siro, at: addDays(at, 31), roster: police.rosters[0]!.reference })).toBeNull()
    const late = await signAgreement({ agreement, organisation: moved, signer: holderOf(police, 'siro'), at: later })
    const forged = { ...documents, signatures: [encodeSigned(signatures[0]!), encodeSigned(late)] }
    await expect(verifyAgreement(anchorOf(council), forged, later)).rejects.toMatchObject({ code: 'TRUST_SIGNATORY' })
  })

  it('[agreement/invented] is still read when the partner’s roster has expired, and nobody can be sent to by it', async () => {
    const { council, police, agreement, signatures, at } = world
    const later = addDays(at, 31)
    const expired = { code: 'TRUST_ROSTER_EXPIRED' }
    const ours = await withRoster(council, { at: later })
    const documents = agreementDocumentsOf({ agreement, signatures, organisations: [ours, police] })
    await expect(verifyAgreement(anchorOf(council), documents, later)).rejects.toMatchObject(expired)
    const read = await verifyAgreementToRead(anchorOf(council), documents, later)
    const sender = { organisation: police.id, account: holderOf(police, 'caseworker').account }
    const { reference: roster } = police.rosters[0]!
    expect(read.signerOf({ ...sender, roster, at: addDays(at, 1) })?.name).toBe('Olu Officer')
    expect(read.signerOf({ ...sender, roster, at: later })).toBeNull()
    expect(() => read.resolveRecipient('olu@police.example', police.id)).toThrow(/expired/i)
    await expect(verifyAgreementToRead(anchorOf(police), documents, later)).rejects.toMatchObject(expired)
  })

  it('[agreement/invented] a signature made after its roster expired does not count', async () => {
    const { council, police, agreement, signatures, at } = world
    const later = addDays(at, 31)
    const renewed = await withRoster(police, { at: later })
    const ours = await withRoster(council, { at: later })
    const late = await signAgreement({
      agreement,
      organisation: renewed,
      signer: holderOf(police, 'siro'),
      at: later,
      claim: { roster: police.rosters[0]!.reference },
    })
    const documents = agreementDocumentsOf({
      agreement,
      signatures: [signatures[0]!, late],
      organisations: [ours, renewed],
    })
    await expect(verifyAgreement(anchorOf(council), documents, later)).rejects.toMatchObject({
      code: 'TRUST_SIGNATORY',
    })
    const backdated = { ...documents, signatures: [signatures[0]!, signatures[1]!].map(encodeSigned) }
    expect((await verifyAgreement(anchorOf(council), backdated, later)).hash).toBe(agreement.hash)
  })

  it('[trust/memory] yesterday’s roster is refused once a newer one was seen', async () => {
    const { council, police, agreement, signatures, at } = world
    const newer = await withRoster(police)
    const documents = agreementDocumentsOf({ agreement, signatures, organisations: [council, newer] })
    const { anchor } = await verifyAgreement(anchorOf(council), documents, at)
    await expect(verifyAgreement(anchor, world.documents, at)).rejects.toMatchObject({ code: 'TRUST_ROSTER_OLD' })
  })

  it('[agreement/invented] documents that are not canonical, or hide a second set, are refused', async () => {
    const spaced = new TextEncoder().encode(` ${new TextDecoder().decode(world.agreement.bytes)}`)
    const bent = { ...world.documents, agreement: { bytes: spaced.toBase64() } }
    await expect(ask(bent)).rejects.toMatchObject({ code: 'TRUST_DOCUMENT' })
    const twice = [...world.documents.organisations, organisationDocumentsOf(world.council)]
    await expect(ask({ ...world.documents, organisations: twice })).rejects.toMatchObject({
      code: 'TRUST_ORGANISATION',
    })
  })

  it('[agreement/invented] keys of the service come from the agreement, for their time only', async () => {
    const verified = await ask(world.documents)
    const { scanAuthority, housekeeper, log } = world.service
    expect(verified.scanAuthorityAt(world.at)).toEqual([scanAuthority.fingerprint])
    expect(verified.scanAuthorityAt(addDays(world.at, 731))).toEqual([])
    expect(verified.housekeeperAt(world.at)).toEqual([housekeeper.fingerprint])
    expect(verified.logKeys.map(({ publicKey }) => publicKey)).toEqual([log.publicKey.toBase64()])
    expect(await fetchAgreementDocuments({ api: told(world.documents), id: world.agreement.value.id })).toEqual(
      shown(world.documents),
    )
  })
})
