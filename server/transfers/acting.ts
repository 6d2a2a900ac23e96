// What every use case of a transfer has: who asks or acts, about which transfer, and once; and how an act is committed whose
// person signed it: the signature is checked beside the facts, and the decision is given both
// (ARCHITECTURE.md#about-a-note).
import type * as z from 'zod'
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { Decision } from '#domain/decision.ts'
import { type ParsedDocument, parseDocument } from '#domain/document.ts'
import type { GivenDocument, Signer } from '#domain/transfers/given-document.ts'
import type { Instant, Origin, Sha256Hex, TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Listener } from '#store/listen.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database, Tx } from '#store/database.ts'
import { loadSigner } from './facts.ts'

export interface TransferOptions {
  readonly commit: Commit
  readonly database: Database
  readonly installation: Origin
  readonly now: () => Instant
  readonly objects: ObjectStore
  readonly scanCertificates: Listener
  /** 32 octets of tokens.key. */
  readonly tokensKey: Uint8Array
}

export interface Asked {
  readonly caller: PersonCaller
  readonly transfer: TransferId
}

export interface Acting extends Asked {
  readonly idempotency: Idempotency
}

/** An act whose reply says nothing more. */
export type Done = Promise<Outcome<Record<string, never>>>

export async function done(outcome: Promise<Outcome<unknown>>): Done {
  return present(outcome, () => ({}))
}

export async function present<From, To>(
  outcome: Promise<Outcome<From>>,
  make: (next: From) => To | Promise<To>,
): Promise<Outcome<To>> {
  const found = await outcome
  return found.ok ? { ...found, next: await make(found.next) } : found
}

interface SignedAct<M extends z.ZodType, Facts, Next> {
  readonly act: Acting
  readonly document: SignedDocument
  readonly model: M
  readonly load: (tx: Tx, document: ParsedDocument<z.output<M>>) => Promise<Facts>
  readonly decide: (
    facts: Facts & { readonly origin: Origin; readonly signer: Signer | null },
    given: GivenDocument<z.output<M>>,
    at: Instant,
  ) => Decision<Next>
}

export function commitSigned<M extends z.ZodType, Facts, Next>(
  { commit, installation, now }: Pick<TransferOptions, 'commit' | 'installation' | 'now'>,
  { act, document, model, load, decide }: SignedAct<M, Facts, Next>,
): Promise<Outcome<Next>> {
  const { caller, idempotency, transfer } = act
  const signed = decodeSigned(document)
  const hash = sha256Hex(signed.bytes) as Sha256Hex
  const given = { transfer, signed, hash, document: parseDocument(model, signed.bytes) }
  return commit({
    caller,
    idempotency,
    load: async (tx) => ({
      ...(await load(tx, given.document)),
      origin: installation,
      ...(await loadSigner(tx, { caller, signed, at: now() })),
    }),
    decide: (facts, at) => decide(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
  })
}
