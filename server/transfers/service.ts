// Use cases of transfers: read what a decision needs, hash and verify, decide, present (DESIGN 4). Rules are in
// domain/transfers; the only writing is commit().
import type * as z from 'zod'
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { ScanCertificateReply, TransferSummary, TransferView, transferOperations } from '#contract/transfers.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import { addSeconds } from '#domain/time.ts'
import type { NewTransferFile } from '#domain/transfers/changes.ts'
import { decideAcknowledge, decideFetch, decideOpened, type Envelope } from '#domain/transfers/decide-collect.ts'
import { decideDispatch, type GivenKey, type Signer } from '#domain/transfers/decide-dispatch.ts'
import { decideDraft } from '#domain/transfers/decide-draft.ts'
import { decideList, decideView } from '#domain/transfers/decide-read.ts'
import { decideScanCertificateRequest, decideScanNotReady } from '#domain/transfers/decide-scan-certificate.ts'
import { dispatchNote } from '#domain/transfers/dispatch-note.ts'
import { receipt } from '#domain/transfers/receipt.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import {
  type FileId,
  type Fingerprint,
  type Instant,
  manifestFileId,
  type Origin,
  type Sha256Hex,
  type TransferId,
} from '#domain/values.ts'
import { bodyLength } from '#openpgp/body-encoder.ts'
import { readPkesk } from '#openpgp/head.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { randomId, sha256Hex } from '#platform/crypto.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import {
  findVersionInForce,
  loadAgreementFacts,
  loadCurrentRosters,
  loadRostered,
  loadRosteredSigner,
} from '#store/agreements.ts'
import type { Arrivals } from '#store/arrivals.ts'
import { loadProvenSubkeys } from '#store/certificates.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database, Tx } from '#store/database.ts'
import { findScanCertificate, listInbox, listSent, loadTransferFacts, loadWrappedKeys } from '#store/transfers.ts'
import type { BytesReply } from '../http/route.ts'
import { uploadToken, uploadTokenHash } from '../uploads/token.ts'
import { chooseRange, type RangeRequest } from './byte-range.ts'
import { presentDraft, presentScanCertificate, presentSummary, presentView } from './presenter.ts'

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

