// Use cases of transfers: read what a decision needs, hash and verify, decide, present (DESIGN 4). Rules are in
// domain/transfers; the only writing is commit().
import type * as z from 'zod'
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import type { ScanCertificateReply, sendOperations } from '#contract/transfers/send.ts'
import { type ListReply, type Place, readPlace, type TransferView } from '#contract/transfers/view.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { parseDocument } from '#domain/document.ts'
import { addSeconds } from '#domain/time.ts'
import type { NewTransferFile } from '#domain/transfers/changes.ts'
import { addendum } from '#domain/transfers/addendum.ts'
import { approval } from '#domain/transfers/approval.ts'
import { decideAddRecipient } from '#domain/transfers/decide-add-recipient.ts'
import { decideApprove } from '#domain/transfers/decide-approve.ts'
import { decideBundle } from '#domain/transfers/decide-bundle.ts'
import {
  decideAcknowledge,
  decideAcknowledgeUnsigned,
  decideFetch,
  decideOpened,
} from '#domain/transfers/decide-collect.ts'
import { decideDeclareFiles } from '#domain/transfers/decide-declare-files.ts'
import { decideDispatch } from '#domain/transfers/decide-dispatch.ts'
import { decideDraft } from '#domain/transfers/decide-draft.ts'
import { decideList, decideView, type ListName } from '#domain/transfers/decide-read.ts'
import { decideScanCertificateRequest, decideScanNotReady } from '#domain/transfers/decide-scan-certificate.ts'
import { dispatchNote, type Profile } from '#domain/transfers/dispatch-note.ts'
import { receipt } from '#domain/transfers/receipt.ts'
import {
  type FileId,
  type Instant,
  manifestFileId,
  type Origin,
  type Sha256Hex,
  type TransferId,
} from '#domain/values.ts'
import { profiledLength } from '#openpgp/profiled-body.ts'
import { randomId, sha256Hex } from '#platform/crypto.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import { findVersionInForce, loadAgreementFacts } from '#store/agreements.ts'
import type { Arrivals } from '#store/arrivals.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database } from '#store/database.ts'
import {
  findScanCertificate,
  loadAddenda,
  loadPolicyOf,
  loadTransferFacts,
  requireTransferFacts,
} from '#store/transfers.ts'
import type { BytesReply } from '../http/route.ts'
import { uploadToken, uploadTokenHash } from '../uploads/token.ts'
import { abandonTransfer } from './abandon.ts'
import type { RangeRequest } from './byte-range.ts'
import { serveBundle } from './bundle.ts'
import { loadEnvelope, loadEnvelopes, serveEnvelope } from './envelope.ts'
import {
  findClosed,
  hashOf,
  loadAddition,
  loadApproving,
  loadCollector,
  loadList,
  loadLook,
  loadSigner,
  readGivenKey,
} from './facts.ts'
import { presentDeclared, presentDraft, presentList, presentScanCertificate, presentView } from './presenter.ts'

export interface TransferServiceOptions {
  readonly commit: Commit
  readonly database: Database
  readonly installation: Origin
  readonly now: () => Instant
  readonly objects: ObjectStore
  readonly scanCertificates: Arrivals
  /** 32 octets of tokens.key. */
  readonly tokensKey: Uint8Array
}

type DraftBody = z.output<typeof sendOperations.draft.body>
type DeclareBody = z.output<typeof sendOperations.declareFiles.body>
type DispatchBody = z.output<typeof sendOperations.dispatch.body>
type AddRecipientBody = z.output<typeof addRecipientOperations.addRecipient.body>

interface Asked {
  readonly caller: PersonCaller
}
interface AboutOne extends Asked {
  readonly transfer: TransferId
}
interface Acting {
  readonly idempotency: Idempotency
}

export interface TransferService {
  draft(act: Asked & Acting & { readonly body: DraftBody }): Promise<Outcome<ReturnType<typeof presentDraft>>>
  declareFiles(
    act: AboutOne & Acting & { readonly body: DeclareBody },
  ): Promise<Outcome<ReturnType<typeof presentDeclared>>>
  requestScanCertificate(act: AboutOne & Acting): Promise<Outcome<ScanCertificateReply>>
  dispatch(act: AboutOne & Acting & { readonly body: DispatchBody }): Promise<Outcome<{ note: Sha256Hex }>>
  abandon(act: AboutOne & Acting): Promise<Outcome<Record<string, never>>>
  approve(act: AboutOne & Acting & { readonly approval: SignedDocument }): Promise<Outcome<Record<string, never>>>
  addRecipient(act: AboutOne & Acting & { readonly body: AddRecipientBody }): Promise<Outcome<{ addendum: Sha256Hex }>>
  view(asked: AboutOne): Promise<Outcome<TransferView>>
  list(asked: Asked & { readonly list: ListName; readonly before?: Place | undefined }): Promise<Outcome<ListReply>>
  fetch(asked: AboutOne & { readonly file: FileId; readonly headers: RangeRequest }): Promise<Outcome<BytesReply>>
  bundle(asked: AboutOne): Promise<Outcome<BytesReply>>
  opened(act: AboutOne & Acting): Promise<Outcome<Record<string, never>>>
  acknowledge(
    act: AboutOne & Acting & { readonly receipt: SignedDocument | null },
  ): Promise<Outcome<Record<string, never>>>
}

