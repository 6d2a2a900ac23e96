// Use cases of destruction: what a recipient signs about their copy, and the housekeeper's certificate about the service's own.
// Rules are in domain/transfers/decisions/decide-state-destruction.ts and decide-view-certificate.ts.
import { encodeSigned } from '#contract/documents.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { decideStateDestruction } from '#domain/transfers/decisions/decide-state-destruction.ts'
import { decideViewCertificate } from '#domain/transfers/decisions/decide-view-certificate.ts'
import { destructionStatement as model } from '#domain/transfers/documents/destruction-statement.ts'
import { loadCertificate, loadStatements } from '#store/transfers/endings.ts'
import { done, useCase } from '../use-case.ts'
import { loadReader, loadSigner, readSigned } from './facts.ts'

export const stateDestruction = useCase(endingOperations.stateDestruction, {
  prepare: ({ caller, transfer, statement }) => ({ caller, transfer, ...readSigned(model, statement) }),
  load: async (tx, given, adapters) => ({
    ...(await loadReader(tx, given)),
    ...(await loadSigner(tx, given, adapters)),
    stated: await loadStatements(tx, given.transfer),
  }),
  decide: decideStateDestruction,
  present: done,
})

export const destructionCertificate = useCase(endingOperations.destructionCertificate, {
  load: async (tx, asked) => ({
    ...(await loadReader(tx, asked)),
    certificate: await loadCertificate(tx, asked.transfer),
  }),
  decide: decideViewCertificate,
  present: ({ signed, housekeeper: { fingerprint, certificate } }) => ({
    certificate: encodeSigned(signed),
    housekeeper: { fingerprint, certificate: certificate.toBase64() },
  }),
})
