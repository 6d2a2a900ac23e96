// What the integration tests cannot bring about with true documents alone: a SIRO of today who signs as of a roster in
// which they held another office.
import { expect, it } from 'vitest'
import { holderOf, makeWorld, rosterReferenceOf, signAgreement } from '../../../tests/fixtures/documents.ts'
import { callerOf } from '../../../tests/fixtures/stored-world.ts'
import { parseDocument } from '../document.ts'
import { addDays } from '../time.ts'
import { decideSign, type SignFacts } from './decide-sign.ts'
import { agreementSignature } from './signature.ts'

it('[agreement/signing] a signatory signs in the office that the roster they name gives them', async () => {
  const { agreement, council, origin, at } = await makeWorld()
  const siro = holderOf(council, 'siro')
  const signed = await signAgreement({ agreement, organisation: council, signer: siro })
  const state = {
    agreement: agreement.value,
    hash: agreement.hash,
    importedBy: holderOf(council, 'information-officer').account,
    activatedAt: null,
    unsigned: [council.id],
  }
  const signer = {
    organisation: council.id,
    certificate: siro.entry.certificate,
    roles: siro.roles,
    roster: rosterReferenceOf(council),
    rosterExpires: addDays(at, 30),
  }
  const facts: SignFacts = {
    caller: callerOf(council, siro),
    installation: origin,
    state,
    parsed: parseDocument(agreementSignature, signed.bytes),
    signed,
    signer,
    signatureHolds: true,
  }
  expect(decideSign(facts, at)).toMatchObject({ next: { unsigned: [] }, jobs: [{ name: 'activate-agreement' }] })
  const before = { ...facts, signer: { ...signer, roles: ['auditor'] as const } }
  expect(decideSign(before, at)).toMatchObject({ refusal: { code: 'ROLE_REQUIRED', detail: { role: 'siro' } } })
})
