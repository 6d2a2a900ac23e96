// Use cases of looking: one agreement with all that proves it, and the list of one's organisation's. Rules are in
// domain/agreements/decide-read.ts.
import { agreementOperations } from '#contract/agreements.ts'
import { decideList, decideView } from '#domain/agreements/decide-read.ts'
import { permitted } from '#domain/agreements/permitted.ts'
import { findLatestVersion, findVersion, loadAgreement, loadAgreementsOf } from '#store/agreements.ts'
import { asDecided, useCase } from '../use-case.ts'
import { loadDocuments } from './documents.ts'

export const showAgreement = useCase(agreementOperations.show, {
  load: async (tx, { caller, agreement: id, version }) => {
    const hash = await findVersion(tx, { id, version })
    const state = hash === null ? null : await loadAgreement(tx, hash)
    const latest = await findLatestVersion(tx, id)
    const newest = latest?.hash === hash ? state : null
    return { caller, state, newest, documents: await loadDocuments(tx, { state, caller }) }
  },
  decide: ({ caller, state, newest, documents }, _asked, at) =>
    decideView({ caller, state, documents: { ...documents, permitted: permitted({ caller, state: newest }, at) } }),
  present: asDecided,
})

export const listAgreements = useCase(agreementOperations.list, {
  load: async (tx, { caller }) => ({ caller, states: await loadAgreementsOf(tx, caller.actor.organisation) }),
  decide: decideList,
  present: asDecided,
})
