// Use cases of looking: one transfer, and the lists of what somebody sent, received, or may approve. What is shown to whom is
// in domain/transfers/decide-read.ts; each look is an entry of the log.
import { type Place, readPlace } from '#contract/transfers/view.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { decideList, decideView, type ListName } from '#domain/transfers/decide-read.ts'
import { usualDestructionDays } from '#domain/transfers/ending.ts'
import type { ListPlace } from '#domain/transfers/transfer.ts'
import { loadRostered } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { loadEnding } from '#store/transfers/endings.ts'
import { loadAddenda } from '#store/transfers/dispatch.ts'
import { loadOwnKeys } from '#store/transfers/wrapped-keys.ts'
import { loadReceipts } from '#store/transfers/deliveries.ts'
import { listAwaitingApproval, listInbox, listSent } from '#store/transfers/lists.ts'
import { type Asked, present, type TransferOptions } from './acting.ts'
import { loadCollector } from './facts.ts'
import { presentList, presentView } from './presenter.ts'

interface Listing {
  readonly caller: PersonCaller
  readonly list: ListName
  readonly before?: Place | undefined
}

export function viewing({ commit }: TransferOptions) {
  return {
    view(asked: Asked) {
      const outcome = commit({
        caller: asked.caller,
        load: (tx) => loadLook(tx, asked),
        decide: (facts, at) => decideView(facts, asked.transfer, at),
      })
      return present(outcome, presentView)
    },

    list({ caller, list, before }: Listing) {
      const after = before === undefined ? null : readPlace(before)
      const outcome = commit({
        caller,
        load: (tx) => loadList(tx, { caller, list, after }),
        decide: (page) => decideList(caller, list, page),
      })
      return present(outcome, presentList)
    },
  }
}

async function loadLook(tx: Tx, asked: Asked) {
  const { caller, transfer } = asked
  const facts = await loadCollector(tx, asked)
  const { found } = facts
  return {
    ...facts,
    ownKeys: found ? await loadOwnKeys(tx, { transfer, account: caller.actor.account }) : [],
    addenda: found ? await loadAddenda(tx, found.transfer) : [],
    receipts: found ? await loadReceipts(tx, transfer) : [],
    ending: found ? await loadEnding(tx, transfer) : noEnding,
  }
}

const noEnding = { recall: null, statements: [], destroyed: null, hold: null, destructionDays: usualDestructionDays }

async function loadList(
  tx: Tx,
  { caller, list, after }: Omit<Listing, 'before'> & { readonly after: ListPlace | null },
) {
  const { account, organisation } = caller.actor
  if (list === 'approvals') return listAwaitingApproval(tx, { organisation, after })
  if (list === 'sent') return listSent(tx, { account, after })
  const rostered = await loadRostered(tx, account)
  return listInbox(tx, { account, teams: rostered?.teams ?? [], after })
}