/** A client is kept waiting for its scan certificate for so long. */
const scanCertificateWait = 10_000

export function createTransferService(options: TransferServiceOptions): TransferService {
  const { commit, installation, now, objects } = options
  return {
    async draft({ caller, idempotency, body }) {
      const { account, organisation } = caller.actor
      const draft = newDraft(options, body)
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => {
          const hash = await findVersionInForce(tx, body.agreement)
          const asked = { sender: account, recipients: body.recipients }
          const policy = hash && (await loadAgreementFacts(tx, { ...asked, hash }))
          const closedTo = await findClosed(tx, { policy, profile: draft.profile, at: now() })
          return { caller, account, organisation, policy, closedTo }
        },
        decide: (facts, at) => decideDraft(facts, draft, at),
      })
      return present(outcome, (next) => presentDraft(next, (of) => uploadToken(options.tokensKey, of)))
    },

    async declareFiles({ caller, idempotency, transfer, body }) {
      const declared = {
        transfer,
        fileBytes: body.files.map(({ size }) => size),
        files: [
          ...body.files.map(({ size, length }) =>
            newFile(options, { transfer, file: randomId() as FileId, length, size }),
          ),
          newManifest(options, { transfer, profile: 'v1-cfb', size: body.manifest.size }),
        ],
      }
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          return { caller, found, policy: found ? await loadPolicyOf(tx, found) : null }
        },
        decide: (facts, at) => decideDeclareFiles(facts, declared, at),
      })
      return present(outcome, (next) => presentDeclared(next, (of) => uploadToken(options.tokensKey, of)))
    },

    async requestScanCertificate({ caller, idempotency, transfer }) {
      const requested = await commit({
        caller,
        idempotency,
        load: async (tx) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
        decide: (facts, at) => decideScanCertificateRequest(facts, transfer, at),
      })
      if (!requested.ok) return requested
      const certificate = await awaitScanCertificate(options, transfer)
      if (certificate) return { ok: true, next: presentScanCertificate(certificate), replayed: requested.replayed }
      return commit({
        caller,
        load: (tx) => requireTransferFacts(tx, transfer),
        decide: decideScanNotReady,
      })
    },

    async dispatch({ caller, idempotency, transfer, body }) {
      const signed = decodeSigned(body.note)
      const given = {
        transfer,
        signed,
        note: parseDocument(dispatchNote, signed.bytes),
        hash: sha256Hex(signed.bytes) as Sha256Hex,
        keys: body.keys.map(readGivenKey),
      }
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          const policy = found ? await loadPolicyOf(tx, found) : null
          return {
            caller,
            origin: installation,
            found,
            policy,
            closedTo: found ? await findClosed(tx, { policy, profile: found.transfer.profile, at: now() }) : null,
            caseReferenceHash: hashOf(found?.transfer.caseReference ?? null),
            ...(await loadSigner(tx, { caller, signed, at: now() })),
          }
        },
        decide: (facts, at) => decideDispatch(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
    },

    abandon: (act) => abandonTransfer(commit, act),

    async approve({ caller, idempotency, transfer, approval: document }) {
      const signed = decodeSigned(document)
      const given = {
        transfer,
        signed,
        approval: parseDocument(approval, signed.bytes),
        hash: sha256Hex(signed.bytes) as Sha256Hex,
      }
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => ({
          ...(await loadApproving(tx, { caller, transfer })),
          origin: installation,
          ...(await loadSigner(tx, { caller, signed, at: now() })),
        }),
        decide: (facts, at) => decideApprove(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
      return present(outcome, () => ({}))
    },

    async addRecipient({ caller, idempotency, transfer, body }) {
      const signed = decodeSigned(body.addendum)
      const parsed = parseDocument(addendum, signed.bytes)
      const given = {
        transfer,
        signed,
        addendum: parsed,
        hash: sha256Hex(signed.bytes) as Sha256Hex,
        keys: body.keys.map(readGivenKey),
      }
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const facts = await loadCollector(tx, { caller, transfer })
          const { found } = facts
          const about = found && parsed.ok ? { found, addendum: parsed.value, at: now() } : null
          return {
            ...facts,
            origin: installation,
            ...(about ? await loadAddition(tx, about) : { policy: null, opensProfile: false }),
            ...(await loadSigner(tx, { caller, signed, at: now() })),
          }
        },
        decide: (facts, at) => decideAddRecipient(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
    },

    async view({ caller, transfer }) {
      const outcome = await commit({
        caller,
        load: (tx) => loadLook(tx, { caller, transfer }),
        decide: (facts, at) => decideView(facts, transfer, at),
      })
      return present(outcome, presentView)
    },

    async list({ caller, list, before }) {
      const after = before === undefined ? null : readPlace(before)
      const outcome = await commit({
        caller,
        load: (tx) => loadList(tx, { caller, list, after }),
        decide: (page) => decideList(caller, list, page),
      })
      return present(outcome, presentList)
    },

    async fetch({ caller, transfer, file, headers }) {
      const outcome = await commit({
        caller,
        load: async (tx) => {
          const facts = await loadCollector(tx, { caller, transfer })
          return { ...facts, envelope: await loadEnvelope(tx, { ...facts, file, headers, objects }) }
        },
        decide: (facts, at) => decideFetch(facts, { transfer, file }, at),
      })
      return present(outcome, (envelope) => serveEnvelope(envelope, { transfer, file, objects }))
    },

    async bundle({ caller, transfer }) {
      const outcome = await commit({
        caller,
        load: async (tx) => {
          const facts = await loadCollector(tx, { caller, transfer })
          const addenda = facts.found ? await loadAddenda(tx, facts.found.transfer) : []
          return { ...facts, addenda, envelopes: await loadEnvelopes(tx, { ...facts, objects }) }
        },
        decide: (facts, at) => decideBundle(facts, transfer, at),
      })
      if (!outcome.ok) return outcome
      return { ...outcome, next: await serveBundle({ transfer, ...outcome.next }, objects) }
    },

    async opened({ caller, idempotency, transfer }) {
      const outcome = await commit({
        caller,
        idempotency,
        load: (tx) => loadCollector(tx, { caller, transfer }),
        decide: (facts, at) => decideOpened(facts, transfer, at),
      })
      return present(outcome, () => ({}))
    },

    async acknowledge({ caller, idempotency, transfer, receipt: document }) {
      if (document === null) {
        const unsigned = await commit({
          caller,
          idempotency,
          load: (tx) => loadCollector(tx, { caller, transfer }),
          decide: (facts, at) => decideAcknowledgeUnsigned(facts, transfer, at),
        })
        return present(unsigned, () => ({}))
      }
      const signed = decodeSigned(document)
      const given = {
        transfer,
        signed,
        receipt: parseDocument(receipt, signed.bytes),
        hash: sha256Hex(signed.bytes) as Sha256Hex,
      }
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => ({
          ...(await loadCollector(tx, { caller, transfer })),
          origin: installation,
          ...(await loadSigner(tx, { caller, signed, at: now() })),
        }),
        decide: (facts, at) => decideAcknowledge(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
      return present(outcome, () => ({}))
    },
  }
}

