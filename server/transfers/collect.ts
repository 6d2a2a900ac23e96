// Use cases of collecting: one file or all of them in one zip, that they were opened, and the receipt
// (ARCHITECTURE.md#collect). Rules are in domain/transfers/decisions/decide-collect.ts and decide-bundle.ts; what is served, in
// envelope.ts and bundle.ts.
import { collectOperations } from '#contract/transfers/collect.ts'
import { type Bundle, decideBundle, decideBundleHead } from '#domain/transfers/decisions/decide-bundle.ts'
import {
  decideAcknowledge,
  decideAcknowledgeUnsigned,
  decideFetch,
  decideFetchHead,
  decideOpened,
} from '#domain/transfers/decisions/decide-collect.ts'
import type { Decision } from '#domain/transfers/changes.ts'
import { receipt as model } from '#domain/transfers/documents/receipt.ts'
import { loadAddenda } from '#store/transfers/dispatch.ts'
import { done, useCase } from '../use-case.ts'
import { bundleHead, serveBundle } from './bundle.ts'
import { loadEnvelope, loadEnvelopes, serveEnvelope, sizesInStore } from './envelope.ts'
import { loadCollector, loadSigner, readSigned } from './facts.ts'

export const fetch = useCase(collectOperations.fetch, {
  prepare: async (asked, adapters) => ({ ...asked, sizeOf: await sizesInStore(adapters, asked) }),
  load: async (tx, given) => {
    const facts = await loadCollector(tx, given)
    return { ...facts, envelope: await loadEnvelope(tx, { ...given, ...facts }) }
  },
  decide: (facts, given, at) => (given.headAlone ? decideFetchHead : decideFetch)(facts, given, at),
  present: (envelope, { transfer, file, caller }, adapters) =>
    serveEnvelope(envelope, { transfer, file, account: caller.actor.account }, adapters),
})

export const bundle = useCase(collectOperations.bundle, {
  prepare: async ({ caller, transfer, headAlone }, adapters) => ({
    ...{ caller, transfer, headAlone },
    sizeOf: await sizesInStore(adapters, { transfer }),
  }),
  load: async (tx, given) => {
    const facts = await loadCollector(tx, given)
    const addenda = facts.found ? await loadAddenda(tx, facts.found.transfer) : []
    return { ...facts, addenda, envelopes: await loadEnvelopes(tx, { ...given, ...facts }) }
  },
  decide: (facts, given, at): Decision<Bundle | null> =>
    given.headAlone ? decideBundleHead(facts, given, at) : decideBundle(facts, given, at),
  present: (next, { transfer, caller }, adapters) =>
    next === null ? bundleHead(transfer) : serveBundle({ transfer, account: caller.actor.account, ...next }, adapters),
})

export const opened = useCase(collectOperations.opened, {
  load: loadCollector,
  decide: decideOpened,
  present: done,
})

export const acknowledge = useCase(collectOperations.acknowledge, {
  prepare: ({ caller, transfer, receipt }) => ({
    ...{ caller, transfer },
    given: receipt && { transfer, ...readSigned(model, receipt) },
  }),
  load: async (tx, { given, ...asked }, adapters) => ({
    ...(await loadCollector(tx, asked)),
    signing: given && (await loadSigner(tx, { ...asked, ...given }, adapters)),
  }),
  decide: ({ signing, ...facts }, { given, transfer }, at) =>
    given && signing
      ? decideAcknowledge({ ...facts, ...signing }, given, at)
      : decideAcknowledgeUnsigned(facts, { transfer }, at),
  present: done,
})
