// Use cases of collecting: one file or all of them in one zip, that they were opened, and the receipt
// (ARCHITECTURE.md#collect). Rules are in domain/transfers/decide-collect.ts and decide-bundle.ts; what is served, in
// envelope.ts and bundle.ts.
import type { SignedDocument } from '#contract/documents.ts'
import { decideBundle } from '#domain/transfers/decide-bundle.ts'
import {
  decideAcknowledge,
  decideAcknowledgeUnsigned,
  decideFetch,
  decideOpened,
} from '#domain/transfers/decide-collect.ts'
import { receipt } from '#domain/transfers/receipt.ts'
import type { FileId } from '#domain/values.ts'
import { loadAddenda } from '#store/transfers/dispatch.ts'
import { type Acting, type Asked, commitSigned, done, present, type TransferOptions } from './acting.ts'
import { serveBundle } from './bundle.ts'
import type { RangeRequest } from './byte-range.ts'
import { loadEnvelope, loadEnvelopes, serveEnvelope, sizesInStore } from './envelope.ts'
import { loadCollector } from './facts.ts'

export function collecting(options: TransferOptions) {
  const { commit, objects } = options
  return {
    async fetch({ file, headers, ...asked }: Asked & { readonly file: FileId; readonly headers: RangeRequest }) {
      const { caller, transfer } = asked
      const sizeOf = await sizesInStore(options, { transfer, file })
      const outcome = commit({
        caller,
        load: async (tx) => {
          const facts = await loadCollector(tx, asked)
          return { ...facts, envelope: await loadEnvelope(tx, { ...facts, file, headers, sizeOf }) }
        },
        decide: (facts, at) => decideFetch(facts, { transfer, file }, at),
      })
      return present(outcome, (envelope) => serveEnvelope(envelope, { transfer, file, objects }))
    },

    async bundle(asked: Asked) {
      const { caller, transfer } = asked
      const sizeOf = await sizesInStore(options, { transfer })
      const outcome = commit({
        caller,
        load: async (tx) => {
          const facts = await loadCollector(tx, asked)
          const addenda = facts.found ? await loadAddenda(tx, facts.found.transfer) : []
          return { ...facts, addenda, envelopes: await loadEnvelopes(tx, { ...facts, sizeOf }) }
        },
        decide: (facts, at) => decideBundle(facts, transfer, at),
      })
      return present(outcome, (next) => serveBundle({ transfer, ...next }, objects))
    },

    opened: (act: Acting) =>
      done(
        commit({
          ...act,
          load: (tx) => loadCollector(tx, act),
          decide: (facts, at) => decideOpened(facts, act.transfer, at),
        }),
      ),

    acknowledge({ receipt: document, ...act }: Acting & { readonly receipt: SignedDocument | null }) {
      if (document === null) {
        return done(
          commit({
            ...act,
            load: (tx) => loadCollector(tx, act),
            decide: (facts, at) => decideAcknowledgeUnsigned(facts, act.transfer, at),
          }),
        )
      }
      const load = (tx: Parameters<typeof loadCollector>[0]) => loadCollector(tx, act)
      return done(commitSigned(options, { act, document, model: receipt, load, decide: decideAcknowledge }))
    },
  }
}
