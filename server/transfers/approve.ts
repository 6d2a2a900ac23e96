// Use case: an approver, not the sender, answers for what waits for two people. Rules are in domain/transfers/decide-approve.ts.
import type { SignedDocument } from '#contract/documents.ts'
import { approval } from '#domain/transfers/approval.ts'
import { decideApprove } from '#domain/transfers/decide-approve.ts'
import { loadRostered } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { findNamed } from '#store/identity.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { type Acting, type Asked, commitSigned, done, type TransferOptions } from './acting.ts'

export function approving(options: TransferOptions) {
  return {
    approve: ({ approval: document, ...act }: Acting & { readonly approval: SignedDocument }) =>
      done(
        commitSigned(options, {
          act,
          document,
          model: approval,
          load: (tx) => loadApproving(tx, act),
          decide: decideApprove,
        }),
      ),
  }
}

/** Who approves, and who sent it, as their accounts have them. */
async function loadApproving(tx: Tx, { caller, transfer }: Asked) {
  const { account } = caller.actor
  const found = await loadTransferFacts(tx, transfer)
  const approver = await findNamed(tx, account)
  const sender = found && (await findNamed(tx, found.transfer.sender))
  return {
    caller,
    found,
    reader: await loadRostered(tx, account),
    people: approver && sender ? { approver, sender } : null,
  }
}
