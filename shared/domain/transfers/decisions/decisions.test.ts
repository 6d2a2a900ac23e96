// The order that scanner and housekeeper must keep, and what a retry may not do again (ARCHITECTURE.md#seal).
import { describe, expect, it } from 'vitest'
import type { AgreementFacts } from '../../policy/facts.ts'
import type { AccountId, FileId, Fingerprint, Instant, OrganisationId, Sha256Hex, TransferId } from '../../values.ts'
import type { NewVerdict } from '../changes.ts'
import { decideFinishUpload } from './decide-finish-upload.ts'
import { decideRelease } from './decide-release.ts'
import { decideDestroyScanKey, decideJudge, decideStartScan } from './decide-scan.ts'
import { decideAddScanCertificate, decideLoseScanKey } from './decide-scan-certificate.ts'
import { mayFollow, type TransferState, transferStates } from '../states.ts'
import type { TransferFacts } from '../transfer.ts'

const at = '2026-11-22T09:00:00Z' as Instant
const id = 'a'.repeat(32) as TransferId
const scanKey = 'e'.repeat(40) as Fingerprint
const digest = '1'.repeat(64) as Sha256Hex
const files = ['b'.repeat(32), 'manifest'] as FileId[]
const sender = 'c'.repeat(32) as AccountId
const reader = 'd'.repeat(32) as AccountId

/** What follows on every end. */
const destroying = { name: 'destroy-transfer', data: { transfer: id } }

const verdicts = (verdict: NewVerdict['verdict']): NewVerdict[] =>
  files.map((file) => ({
    file,
    verdict,
    finding: null,
    typeSeen: null,
    fileTypes: ['other'],
    engine: 'test',
    bodyDigest: digest,
    commitment: digest,
  }))

function factsIn(state: TransferState, change: Partial<TransferFacts> = {}): TransferFacts {
  return {
    transfer: {
      id,
      agreement: { id: 'f'.repeat(32) as never, version: 1, hash: digest },
      flow: 'council-to-police',
      purpose: 'CRIME_PREVENT_DETECT',
      items: ['INCIDENT_SUMMARY'],
      marking: 'OFFICIAL',
      handlingInstruction: null,
      profile: 'v2-gcm',
      caseReference: null,
      records: null,
      approvalFor: null,
      sender,
      senderOrganisation: '9'.repeat(32) as OrganisationId,
      state,
      createdAt: at,
      expiresAt: '2026-11-29T09:00:00Z' as Instant,
      dispatchedAt: at,
      releasedAt: null,
      ended: null,
      releaseNotBefore: null,
      held: null,
      note: { hash: digest, signed: { bytes: new Uint8Array(), signature: new Uint8Array() } },
    },
    files: files.map((file) => ({ id: file, length: 100, size: null, objectKey: file, bodyDigest: digest })),
    deliveries: [],
    daysAfterAcknowledgement: 3,
    pauses: [],
    scanCertificates: [
      {
        fingerprint: scanKey,
        encryptionSubkey: scanKey,
        expiresAt: '2026-11-23T09:00:00Z' as Instant,
        lostAt: null,
        destroyedAt: null,
      },
    ],
    verdicts: [],
    signedVerdict: { hash: digest, note: digest },
    approval: null,
    readers: [sender, reader].map((account) => ({ account, encryptionSubkey: scanKey })),
    ...change,
  }
}

const destroyed = (facts: TransferFacts): TransferFacts => ({
  ...facts,
  scanCertificates: facts.scanCertificates.map((one) => ({ ...one, destroyedAt: at })),
})
const codeOf = (decision: object) => ('refusal' in decision ? (decision.refusal as { code: string }).code : 'decided')
const jobsOf = (decision: object) =>
  'jobs' in decision ? (decision.jobs as { name: string }[]).map((job) => job.name) : []
const signed = { bytes: new Uint8Array(), signature: new Uint8Array() }
const document = { hash: digest, note: digest, signed, authority: scanKey, authorityBytes: new Uint8Array() }
const judgement = (verdict: NewVerdict['verdict']) => ({
  ...{ verdicts: verdicts(verdict), document, engine: 'test', signatures: '1' },
})

