// Use cases of destruction: what a recipient signs about their copy, and the housekeeper's certificate about the service's own.
// Rules are in domain/transfers/decide-destruction-statement.ts and decide-read.ts.
import type * as z from 'zod'
import { encodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { endingOperations } from '#contract/transfers/endings.ts'
import { decideDestructionStatement } from '#domain/transfers/decide-destruction-statement.ts'
import { decideViewCertificate } from '#domain/transfers/decide-read.ts'
import { destructionStatement } from '#domain/transfers/destruction-statement.ts'
import { loadRostered } from '#store/rosters.ts'
import { loadCertificate, loadStatements, type StoredCertificate } from '#store/transfers/endings.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { type Acting, type Asked, commitSigned, done, present, type TransferOptions } from './acting.ts'

type CertificateReply = z.input<typeof endingOperations.destructionCertificate.reply>

export function destroying(options: Pick<TransferOptions, 'commit' | 'installation' | 'now'>) {
  return {
    stateDestruction({ statement: document, ...act }: Acting & { readonly statement: SignedDocument }) {
      const { caller, transfer } = act
      const outcome = commitSigned(options, {
        act,
        document,
        model: destructionStatement,
        load: async (tx) => ({
          caller,
          found: await loadTransferFacts(tx, transfer),
          reader: await loadRostered(tx, caller.actor.account),
          stated: await loadStatements(tx, transfer),
        }),
        decide: decideDestructionStatement,
      })
      return done(outcome)
    },

    certificate({ caller, transfer }: Asked) {
      const outcome = options.commit({
        caller,
        load: async (tx) => ({
          caller,
          found: await loadTransferFacts(tx, transfer),
          reader: await loadRostered(tx, caller.actor.account),
          certificate: await loadCertificate(tx, transfer),
        }),
        decide: (facts) => decideViewCertificate(facts, transfer),
      })
      return present(outcome, presentCertificate)
    },
  }
}

function presentCertificate({ signed, housekeeper }: StoredCertificate): CertificateReply {
  const { fingerprint, certificate } = housekeeper
  return { certificate: encodeSigned(signed), housekeeper: { fingerprint, certificate: certificate.toBase64() } }
}
