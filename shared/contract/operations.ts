// Every operation of the service, from every noun: what the server mounts, what tests loop over.
import { agreementOperations } from './agreements.ts'
import { auditOperations } from './audit.ts'
import { certificateOperations } from './certificates.ts'
import { endingOperations } from './endings.ts'
import { identityOperations } from './identity.ts'
import type { Operation } from './operation.ts'
import { organisationOperations } from './organisations.ts'
import { serviceOperations } from './service.ts'
import { transferOperations } from './transfers.ts'
import { webhookOperations } from './webhooks.ts'

export const operations: readonly Operation[] = [
  ...Object.values(serviceOperations),
  ...Object.values(identityOperations),
  ...Object.values(organisationOperations),
  ...Object.values(certificateOperations),
  ...Object.values(agreementOperations),
  ...Object.values(transferOperations),
  ...Object.values(endingOperations),
  ...Object.values(auditOperations),
  ...Object.values(webhookOperations),
]
