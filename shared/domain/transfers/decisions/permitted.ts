// What somebody may do with a transfer now, from the decisions themselves (ARCHITECTURE.md#permitted): pages, the
// command line and mail show what is named here, and nothing else decides what they show. It permits nothing: each act
// is decided again when it is done.
import type { Instant } from '../../values.ts'
import type { ReadFacts } from './act.ts'
import { type TransferActName, transferActNames } from './act-names.ts'
import { decideAbandon } from './decide-abandon.ts'
import { decideAddRecipient } from './decide-add-recipient.ts'
import { type ApproveFacts, decideApprove } from './decide-approve.ts'
import { decideBundle } from './decide-bundle.ts'
import {
  type CollectorFacts,
  decideAcknowledge,
  decideFetch,
  decideOpened,
  type ReceiverFacts,
} from './decide-collect.ts'
import { decideDeclareFiles } from './decide-declare-files.ts'
import { decideStateDestruction, type DestructionFacts } from './decide-state-destruction.ts'
import { decideDispatch } from './decide-dispatch.ts'
import { decideLiftHold, decidePlaceHold, decideReport, type HoldFacts } from './decide-hold.ts'
import { type CertificateStanding, decideViewCertificate } from './decide-view-certificate.ts'
import { decideRecall } from './decide-recall.ts'
import { decideRequestScanCertificate } from './decide-scan-certificate.ts'
import { decideGiveBack, decideTake } from './decide-take.ts'
import type { AgreementAsked } from '../policy-request.ts'

/** By the names of their operations. Who may acknowledge with a signature may also be somebody who may not without. */
export const transferActs = {
  'transfer.declare-files': decideDeclareFiles,
  'transfer.request-scan-certificate': decideRequestScanCertificate,
  'transfer.dispatch': decideDispatch,
  'transfer.abandon': decideAbandon,
  'transfer.approve': decideApprove,
  'transfer.add-recipient': decideAddRecipient,
  'transfer.take': decideTake,
  'transfer.give-back': decideGiveBack,
  'transfer.fetch': decideFetch,
  'transfer.bundle': decideBundle,
  'transfer.opened': decideOpened,
  'transfer.acknowledge': decideAcknowledge,
  'transfer.report': decideReport,
  'transfer.recall': decideRecall,
  'transfer.place-hold': decidePlaceHold,
  'transfer.lift-hold': decideLiftHold,
  'transfer.state-destruction': decideStateDestruction,
  'transfer.destruction-certificate': decideViewCertificate,
} as const satisfies Record<TransferActName, unknown>

/** All that any of them is asked about. */
export interface Standing
  extends ReadFacts,
    AgreementAsked,
    Pick<CollectorFacts, 'proven'>,
    Pick<ReceiverFacts, 'notServed'>,
    Pick<ApproveFacts, 'signer' | 'people'>,
    Pick<HoldFacts, 'placed'>,
    Pick<DestructionFacts, 'stated'>,
    Pick<CertificateStanding, 'certificate'> {}

export function permitted(standing: Standing, at: Instant): readonly TransferActName[] {
  return transferActNames.filter((name) => transferActs[name].refuses(standing, at) === null)
}
