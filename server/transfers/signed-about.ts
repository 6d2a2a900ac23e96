// What was signed about a transfer, for its page: verdict, approval, addenda, receipts, statements of destruction, as they were
// accepted and stored.
// The page names their signers from the service's own rosters; a client believes only what it verified itself.
import type * as z from 'zod'
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { parseDocument } from '#domain/document.ts'
import { addendum } from '#domain/transfers/documents/addendum.ts'
import { approval } from '#domain/transfers/documents/approval.ts'
import { destructionStatement } from '#domain/transfers/documents/destruction-statement.ts'
import { receipt } from '#domain/transfers/documents/receipt.ts'
import { verdictDocument } from '#domain/transfers/documents/verdict.ts'
import { worst } from '#domain/transfers/transfer.ts'
import type { AccountId } from '#domain/values.ts'
import type { SignedVerdict } from '#present/approval.ts'
import { accountInWords, type Names } from '#present/names.ts'

type Signed = Pick<
  TransferView,
  | 'signedVerdict'
  | 'held'
  | 'approvalFor'
  | 'approval'
  | 'addenda'
  | 'receipts'
  | 'destructionStatements'
  | 'sender'
  | 'deliveries'
>

export function readSignedAbout(view: Signed) {
  const answer = view.approval && read(approval, view.approval)
  const addenda = view.addenda.map((one) => read(addendum, one))
  const receipts = view.receipts.map((one) => read(receipt, one))
  const statements = view.destructionStatements.map((one) => read(destructionStatement, one))
  // A statement says whose it is, and not of which organisation: one of those that the transfer is between.
  const sides = new Set([view.sender.organisation, ...view.deliveries.map(({ recipient }) => recipient.organisation)])
  const anywhere = (account: AccountId) => [...sides].map((organisation) => ({ account, organisation }))
  const people = [
    ...(answer ? anywhere(answer.account) : []),
    ...addenda.flatMap(({ signer, reader }) => [signer, ...anywhere(reader.account)]),
    ...statements.flatMap(({ account }) => anywhere(account)),
  ]
  return {
    /** Whoever must be named. */
    people,
    named: (names: Names) => {
      const signerOf = (account: AccountId) => ({
        name: anywhere(account).flatMap((one) => names.person(one) ?? [])[0] ?? accountInWords(account),
      })
      return {
        verdict: readVerdict(view),
        receipts: receipts.map((one) => ({ signer: { account: one.account }, receipt: one })),
        approval: answer && { approver: signerOf(answer.account), what: answer.what, reason: answer.reason },
        addenda: addenda.map((one) => ({ addendum: one, signer: signerOf(one.signer.account) })),
        destructions: statements.map(({ account, what, at }) => ({ signer: signerOf(account), what, at })),
      }
    },
  }
}

function readVerdict({ signedVerdict, held, approvalFor }: Signed): SignedVerdict | null {
  if (signedVerdict === null) return null
  const document = read(verdictDocument, signedVerdict.document)
  const waits = held?.reason === 'unscannable' || held?.reason === 'over-threshold' ? held.reason : null
  return {
    document,
    verdict: worst(document.files.map(({ verdict }) => verdict)),
    finding: document.files.find(({ finding }) => finding !== null)?.finding ?? null,
    needs: waits ? { needs: 'approval', reason: waits, over: approvalFor } : { needs: 'nobody' },
  }
}

function read<M extends z.ZodType>(model: M, document: SignedDocument): z.output<M> {
  const parsed = parseDocument(model, decodeSigned(document).bytes)
  if (!parsed.ok) throw new Error(`a stored document cannot be read: ${parsed.reason}`)
  return parsed.value
}
