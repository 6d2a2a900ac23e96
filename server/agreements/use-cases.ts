// Every use case of agreements.
import type { UseCase } from '../use-case.ts'
import { importAgreement } from './import.ts'
import { listAgreements, showAgreement } from './show.ts'
import { signAgreement } from './sign.ts'

export const agreementUseCases: readonly UseCase[] = [importAgreement, signAgreement, showAgreement, listAgreements]
