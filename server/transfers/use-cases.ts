// Every use case of transfers. Lists stand before what has a `:transfer` in its path.
import type { UseCase } from '../use-case.ts'
import { abandon } from './abandon.ts'
import { addRecipient } from './add-recipient.ts'
import { approve } from './approve.ts'
import { acknowledge, bundle, fetch, opened } from './collect.ts'
import { destructionCertificate, stateDestruction } from './destruction.ts'
import { dispatch, requestScanCertificate } from './dispatch.ts'
import { declareFiles, draft } from './draft.ts'
import { liftHold, placeHold, report } from './hold.ts'
import { recall } from './recall.ts'
import { giveBack, take } from './take.ts'
import { approvals, inbox, sent, view } from './view.ts'

export const transferUseCases: readonly UseCase[] = [
  ...[draft, sent, inbox, approvals, view],
  ...[declareFiles, requestScanCertificate, dispatch, abandon, approve, addRecipient],
  ...[take, giveBack, fetch, bundle, opened, acknowledge],
  ...[recall, placeHold, liftHold, report, stateDestruction, destructionCertificate],
]
