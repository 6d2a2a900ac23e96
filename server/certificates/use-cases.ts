// Every use case of certificates and key proofs.
import type { UseCase } from '../use-case.ts'
import { askForChallenge, proveKey } from './prove.ts'
import { registerCertificate } from './register.ts'
import { revokeCertificate } from './revoke.ts'

export const certificateUseCases: readonly UseCase[] = [
  registerCertificate,
  revokeCertificate,
  askForChallenge,
  proveKey,
]
