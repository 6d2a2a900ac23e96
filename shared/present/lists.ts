// Lists as rows of words: agreements; transfers that were sent, came in, or wait for an approver.
import type { TransferSummary } from '#contract/transfers/view.ts'
import { standingOf } from '#domain/policy/agreement-standing.ts'
import type { AgreementId, Day, Instant, OrganisationId } from '#domain/values.ts'
import { agreementColumnWords } from '#words/en/agreements.ts'
import { dateInWords } from '#words/en/dates.ts'
import { describeHolder, recipientName } from './deliveries.ts'
import type { Names } from './names.ts'
import { nameSummary, senderInWords } from './transfer.ts'

export type ListName = 'sent' | 'inbox' | 'approvals'

/** With names beside the ids. An inbox shows its reader what is addressed to them alone. */
export function nameListed(one: TransferSummary, { names, list }: { readonly names: Names; readonly list: ListName }) {
  const shown = list === 'inbox' ? one.deliveries.filter(({ recipient }) => names.isMine(recipient)) : one.deliveries
  const to = shown.map((delivery) => ({
    name: recipientName(delivery, names),
    holder: describeHolder(delivery, names),
  }))
  return { ...nameSummary(one, names), to }
}
export type Listed = ReturnType<typeof nameListed>

export interface ListedAgreement {
  readonly id: AgreementId
  readonly version: number
  readonly reference: string
  readonly title: string
  readonly activatedAt: Instant | null
  readonly parties: readonly {
    readonly organisation: OrganisationId
    readonly name: string
    readonly signed: boolean
  }[]
  readonly effectiveFrom: Day
  readonly reviewOn: Day
  readonly expiresOn: Day
}

export function agreementRows(agreements: readonly ListedAgreement[], now: Instant): readonly (readonly string[])[] {
  return agreements.map((agreement) => {
    const { id, version, reference, title, activatedAt, parties } = agreement
    const unsigned = parties.filter(({ signed }) => !signed).map(({ organisation }) => organisation)
    const standing = standingOf({ agreement, activatedAt, unsigned }, now)
    const signed = parties.length - unsigned.length
    const stands = standing === 'unsigned' ? `signed by ${signed} of ${parties.length}` : agreementColumnWords[standing]
    return [id, reference, `version ${version}`, stands, title]
  })
}

/** Heads first. */
export function approvalRows(transfers: readonly Listed[]): readonly (readonly string[])[] {
  return [
    ['transfer', 'from', 'to', 'reference', 'begun'],
    ...transfers.map((one) => [
      one.transfer,
      one.sender.name ?? `account ${one.sender.account}`,
      one.to.map(({ name }) => name).join(', '),
      one.caseReference ?? '',
      dateInWords(one.createdAt),
    ]),
  ]
}

/** Heads first. */
export function listRows(transfers: readonly Listed[], list: 'sent' | 'inbox'): readonly (readonly string[])[] {
  const from = list === 'inbox'
  const head = ['transfer', ...(from ? ['from'] : []), 'to', 'reference', 'state', 'with', 'begun', 'until']
  return [
    head,
    ...transfers.map((one) => [
      one.transfer,
      ...(from ? [senderInWords(one)] : []),
      one.to.map(({ name }) => name).join(', '),
      one.caseReference ?? '',
      one.state,
      one.to.map(({ holder }) => holder).join(', '),
      dateInWords(one.createdAt),
      dateInWords(one.expiresAt),
    ]),
  ]
}
