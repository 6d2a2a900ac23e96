// How far each recipient of a transfer is, in words: a person, or a team with who took it, collected it, acknowledged it.
import type { TransferView } from '#contract/transfers/view.ts'
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import type { Receipt } from '#domain/transfers/documents/receipt.ts'
import type { TransferState } from '#domain/transfers/states.ts'
import type { AccountId } from '#domain/values.ts'
import { dateInWords } from '#words/en/dates.ts'
import { deliveryWords, receiptWords } from '#words/en/transfers.ts'
import type { Names } from './names.ts'

export type Delivery = TransferView['deliveries'][number]

/** Of the member who signed that it arrived. */
export interface SignedReceipt {
  readonly signer: Pick<RosteredPerson, 'account'>
  readonly receipt: Pick<Receipt, 'at'>
}

export interface DeliveryContext {
  readonly names: Names
  /** Where the whole stands. */
  readonly transfer: TransferState
  /** As they were verified; left out: nobody looked. */
  readonly receipts?: readonly SignedReceipt[]
}

export function describeDelivery(delivery: Delivery, { names, transfer, receipts }: DeliveryContext): string {
  const { recipient, state, collectedBy, collectedAt, acknowledgedBy, acknowledgedAt } = delivery
  const by = acknowledgedBy ?? collectedBy
  const receipt = receipts?.find(({ signer }) => signer.account === acknowledgedBy)
  const at = receipt?.receipt.at ?? acknowledgedAt ?? collectedAt
  return [
    [recipientName(delivery, names), deliveryWords(state, transfer)].filter((part) => part !== null).join(' '),
    ...(by && recipient.kind === 'team' ? [`by ${personName(delivery, by, names)}`] : []),
    ...(at ? [dateInWords(at)] : []),
    ...(acknowledgedBy && receipts ? [receiptWords(receipt !== undefined)] : []),
    ...describeTaken(delivery, names),
  ].join(', ')
}

/** Who works on it, or has begun to; nobody yet. One column of a list. */
export function describeHolder(delivery: Delivery, names: Names): string {
  const { acknowledgedBy, collectedBy } = delivery
  if (acknowledgedBy) return `acknowledged by ${personName(delivery, acknowledgedBy, names)}`
  const [taken] = describeTaken(delivery, names)
  return taken ?? (collectedBy ? `collected by ${personName(delivery, collectedBy, names)}` : 'nobody')
}

export function recipientName({ recipient }: Delivery, names: Names): string {
  const id = recipient.kind === 'person' ? recipient.account : recipient.team
  return names.recipient(recipient) ?? `${recipient.kind} ${id}`
}

function describeTaken(delivery: Delivery, names: Names): readonly string[] {
  const { recipient, takenBy, acknowledgedBy } = delivery
  if (!takenBy || acknowledgedBy) return []
  const left = names.isMember(recipient, takenBy) ? '' : ', who is in the team no more'
  return [`taken by ${personName(delivery, takenBy, names)}${left}`]
}

function personName({ recipient: { organisation } }: Delivery, account: AccountId, names: Names): string {
  return names.person({ account, organisation }) ?? `account ${account}`
}
