// The service's own keys, as scripts/service-keys.ts made them and this process was given them.
import { serviceOperations } from '#contract/service.ts'
import { decideViewKeys } from '#domain/service/decisions.ts'
import { asDecided, type UseCase, useCase } from '../use-case.ts'

export const showKeys = useCase(serviceOperations.keys, {
  load: async (_tx, { caller }, { publicKeys }) => ({ caller, keys: publicKeys }),
  decide: (facts) => decideViewKeys(facts),
  present: asDecided,
})

export const serviceUseCases: readonly UseCase[] = [showKeys]