type DraftBody = z.output<typeof transferOperations.draft.body>
type DispatchBody = z.output<typeof transferOperations.dispatch.body>

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
  requestScanCertificate(act: AboutOne & Acting): Promise<Outcome<ScanCertificateReply>>
  dispatch(act: AboutOne & Acting & { readonly body: DispatchBody }): Promise<Outcome<{ note: Sha256Hex }>>
  view(asked: AboutOne): Promise<Outcome<TransferView>>
  list(asked: Asked & { readonly list: 'sent' | 'inbox' }): Promise<Outcome<{ transfers: TransferSummary[] }>>
  fetch(asked: AboutOne & { readonly file: FileId; readonly headers: RangeRequest }): Promise<Outcome<BytesReply>>
  opened(act: AboutOne & Acting): Promise<Outcome<Record<string, never>>>
  acknowledge(act: AboutOne & Acting & { readonly receipt: SignedDocument }): Promise<Outcome<Record<string, never>>>
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
          return { caller, account, organisation, policy: hash && (await loadAgreementFacts(tx, { ...asked, hash })) }
        },
        decide: (facts, at) => decideDraft(facts, draft, at),
      })
      return present(outcome, (next) => presentDraft(next, (of) => uploadToken(options.tokensKey, of)))
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
        load: (tx) => loadKnown(tx, transfer),
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
          return {
            caller,
            origin: installation,
            found,
            policy: found ? await loadPolicy(tx, found) : null,
            caseReferenceHash: hashOf(found?.transfer.caseReference ?? null),
            ...(await loadSigner(tx, { caller, signed, at: now() })),
          }
        },
        decide: (facts, at) => decideDispatch(facts, { ...given, signatureRefusal: facts.signatureRefusal }, at),
      })
    },

    async view({ caller, transfer }) {
      let shown: TransferFacts | undefined
      const outcome = await commit({
        caller,
        load: async (tx) => {
          shown = await loadTransferFacts(tx, transfer)
          return { caller, found: shown, reader: await loadRostered(tx, caller.actor.account) }
        },
        decide: (facts) => decideView(facts, transfer),
      })
      return present(outcome, () => presentView(known(shown)))
    },

    async list({ caller, list }) {
      const outcome = await commit({
        caller,
        load: (tx) => loadList(tx, { caller, list }),
        decide: (transfers) => decideList(caller, list, transfers),
      })
      return present(outcome, (transfers) => ({ transfers: transfers.map(presentSummary) }))
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
      return present(outcome, (envelope) => serve(envelope, { transfer, file, objects }))
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
function newDraft({ tokensKey, now }: TransferServiceOptions, body: DraftBody) {
  const { agreement: _, manifest, files, ...draft } = body
  const id = randomId() as TransferId
  const tokenExpiresAt = addSeconds(now(), uploadTokenSeconds)
  const newFile = (file: FileId, size: number): NewTransferFile => ({
    id: file,
    length: bodyLength(size),
    objectKey: `${randomId()}/${randomId()}`,
    tokenHash: uploadTokenHash(uploadToken(tokensKey, { transfer: id, file })),
    tokenExpiresAt,
  })
  return {
    ...draft,
    id,
    expiresAt: body.expires,
    fileBytes: files.map(({ size }) => size),
    files: [
      ...files.map(({ size }) => newFile(randomId() as FileId, size)),
      newFile(manifestFileId as FileId, manifest.size),
    ],
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

async function loadKnown(tx: Tx, transfer: TransferId): Promise<TransferFacts> {
  return known(await loadTransferFacts(tx, transfer))
}

function known(found: TransferFacts | undefined): TransferFacts {
  if (!found) throw new Error('a transfer disappeared')
  return found
}

async function loadPolicy(tx: Tx, { transfer, deliveries }: TransferFacts) {
  const recipients = deliveries.map(({ recipient }) => recipient)
  return loadAgreementFacts(tx, { hash: transfer.agreement.hash, sender: transfer.sender, recipients })
}

/** New signatures are accepted from people of the current roster alone, by the certificate that it names. */
async function loadSigner(
  tx: Tx,
  { caller, signed, at }: { readonly caller: PersonCaller; readonly signed: SignedBytes; readonly at: Instant },
): Promise<{ readonly signer: Signer | null; readonly signatureRefusal: string | null }> {
  const { account, organisation } = caller.actor
  const [current] = await loadCurrentRosters(tx, [organisation])
  const found = current && (await loadRosteredSigner(tx, { account, roster: current }))
  if (!found) return { signer: null, signatureRefusal: null }
  const { certificate, roster } = found.signer
  const verified = await verifyDetached({ ...signed, certificate: found.certificate, at })
  return {
    signer: { account, organisation, fingerprint: certificate, roster },
    signatureRefusal: verified.ok ? null : verified.reason,
  }
}

async function loadCollector(tx: Tx, { caller, transfer }: AboutOne) {
  const { account } = caller.actor
  return {
    caller,
    found: await loadTransferFacts(tx, transfer),
    reader: await loadRostered(tx, account),
    proven: caller.session === null ? [] : await loadProvenSubkeys(tx, { account, session: caller.session }),
  }
}

async function loadList(tx: Tx, { caller, list }: { readonly caller: PersonCaller; readonly list: 'sent' | 'inbox' }) {
  const { account } = caller.actor
  if (list === 'sent') return listSent(tx, account)
  const rostered = await loadRostered(tx, account)
  return listInbox(tx, { account, teams: rostered?.teams ?? [] })
}

function readGivenKey({ keySet, pkesk }: DispatchBody['keys'][number]): GivenKey {
  const bytes = Uint8Array.fromBase64(pkesk)
  return { keySet, bytes, hash: sha256Hex(bytes) as Sha256Hex, encryptionSubkey: subkeyOf(bytes) }
}

/** Version 6 packets alone name the whole fingerprint, and belong to the one profile there is. */
function subkeyOf(pkesk: Uint8Array): Fingerprint | null {
  try {
    const { recipient } = readPkesk(pkesk)
    return 'fingerprint' in recipient ? (recipient.fingerprint as Fingerprint) : null
  } catch {
    return null
  }
}

function hashOf(text: string | null): Sha256Hex | null {
  return text === null ? null : (sha256Hex(text) as Sha256Hex)
}

type Collector = Awaited<ReturnType<typeof loadCollector>>

/** The reader's own wrapped key and the body: an ordinary OpenPGP message, under one strong ETag. */
async function loadEnvelope(
  tx: Tx,
  of: Collector & { readonly file: FileId; readonly headers: RangeRequest; readonly objects: ObjectStore },
): Promise<Envelope | null> {
  const { found, reader } = of
  const file = found?.files.find(({ id }) => id === of.file)
  if (!found || !reader || !file?.bodyDigest) return null
  const { encryptionSubkey } = reader
  const [wrapped] = await loadWrappedKeys(tx, { transfer: found.transfer.id, encryptionSubkey })
  if (!wrapped) return null
  const etag = `"${sha256Hex(`${sha256Hex(wrapped.bytes)}${file.bodyDigest}`)}"`
  const length = wrapped.bytes.length + file.length
  return {
    pkesk: wrapped.bytes,
    objectKey: file.objectKey,
    length,
    etag,
    range: chooseRange(of.headers, { length, etag }),
    intact: (await of.objects.size(file.objectKey)) === file.length,
  }
}

interface Served {
  readonly transfer: TransferId
  readonly file: FileId
  readonly objects: ObjectStore
}

function serve(envelope: Envelope, { transfer, file, objects }: Served): BytesReply {
  const { range, length, etag } = envelope
  if (range === null) throw new TypeError('a range that was refused is not served')
  const partial = range.end - range.start < length
  return {
    status: partial ? 206 : 200,
    headers: {
      'Content-Type': 'application/pgp-encrypted',
      'Content-Disposition': `attachment; filename="${transfer}-${file}.pgp"`,
      'Content-Length': String(range.end - range.start),
      ...(partial && { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${length}` }),
      'Accept-Ranges': 'bytes',
      ETag: etag,
      'Cache-Control': 'no-store, no-transform',
    },
    body: octets(envelope, { ...range, objects }),
  }
}

async function* octets(
  { pkesk, objectKey, length }: Envelope,
  { start, end, objects }: { readonly start: number; readonly end: number; readonly objects: ObjectStore },
): AsyncGenerator<Uint8Array> {
  const head = pkesk.length
  if (start < head) yield pkesk.subarray(start, Math.min(end, head))
  const from = Math.max(0, start - head)
  const to = Math.min(end, length) - head
  if (to > from) yield* await objects.read(objectKey, { start: from, end: to })
}
