// Use cases of looking: one's organisation's documents, and who waits for its next roster. Rules are in
// domain/organisations/decide-read.ts.
import { organisationOperations } from '#contract/organisations.ts'
import { decideViewAwaiting, decideViewDocuments } from '#domain/organisations/decide-read.ts'
import { loadAwaiting, loadOrganisationDocuments, loadOrganisationHead, loadWithdrawn } from '#store/organisations.ts'
import { asDecided, useCase } from '../use-case.ts'

export const showDocuments = useCase(organisationOperations.documents, {
  load: async (tx, { caller }) => {
    const { organisation } = caller.actor
    const view = await loadOrganisationDocuments(tx, { organisation, reader: organisation })
    return { caller, view, people: view.people.length }
  },
  decide: (facts) => decideViewDocuments(facts),
  present: asDecided,
})

export const listAwaiting = useCase(organisationOperations.awaiting, {
  load: async (tx, { caller }, { now }) => {
    const { id: organisation, name } = await loadOrganisationHead(tx, caller.actor.organisation)
    const people = [...(await loadAwaiting(tx, organisation))]
    const withdrawn = [...(await loadWithdrawn(tx, { organisation, at: now() }))]
    return { caller, view: { organisation, name, people, withdrawn }, people: people.length }
  },
  decide: (facts) => decideViewAwaiting(facts),
  present: asDecided,
})
