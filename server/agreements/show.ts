// Use cases of looking: one agreement with all that proves it, and the list of one's organisation's. Rules are in
// domain/agreements/decide-read.ts.
import { agreementOperations } from '#contract/agreements.ts'
import { decideList, decideView } from '#domain/agreements/decide-read.ts'
import { permitted } from '#domain/agreement-permitted.ts'
import { type AgreementState, isParty } from '#domain/agreements/state.ts'
import { logOriginOf } from '#domain/audit/entry.ts'
import type { OrganisationId } from '#domain/values.ts'
import {
  findLatestVersion,
  findVersion,
  findVersionInForce,
  loadAgreement,
  loadAgreementsOf,
} from '#store/agreements.ts'
import type { Tx } from '#store/database.ts'
import { asDecided, useCase } from '../use-case.ts'
import { loadDocuments } from './documents.ts'
import { loadLogHead } from './log-head.ts'

/** Nobody learns from its log whether there is an agreement that is none of theirs. */
const noHead = { checkpoint: null, consistency: [] }

export const showAgreement = useCase(agreementOperations.show, {
  load: async (tx, { caller, agreement: id, version, seen }, { installation }) => {
    const hash = await findVersion(tx, { id, version })
    const state = hash === null ? null : await loadAgreement(tx, hash)
    const latest = await findLatestVersion(tx, id)
    const newest = latest?.hash === hash ? state : null
    const inForce = (await findVersionInForce(tx, id)) === hash ? state : null
    const documents = await loadDocuments(tx, { state, caller })
    const log = logOriginOf(installation, { kind: 'agreement', id })
    const mayRead = state !== null && isParty(state.agreement, caller.actor.organisation)
    const head = mayRead ? await loadLogHead(tx, { log, seen }) : noHead
    return { caller, state, newest, inForce, documents: { ...documents, log: head } }
  },
  decide: ({ caller, state, newest, inForce, documents }, _asked, at) => {
    const standing = { activatedAt: state?.activatedAt ?? null, permitted: permitted({ caller, newest, inForce }, at) }
    return decideView({ caller, state, documents: { ...documents, ...standing } })
  },
  present: asDecided,
})

export const listAgreements = useCase(agreementOperations.list, {
  load: async (tx, { caller }) => ({
    caller,
    listed: await loadListed(tx, caller.actor.organisation),
  }),
  decide: ({ caller, listed }, _asked, at) =>
    decideList({
      caller,
      listed: listed.map((one) => ({ state: one.newest, permitted: permitted({ caller, ...one }, at) })),
    }),
  present: asDecided,
})

/** Each newest version, and the one in force: mostly the same. */
async function loadListed(tx: Tx, organisation: OrganisationId) {
  const listed: { readonly newest: AgreementState; readonly inForce: AgreementState | null }[] = []
  for (const newest of await loadAgreementsOf(tx, organisation)) {
    const isOnly = newest.activatedAt !== null || newest.agreement.version === 1
    const hash = isOnly ? newest.hash : await findVersionInForce(tx, newest.agreement.id)
    listed.push({ newest, inForce: hash === newest.hash ? newest : hash && (await loadAgreement(tx, hash)) })
  }
  return listed
}
