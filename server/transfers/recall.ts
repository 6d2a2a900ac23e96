// Use cases of a transfer's end: recall, and what a recipient signs about their copy (DESIGN 4.8). Rules are in
// domain/transfers/decide-recall.ts and decide-destruction-statement.ts.
import type * as z from 'zod'
import { decodeSigned, encodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { endingOperations } from '#contract/transfers/endings.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { parseDocument } from '#domain/document.ts'
import { decideDestructionStatement } from '#domain/transfers/decide-destruction-statement.ts'
import { decideHold, decideLiftHold, decideReport, type HoldFacts } from '#domain/transfers/decide-hold.ts'
import { decideViewCertificate } from '#domain/transfers/decide-read.ts'
import { decideRecall, type Recalled } from '#domain/transfers/decide-recall.ts'
import { destructionStatement } from '#domain/transfers/destruction-statement.ts'
import type { OfficersReason, Problem } from '#domain/transfers/transfer.ts'
import type { AccountId, Sha256Hex, TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadHolders, loadRostered } from '#store/agreements.ts'
import type { Idempotency, Outcome } from '#store/commit.ts'
import type { Tx } from '#store/database.ts'
import { loadCertificate, loadOpenHold, loadStatements, type StoredCertificate } from '#store/endings.ts'
import { loadPolicyOf, loadTransferFacts } from '#store/transfers.ts'
import { loadSigner } from './facts.ts'
import type { TransferServiceOptions } from './service.ts'

interface Acting {
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
  readonly transfer: TransferId
}

type CertificateReply = z.input<typeof endingOperations.destructionCertificate.reply>

export interface EndingService {
  recall(act: Acting & { readonly reason: string }): Promise<Outcome<Recalled>>
  hold(
    act: Acting & { readonly reason: OfficersReason; readonly words: string },
  ): Promise<Outcome<Record<string, never>>>
  liftHold(act: Acting & { readonly words: string }): Promise<Outcome<Record<string, never>>>
  report(act: Acting & { readonly problem: Problem; readonly words: string }): Promise<Outcome<Record<string, never>>>
  certificate(asked: Pick<Acting, 'caller' | 'transfer'>): Promise<Outcome<CertificateReply>>
  stateDestruction(act: Acting & { readonly statement: SignedDocument }): Promise<Outcome<Record<string, never>>>
}

export function createEndingService(
  options: Pick<TransferServiceOptions, 'commit' | 'installation' | 'now'>,
): EndingService {
  const { commit, installation, now } = options
  return {
    recall({ caller, idempotency, transfer, reason }) {
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          return {
            caller,
            found,
            reader: await loadRostered(tx, caller.actor.account),
            policy: found ? await loadPolicyOf(tx, found) : null,
          }
        },
        decide: (facts, at) => decideRecall(facts, { transfer, reason }, at),
      })
    },

    hold: ({ caller, idempotency, ...asked }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideHold(facts, asked, at),
      }),
    liftHold: ({ caller, idempotency, ...asked }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideLiftHold(facts, asked, at),
      }),
    report: ({ caller, idempotency, ...asked }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideReport(facts, asked, at),
      }),

    async certificate({ caller, transfer }) {
      const outcome = await commit({
        caller,
        load: async (tx) => ({
          caller,
          found: await loadTransferFacts(tx, transfer),
          reader: await loadRostered(tx, caller.actor.account),
          certificate: await loadCertificate(tx, transfer),
        }),
        decide: (facts) => decideViewCertificate(facts, transfer),
      })
      return outcome.ok ? { ...outcome, next: presentCertificate(outcome.next) } : outcome
    },

    async stateDestruction({ caller, idempotency, transfer, statement: document }) {
      const signed = decodeSigned(document)
      const given = {
        transfer,
        signed,
        statement: parseDocument(destructionStatement, signed.bytes),
        hash: sha256Hex(signed.bytes) as Sha256Hex,
      }
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => ({
          caller,
          origin: installation,
          found: await loadTransferFacts(tx, transfer),
          reader: await loadRostered(tx, caller.actor.account),
          stated: await loadStatements(tx, transfer),
          ...(await loadSigner(tx, { caller, signed, at: now() })),
        }),
        decide: (facts, at) =>
          decideDestructionStatement(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
      return outcome.ok ? { ...outcome, next: {} } : outcome
    },
  }
}

async function loadHoldFacts(tx: Tx, { caller, transfer }: Pick<Acting, 'caller' | 'transfer'>): Promise<HoldFacts> {
  const found = await loadTransferFacts(tx, transfer)
  const ends = found
    ? [found.transfer.senderOrganisation, ...found.deliveries.map((one) => one.recipient.organisation)]
    : []
  const officers: AccountId[] = []
  for (const organisation of new Set(ends)) {
    const holders = await loadHolders(tx, { organisation, role: 'information-officer' })
    officers.push(...holders.map(({ account }) => account))
  }
  return {
    caller,
    found,
    reader: await loadRostered(tx, caller.actor.account),
    officers,
    placed: await loadOpenHold(tx, transfer),
  }
}

function presentCertificate({ signed, housekeeper }: StoredCertificate): CertificateReply {
  const { fingerprint, certificate } = housekeeper
  return { certificate: encodeSigned(signed), housekeeper: { fingerprint, certificate: certificate.toBase64() } }
}