describe('the scanner', () => {
  it('[transfer/states] begins once, judges all files at once, and never judges again', () => {
    expect(codeOf(decideStartScan(factsIn('dispatched'), { engine: 'test' }, at))).toBe('decided')
    expect(codeOf(decideStartScan(factsIn('scanning'), { engine: 'test' }, at))).toBe('TRANSFER_STATE')
    const judged = decideJudge(factsIn('scanning'), judgement('clean'), at)
    expect([codeOf(judged), jobsOf(judged)]).toEqual(['decided', ['destroy-scan-key']])
    const partial = { ...judgement('clean'), verdicts: verdicts('clean').slice(1) }
    expect(codeOf(decideJudge(factsIn('scanning'), partial, at))).toBe('TRANSFER_STATE')
    const otherNote = { ...judgement('clean'), document: { ...document, note: 'ab'.repeat(32) as Sha256Hex } }
    expect(codeOf(decideJudge(factsIn('scanning'), otherNote, at))).toBe('TRANSFER_STATE')
    const again = factsIn('scanning', { verdicts: verdicts('clean') })
    expect(codeOf(decideJudge(again, judgement('infected'), at))).toBe('TRANSFER_STATE')
  })

  it('[transfer/states] asks for release only when the last key is gone after a verdict', () => {
    expect(codeOf(decideDestroyScanKey(factsIn('scanning'), scanKey, at))).toBe('TRANSFER_STATE')
    const tooOld = decideDestroyScanKey(factsIn('scanning'), scanKey, '2026-11-24T09:00:00Z' as Instant)
    expect([codeOf(tooOld), jobsOf(tooOld)]).toEqual(['decided', []])
    const after = decideDestroyScanKey(factsIn('scanning', { verdicts: verdicts('clean') }), scanKey, at)
    expect(jobsOf(after)).toEqual(['release-transfer'])
    expect(codeOf(decideDestroyScanKey(destroyed(factsIn('scanning')), scanKey, at))).toBe('TRANSFER_STATE')
  })

  it('[transfer/states] loses a key only before a verdict, and makes no second certificate while one lives', () => {
    const lost = decideLoseScanKey(factsIn('dispatched'), scanKey, at)
    expect([codeOf(lost), jobsOf(lost)]).toEqual(['decided', ['destroy-scan-key', 'send-mail']])
    const judged = factsIn('scanning', { verdicts: verdicts('clean') })
    expect(codeOf(decideLoseScanKey(judged, scanKey, at))).toBe('TRANSFER_STATE')
    const certificate = { fingerprint: scanKey, expiresAt: at } as never
    expect(codeOf(decideAddScanCertificate(factsIn('uploading'), certificate, at))).toBe('TRANSFER_STATE')
    const none = factsIn('uploading', { scanCertificates: [] })
    expect(codeOf(decideAddScanCertificate(none, certificate, at))).toBe('decided')
    const late = factsIn('scanning', { scanCertificates: [] })
    expect(codeOf(decideAddScanCertificate(late, certificate, at))).toBe('TRANSFER_STATE')
  })
})

describe('the housekeeper', () => {
  /** An agreement that no party signed: it permits nothing. */
  const unsigned = {
    agreement: { parties: [], version: 1, flows: [] },
    unsigned: ['9'.repeat(32)],
  } as unknown as AgreementFacts
  const judged = (verdict: NewVerdict['verdict']) => factsIn('scanning', { verdicts: verdicts(verdict) })

  it('[transfer/states] releases nothing that is not judged and sealed', () => {
    for (const found of [judged('clean'), destroyed(factsIn('scanning')), destroyed(factsIn('dispatched'))]) {
      expect(codeOf(decideRelease({ found, agreementFacts: unsigned, approvers: [], newcomers: [] }, at))).toBe(
        'TRANSFER_STATE',
      )
    }
  })

  it('[transfer/states] asks the agreement again, and rejects what it no longer permits', () => {
    const decision = decideRelease(
      { found: destroyed(judged('clean')), agreementFacts: unsigned, approvers: [], newcomers: [] },
      at,
    )
    expect(decision).toMatchObject({
      next: { state: 'rejected' },
      event: { event: 'transfer.rejected', detail: { reason: 'AGR_NOT_SIGNED' } },
      jobs: [destroying, { data: { template: 'transfer-not-released', account: sender } }],
    })
  })

  it.each(['infected', 'unscannable'] as const)(
    '[transfer/states] rejects what is %s and tells the sender alone',
    (verdict) => {
      const decision = decideRelease(
        { found: destroyed(judged(verdict)), agreementFacts: unsigned, approvers: [], newcomers: [] },
        at,
      )
      expect(decision).toMatchObject({
        next: { state: 'rejected' },
        changes: [{ kind: 'transfers.drop-scan-pkesk' }, { kind: 'transfers.enter', state: 'rejected' }],
        jobs: [destroying, { data: { template: 'transfer-rejected', account: sender } }],
      })
    },
  )
})

describe('a finished upload', () => {
  const caller = { actor: { kind: 'unknown' }, client: 'cli', session: null, address: null } as never
  const finished = { transfer: id, file: files[0]!, length: 100, bodyDigest: digest }
  const waiting = (state: TransferState) =>
    factsIn(state, { files: [{ id: files[0]!, length: 100, size: null, objectKey: 'x', bodyDigest: null }] })

  it('[transfer/states] counts once, with its length, and only before dispatch', () => {
    const decide = (found: TransferFacts | undefined, upload = finished) =>
      codeOf(decideFinishUpload({ caller, found }, upload, at))
    expect(decide(waiting('draft'))).toBe('decided')
    expect(decide(waiting('dispatched'))).toBe('UPLOAD_REFUSED')
    expect(decide(factsIn('uploading'))).toBe('UPLOAD_REFUSED')
    expect(decide(waiting('draft'), { ...finished, length: 99 })).toBe('UPLOAD_REFUSED')
    expect(decide(undefined)).toBe('NOT_FOUND')
  })
})

describe('the states', () => {
  it('[transfer/states] all can be reached from a draft, and end', () => {
    const reached = new Set<TransferState>(['draft'])
    for (const from of reached) for (const to of transferStates[from].next) reached.add(to)
    expect([...reached].toSorted()).toEqual(Object.keys(transferStates).toSorted())
    expect(mayFollow('draft', 'released')).toBe(false)
    expect(mayFollow('dispatched', 'released')).toBe(false)
  })
})
