// Use cases of handing over: the one-use scan certificate, and the signed dispatch note with the wrapped keys
// (ARCHITECTURE.md#dispatch). Rules are in domain/transfers/decisions/decide-scan-certificate.ts and decide-dispatch.ts.
import { encodeSigned } from '#contract/documents.ts'
import { type ScanCertificateReply, sendOperations } from '#contract/transfers/send.ts'
import { decideDispatch } from '#domain/transfers/decisions/decide-dispatch.ts'
import {
  decideRequestScanCertificate,
  decideScanNotReady,
} from '#domain/transfers/decisions/decide-scan-certificate.ts'
import { dispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { findScanCertificate, type ScanCertificateDocuments } from '#store/transfers/scanning.ts'
import { loadAgreementFactsOf, loadTransferFacts, requireTransferFacts } from '#store/transfers/facts.ts'
import { type Adapters, useCase } from '../use-case.ts'
import { findClosed, loadSigner, readGivenKey, readSigned } from './facts.ts'

export const requestScanCertificate = useCase(sendOperations.requestScanCertificate, {
  load: async (tx, { caller, transfer }) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
  decide: decideRequestScanCertificate,
  follow: async (_requested, { caller, transfer }, adapters) => {
    const certificate = await awaitScanCertificate(adapters, transfer)
    if (certificate) return { ok: true, next: presentScanCertificate(certificate), replayed: false }
    return adapters.commit({ caller, load: (tx) => requireTransferFacts(tx, transfer), decide: decideScanNotReady })
  },
})

function presentScanCertificate(found: ScanCertificateDocuments): ScanCertificateReply {
  return {
    certificate: found.certificate.toBase64(),
    statement: encodeSigned(found.statement),
    authority: { fingerprint: found.authority, certificate: found.authorityBytes.toBase64() },
  }
}

export const dispatch = useCase(sendOperations.dispatch, {
  prepare: ({ caller, transfer, note, keys }) => ({
    ...{ caller, transfer, keys: keys.map(readGivenKey) },
    ...readSigned(dispatchNote, note),
  }),
  load: async (tx, given, adapters) => {
    const found = await loadTransferFacts(tx, given.transfer)
    const agreementFacts = found ? await loadAgreementFactsOf(tx, found) : null
    const { profile = 'v1-cfb', caseReference = null } = found?.transfer ?? {}
    return {
      ...{ caller: given.caller, found, agreementFacts },
      ...(await loadSigner(tx, given, adapters)),
      closedTo: await findClosed(tx, { agreementFacts, profile, at: adapters.now() }),
      caseReferenceHash: caseReference === null ? null : (sha256Hex(caseReference) as Sha256Hex),
    }
  },
  decide: decideDispatch,
  present: (next) => next,
})

/** A client is kept waiting for its scan certificate for so long. */
const scanCertificateWait = 10_000

/** Looked for before and after the wait: a notification may come between, or never. */
async function awaitScanCertificate({ database, scanCertificates, now }: Adapters, transfer: TransferId) {
  const find = () => database.transaction().execute((tx) => findScanCertificate(tx, { transfer, at: now() }))
  const until = performance.now() + scanCertificateWait
  for (;;) {
    const found = await find()
    const left = until - performance.now()
    if (found || left <= 0) return found
    await scanCertificates.wait(transfer, Math.min(left, 1000))
  }
}
