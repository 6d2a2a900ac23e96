// A lying service releases what was not scanned, and shows an approval for it: made up, by the sender themself, by somebody
// without the role, of another transfer, or altered. Whoever collects believes none of them (ARCHITECTURE.md#approval).
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { verifyApproval } from '#client/transfers/approval.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { type VerifiedNote, verifyNote } from '#client/transfers/verify-note.ts'
import { encodeSigned } from '#contract/documents.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { type Approval, approval } from '#domain/transfers/documents/approval.ts'
import type { Fingerprint, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { holderOf, rosterReferenceOf, signDocument, type TestPerson } from '../fixtures/documents.ts'
import { agreementFor, fileOf, send, startTransferApp, type TransferApp } from '../fixtures/transfer-app.ts'

let running: TransferApp
let agreement: VerifiedAgreement
let note: VerifiedNote
/** What the approver saw. */
const verdict = { hash: 'b'.repeat(64) as Approval['verdict'] }
const now = () => systemClock.now() as Instant

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const { transfer } = await send(running, [fileOf(new TextEncoder().encode('drawings'))])
  const view = await running.carol.api.call(viewOperations.view, { params: { transfer } })
  agreement = await agreementFor(running, running.olu)
  note = await verifyNote({ agreement, transfer, document: view.note!, now: now() })
})
afterAll(() => running?.stop())

async function verify(approver: TestPerson, change: Partial<Approval> = {}, signer = approver) {
  const at = now()
  const value: Approval = {
    type: 'safehand.approval/2',
    verdict: verdict.hash,
    origin: agreement.agreement.origin,
    transfer: note.note.transfer,
    note: note.hash,
    account: approver.account,
    fingerprint: approver.key.fingerprint as Fingerprint,
    what: 'release-not-scanned',
    reason: 'From our architect',
    at,
    roster: rosterReferenceOf(running.world.council),
    ...change,
  }
  const signed = await signDocument({ model: approval, value, key: signer.key, at })
  return verifyApproval({ agreement, note, verdict, document: encodeSigned(signed), now: now() })
}

describe('[approval/forged] an approval of what was not scanned', () => {
  const people = () => {
    const { council, police } = running.world
    const [ana, carol, ian] = (['approver', 'caseworker', 'information-officer'] as const).map((role) =>
      holderOf(council, role),
    )
    return { ana: ana!, carol: carol!, ian: ian!, olu: holderOf(police, 'caseworker') }
  }

  it('[approval/forged] holds by an approver of the sending organisation, and says who and why', async () => {
    const found = await verify(people().ana)
    expect([found.approver.name, found.reason]).toEqual(['Ana Approver', 'From our architect'])
  })

  it('[approval/forged] does not hold by the sender, by another office, or by the partner', async () => {
    const { carol, ian, olu } = people()
    for (const person of [carol, ian, olu]) {
      await expect(verify(person)).rejects.toMatchObject({ code: 'TRUST_APPROVAL' })
    }
  })

  it('[approval/forged] does not hold for another transfer or note, nor signed by another key', async () => {
    const { ana, ian } = people()
    const lies: Partial<Approval>[] = [
      { transfer: 'f'.repeat(32) as TransferId },
      { note: 'a'.repeat(64) as Approval['note'] },
      { verdict: 'a'.repeat(64) as Approval['verdict'] },
      { fingerprint: ian.key.fingerprint as Fingerprint },
    ]
    for (const lie of lies) await expect(verify(ana, lie)).rejects.toMatchObject({ code: 'TRUST_APPROVAL' })
    await expect(verify(ana, {}, ian)).rejects.toMatchObject({ code: 'TRUST_APPROVAL' })
  })
})
