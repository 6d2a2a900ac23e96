// Every operation of the service, from every noun: what the server mounts, what tests loop over.
import { accountOperations } from './accounts.ts'
import { agreementOperations } from './agreements.ts'
import { auditOperations } from './audit.ts'
import { certificateOperations } from './certificates.ts'
import { identityOperations } from './identity.ts'
import type { Operation } from './operation.ts'
import { organisationOperations } from './organisations.ts'
import { resetOperations } from './resets.ts'
import { serviceOperations } from './service.ts'
import { addRecipientOperations } from './transfers/add-recipient.ts'
import { approveOperations } from './transfers/approve.ts'
import { collectOperations } from './transfers/collect.ts'
import { endingOperations } from './transfers/endings.ts'
import { sendOperations } from './transfers/send.ts'
import { viewOperations } from './transfers/view.ts'
import { webhookOperations } from './webhooks.ts'

export const operations: readonly Operation[] = [
  ...Object.values(serviceOperations),
  ...Object.values(identityOperations),
  ...Object.values(accountOperations),
  ...Object.values(resetOperations),
  ...Object.values(organisationOperations),
  ...Object.values(certificateOperations),
  ...Object.values(agreementOperations),
  ...Object.values(sendOperations),
  ...Object.values(viewOperations),
  ...Object.values(approveOperations),
  ...Object.values(addRecipientOperations),
  ...Object.values(collectOperations),
  ...Object.values(endingOperations),
  ...Object.values(auditOperations),
  ...Object.values(webhookOperations),
]