async function present<From, To>(outcome: Outcome<From>, make: (next: From) => To): Promise<Outcome<To>> {
  return outcome.ok ? { ...outcome, next: make(outcome.next) } : outcome
}

/** Ids, object keys and tokens are drawn before the decision; a refused draft leaves none of them behind. */
function newDraft(options: TransferServiceOptions, body: DraftBody) {
  const { agreement: _, manifest, files, ...draft } = body
  const id = randomId() as TransferId
  const { profile } = body
  return {
    ...draft,
    id,
    expiresAt: body.expires,
    fileBytes: files.map(({ size }) => size),
    files: [
      ...files.map(({ size }) => {
        const length = profiledLength({ profile, length: size, signed: false })
        return newFile(options, { transfer: id, file: randomId() as FileId, length, size })
      }),
      ...(manifest ? [newManifest(options, { transfer: id, profile, size: manifest.size })] : []),
    ],
  }
}

function newManifest(
  options: TransferServiceOptions,
  { transfer, profile, size }: { readonly transfer: TransferId; readonly profile: Profile; readonly size: number },
): NewTransferFile {
  const length = profiledLength({ profile, length: size, signed: true })
  return newFile(options, { transfer, file: manifestFileId as FileId, length, size: null })
}

function newFile(
  { tokensKey, now }: TransferServiceOptions,
  {
    transfer,
    file,
    length,
    size,
  }: Pick<NewTransferFile, 'length' | 'size'> & { readonly transfer: TransferId; readonly file: FileId },
): NewTransferFile {
  return {
    id: file,
    length,
    size,
    objectKey: `${randomId()}/${randomId()}`,
    tokenHash: uploadTokenHash(uploadToken(tokensKey, { transfer, file })),
    tokenExpiresAt: addSeconds(now(), uploadTokenSeconds),
  }
}

/** Looked for before and after the wait: a notification may come between, or never. */
async function awaitScanCertificate({ database, scanCertificates, now }: TransferServiceOptions, transfer: TransferId) {
  const find = () => database.transaction().execute((tx) => findScanCertificate(tx, { transfer, at: now() }))
  const until = performance.now() + scanCertificateWait
  for (;;) {
    const found = await find()
    const left = until - performance.now()
    if (found || left <= 0) return found
    await scanCertificates.wait(transfer, Math.min(left, 1000))
  }
}
