// Every operation of the service, from every noun: what the server mounts, what tests loop over.
import { agreementOperations } from './agreements.ts'
import { identityOperations } from './identity.ts'
import type { Operation } from './operation.ts'

export const operations: readonly Operation[] = [...Object.values(identityOperations), ...Object.values(agreementOperations)]
