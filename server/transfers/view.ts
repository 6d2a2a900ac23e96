// Use cases of looking: one transfer, and the lists of what somebody sent, received, or may approve. What is shown to whom is
// in domain/transfers/decisions/decide-read.ts; each look is an entry of the log.
import { approveOperations } from '#contract/transfers/approve.ts'
import { type Place, readPlace, viewOperations } from '#contract/transfers/view.ts'
import { decideList, decideView } from '#domain/transfers/decisions/decide-read.ts'
import { usualDestructionDays } from '#domain/transfers/ending.ts'
import { loadAgreement } from '#store/agreements.ts'
import { loadRostered } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { loadEnding } from '#store/transfers/endings.ts'
import { loadAddenda } from '#store/transfers/dispatch.ts'
import { findVerdictDocument } from '#store/transfers/scanning.ts'
import { loadOwnKeys } from '#store/transfers/wrapped-keys.ts'
import { loadReceipts } from '#store/transfers/deliveries.ts'
import { listAwaitingApproval, listInbox, listSent } from '#store/transfers/lists.ts'
import { useCase } from '../use-case.ts'
import { type AskedAbout, findSigner, loadCollector, loadPeople } from './facts.ts'
import { presentList, presentView } from './presenter.ts'

export const view = useCase(viewOperations.view, {
  load: loadLook,
  decide: decideView,
  present: presentView,
})

async function loadLook(tx: Tx, asked: AskedAbout) {
  const { caller, transfer } = asked
  const facts = await loadCollector(tx, asked)
  const { found } = facts
  return {
    ...facts,
    signer: (await findSigner(tx, caller))?.signer ?? null,
    people: await loadPeople(tx, facts),
    agreementFacts: found ? await loadAgreement(tx, found.transfer.agreement.hash) : null,
    ownKeys: found ? await loadOwnKeys(tx, { transfer, account: caller.actor.account }) : [],
    addenda: found ? await loadAddenda(tx, found.transfer) : [],
    signedVerdict: found ? await findVerdictDocument(tx, found.transfer) : null,
    receipts: found ? await loadReceipts(tx, transfer) : [],
    ending: found ? await loadEnding(tx, transfer) : noEnding,
  }
}

const noEnding = { recall: null, statements: [], destroyed: null, hold: null, destructionDays: usualDestructionDays }

export const sent = useCase(viewOperations.sent, {
  load: async (tx, { caller, before }) => ({
    caller,
    page: await listSent(tx, { account: caller.actor.account, after: placeOf(before) }),
  }),
  decide: ({ caller, page }) => decideList(caller, 'sent', page),
  present: presentList,
})

export const inbox = useCase(viewOperations.inbox, {
  load: async (tx, { caller, before }) => {
    const { account } = caller.actor
    const rostered = await loadRostered(tx, account)
    return { caller, page: await listInbox(tx, { account, teams: rostered?.teams ?? [], after: placeOf(before) }) }
  },
  decide: ({ caller, page }) => decideList(caller, 'inbox', page),
  present: presentList,
})

export const approvals = useCase(approveOperations.approvals, {
  load: async (tx, { caller, before }) => ({
    caller,
    page: await listAwaitingApproval(tx, { organisation: caller.actor.organisation, after: placeOf(before) }),
  }),
  decide: ({ caller, page }) => decideList(caller, 'approvals', page),
  present: presentList,
})

function placeOf(before: Place | undefined) {
  return before === undefined ? null : readPlace(before)
}
