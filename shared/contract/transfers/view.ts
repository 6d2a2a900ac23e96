// How a transfer is shown, whole and in lists, to who may see it.
import * as z from 'zod'
import {
  agreementReference,
  accountId,
  count,
  fileId,
  instant,
  organisationId,
  sha256Hex,
  transferId,
} from '#domain/values.ts'
import { seenFileType } from '#domain/file-types.ts'
import { marking, purposeCode } from '#domain/agreements/agreement.ts'
import { approvalBounds } from '#domain/policy/approval-over.ts'
import { transferActNames } from '#domain/transfers/decisions/act-names.ts'
import { recipient } from '#domain/policy/recipient.ts'
import { destructionStates, recallOutcomes } from '#domain/transfers/ending.ts'
import { deliveryStates, endings, transferStates } from '#domain/transfers/states.ts'
import { holdReasons, type ListPlace } from '#domain/transfers/transfer.ts'
import { signedDocument, smallBytes } from '../documents.ts'
import { nothing, type Operation, oneTransfer } from '../operation.ts'

const transferState = z.enum(Object.keys(transferStates) as [keyof typeof transferStates])

const delivery = z.strictObject({
  recipient,
  state: z.enum(deliveryStates),
  /** The first who fetched it; of a team, its member. */
  collectedBy: accountId.nullable(),
  collectedAt: instant.nullable(),
  /** The member of the team who has it. */
  takenBy: accountId.nullable(),
  takenAt: instant.nullable(),
  acknowledgedBy: accountId.nullable(),
  acknowledgedAt: instant.nullable(),
})

const summary = z.strictObject({
  transfer: transferId,
  agreement: agreementReference,
  flow: z.string(),
  purpose: purposeCode,
  marking,
  sender: z.strictObject({ account: accountId, organisation: organisationId }),
  state: transferState,
  createdAt: instant,
  expiresAt: instant,
  dispatchedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  caseReference: z.string().nullable(),
  deliveries: z.array(delivery),
})
export type TransferSummary = z.infer<typeof summary>

/** Where a page of a list ended, as its `next` says it: whether that one waits, from when it is, and its id. */
export const place = z.templateLiteral([z.enum(['waits', 'done']), '_', instant, '_', transferId], {
  error: 'must be the “next” of the page before',
})
export type Place = z.infer<typeof place>

export function writePlace({ waits, createdAt, id }: ListPlace): Place {
  return place.parse(`${waits ? 'waits' : 'done'}_${createdAt}_${id}`)
}

export function readPlace(text: Place): ListPlace {
  const [waits, createdAt, id] = text.split('_')
  return { waits: waits === 'waits', createdAt: instant.parse(createdAt), id: transferId.parse(id) }
}

/** What every list of transfers is asked, and answers: a page, newest first. */
export const list = {
  query: z.strictObject({ before: place.optional() }),
  reply: z.strictObject({
    transfers: z.array(summary),
    /** For the next page, as `before`; null when there is none. */
    next: place.nullable(),
    /** How many follow. */
    more: count,
  }),
} as const
export type ListReply = z.infer<typeof list.reply>

const view = summary.extend({
  items: z.array(z.string()),
  handlingInstruction: z.string().nullable(),
  files: z.array(
    z.strictObject({
      id: fileId,
      length: count,
      bodyDigest: sha256Hex.nullable(),
      /** What the scanner took it for; null: not scanned yet, or of no recognised type. */
      typeSeen: z.string().nullable(),
      /** Of it, and of each file in an archive, by content and name together; `other`: none that an agreement can list. */
      fileTypes: z.array(seenFileType),
    }),
  ),
  /** Of all files together, for programs that verify nothing; a client believes `signedVerdict`. */
  verdict: z.enum(['clean', 'infected', 'unscannable']).nullable(),
  finding: z.string().nullable(),
  /** The verdict as the scan authority signed it, and the authority's certificate; null: not scanned yet. */
  signedVerdict: z.strictObject({ document: signedDocument, authority: smallBytes }).nullable(),
  /** Why it goes no further for now. */
  held: z
    .strictObject({
      reason: z.enum(holdReasons),
      at: instant,
      /** Null: the service. */
      by: accountId.nullable(),
      organisation: organisationId.nullable(),
      words: z.string().nullable(),
    })
    .nullable(),
  records: count.nullable(),
  /** Over which bound of the flow it is, so that a second person must release it. */
  approvalFor: z.enum(approvalBounds).nullable(),
  /** An approver's signed answer; one that sends it back is shown to the sending organisation alone. */
  approval: signedDocument.nullable(),
  /** Their own wrapped keys, to who may wrap the session key once more: for a new scan certificate, or somebody added. */
  ownKeys: z.array(z.strictObject({ keySet: count, pkesk: smallBytes })),
  /** As the sender signed it; a client believes this, and nothing above. */
  note: signedDocument.nullable(),
  /** To that note: who was added since. */
  addenda: z.array(signedDocument),
  /** What recipients signed: that it arrived. */
  receipts: z.array(signedDocument),
  /** How it ended, also when it is destroyed since. */
  ended: z.strictObject({ as: z.enum(endings), at: instant }).nullable(),
  /** Who recalled it, and the truth about it now. */
  recall: z
    .strictObject({
      by: accountId,
      organisation: organisationId,
      reason: z.string(),
      outcome: z.enum(recallOutcomes),
      destructions: z.array(
        z.strictObject({
          recipient,
          state: z.enum(destructionStates),
          due: instant,
          /** Who signed; of a team, the member who did it for all. */
          by: accountId.nullable(),
        }),
      ),
    })
    .nullable(),
  /** What recipients signed became of their copies. */
  destructionStatements: z.array(signedDocument),
  /** When, and the hash of the certificate. */
  destroyed: z.strictObject({ at: instant, certificate: sha256Hex }).nullable(),
  /** It goes to somebody for the first time, is checked, and waits until then. */
  releaseNotBefore: instant.nullable(),
  /** When it goes because everyone has acknowledged. */
  keptUntil: instant.nullable(),
  /** Operations that the caller may perform on it now, as far as can be said before they give anything. */
  permitted: z.array(z.enum(transferActNames)),
})
export type TransferView = z.infer<typeof view>

export const viewOperations = {
  view: {
    name: 'transfer.view',
    summary: 'Shows a transfer to its sender, a reader, or an approver who may release it',
    method: 'GET',
    path: '/transfers/:transfer',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: view,
    refusals: ['NOT_FOUND'],
  },
  sent: {
    name: 'transfer.sent',
    summary: 'Lists what the caller sent, newest first',
    method: 'GET',
    path: '/transfers/sent',
    scope: 'send',
    params: nothing,
    query: list.query,
    body: nothing,
    reply: list.reply,
    refusals: [],
  },
  inbox: {
    name: 'transfer.inbox',
    summary: 'Lists what was sent to the caller or a team of theirs: what waits for them first, then newest first',
    method: 'GET',
    path: '/transfers/inbox',
    scope: 'collect',
    params: nothing,
    query: list.query,
    body: nothing,
    reply: list.reply,
    refusals: [],
  },
} as const satisfies Record<string, Operation>
