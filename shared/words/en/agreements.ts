// An agreement as people read it before they sign: what each flow allows at most, every root and key of the service in full.
import type { ApprovalBound } from '#domain/policy/approval-over.ts'
import type { Agreement, Flow } from '#domain/agreements/agreement.ts'
import type { Sha256Hex } from '#domain/values.ts'
import { readable, readableKey } from './fingerprints.ts'

const number = (value: number) => value.toLocaleString('en-GB')

const bounds = {
  records: (most) => `${number(most)} records`,
  files: (most) => `${number(most)} files`,
  bytes: (most) => `${number(most)} bytes`,
} as const satisfies Record<ApprovalBound, (most: number) => string>

/** Of one transfer. */
export function flowLimitsWords({ maxFiles, maxFileBytes, maxRecords }: Flow): string {
  const records = maxRecords === undefined ? '' : `, and ${bounds.records(maxRecords)}`
  return `one transfer: at most ${bounds.files(maxFiles)} of ${bounds.bytes(maxFileBytes)} each${records}`
}

/** What one person cannot send alone; null where they can send everything. */
export function secondPersonWords({ approvalOver = {}, malwareAssurance }: Flow): string | null {
  const over = (Object.keys(bounds) as ApprovalBound[]).flatMap((bound) => {
    const most = approvalOver[bound]
    return most === undefined ? [] : [`more than ${bounds[bound](most)}`]
  })
  const unchecked = malwareAssurance === 'SENDER_DECLARED' ? ['what could not be checked for viruses'] : []
  const all = [...over, ...unchecked]
  return all.length === 0 ? null : `released by an approver, not its sender: ${all.join(', ')}`
}

/** What a signatory puts their name to and compares by phone; a summary, since what is signed is the whole. */
export function agreementWords({
  agreement,
  hash,
}: {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
}): string {
  const { reference, version, title, purpose, effectiveFrom, reviewOn, expiresOn, serviceKeys } = agreement
  return [
    `${reference} version ${version}: ${title}`,
    `SHA-256 ${hash}`,
    `Purpose: ${purpose.statement} (${purpose.codes.join(', ')})`,
    `From ${effectiveFrom}, review on ${reviewOn}, until ${expiresOn}`,
    'Parties and their roots:',
    ...agreement.parties.map(({ name, root }) => `  ${name}\n    ${readable(root)}`),
    'Flows:',
    ...agreement.flows.flatMap((flow) => flowWords(flow, agreement).map((text) => `  ${text}`)),
    'Keys of the service (compare by phone):',
    ...serviceKeys.scanAuthority.map((key) => `  scan authority  ${readable(key.fingerprint)}`),
    ...serviceKeys.housekeeper.map((key) => `  housekeeper     ${readable(key.fingerprint)}`),
    ...serviceKeys.log.map((key) => `  log             ${readableKey(key.publicKey)}`),
    ...serviceKeys.promise.map((key) => `  promise         ${readableKey(key.publicKey)}`),
    witnessWords(agreement),
  ].join('\n')
}

function flowWords(flow: Flow, { parties }: Agreement): readonly string[] {
  const { code, from, to, items, maxMarking, maxDays } = flow
  const nameOf = (end: string) => parties.find(({ organisation }) => organisation === end)?.name ?? end
  const second = secondPersonWords(flow)
  return [
    `${code}: ${nameOf(from)} to ${nameOf(to)}, ${items.join(', ')}, up to ${maxMarking}, kept ${maxDays} days at most`,
    `  ${flowLimitsWords(flow)}`,
    ...(second === null ? [] : [`  ${second}`]),
  ]
}

function witnessWords({ witnesses, quorum }: Agreement): string {
  return quorum === 0
    ? 'No witness cosigns this agreement’s log: only the service vouches for it.'
    : `Witnesses: ${quorum} of ${witnesses.length} must cosign the log.`
}
