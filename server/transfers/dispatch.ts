// Use cases of handing over: the one-use scan certificate, and the signed dispatch note with the wrapped keys
// (ARCHITECTURE.md#dispatch). Rules are in domain/transfers/decide-scan-certificate.ts and decide-dispatch.ts.
import type * as z from 'zod'
import type { ScanCertificateReply, sendOperations } from '#contract/transfers/send.ts'
import { decideDispatch } from '#domain/transfers/decide-dispatch.ts'
import { decideScanCertificateRequest, decideScanNotReady } from '#domain/transfers/decide-scan-certificate.ts'
import { dispatchNote } from '#domain/transfers/dispatch-note.ts'
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import type { Outcome } from '#store/commit.ts'
import { findScanCertificate } from '#store/transfers/scanning.ts'
import { loadPolicyOf, loadTransferFacts, requireTransferFacts } from '#store/transfers/facts.ts'
import { type Acting, commitSigned, type TransferOptions } from './acting.ts'
import { findClosed, readGivenKey } from './facts.ts'
import { presentScanCertificate } from './presenter.ts'

type DispatchBody = z.output<typeof sendOperations.dispatch.body>

/** A client is kept waiting for its scan certificate for so long. */
const scanCertificateWait = 10_000

export function dispatching(options: TransferOptions) {
  const { commit, now } = options
  return {
    async requestScanCertificate({ caller, idempotency, transfer }: Acting): Promise<Outcome<ScanCertificateReply>> {
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

    dispatch({ body, ...act }: Acting & { readonly body: DispatchBody }) {
      const { caller, transfer } = act
      const keys = body.keys.map(readGivenKey)
      return commitSigned(options, {
        act,
        document: body.note,
        model: dispatchNote,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          const policy = found ? await loadPolicyOf(tx, found) : null
          return {
            caller,
            found,
            policy,
            closedTo: found ? await findClosed(tx, { policy, profile: found.transfer.profile, at: now() }) : null,
            caseReferenceHash: hashOf(found?.transfer.caseReference ?? null),
          }
        },
        decide: (facts, given, at) => decideDispatch(facts, { ...given, keys }, at),
      })
    },
  }
}

function hashOf(text: string | null): Sha256Hex | null {
  return text === null ? null : (sha256Hex(text) as Sha256Hex)
}

/** Looked for before and after the wait: a notification may come between, or never. */
async function awaitScanCertificate({ database, scanCertificates, now }: TransferOptions, transfer: TransferId) {
  const find = () => database.transaction().execute((tx) => findScanCertificate(tx, { transfer, at: now() }))
  const until = performance.now() + scanCertificateWait
  for (;;) {
    const found = await find()
    const left = until - performance.now()
    if (found || left <= 0) return found
    await scanCertificates.wait(transfer, Math.min(left, 1000))
  }
}
