// The service's own keys, as scripts/service-keys.ts made them and this process was given them.
import type { PublicKeys } from '#contract/service.ts'
import type { Caller } from '#domain/caller.ts'
import { decideViewKeys } from '#domain/service/decisions.ts'
import type { Commit, Outcome } from '#store/commit.ts'

export interface ServiceServiceOptions {
  readonly commit: Commit
  readonly publicKeys: PublicKeys
}

export interface ServiceService {
  keys(asked: { readonly caller: Caller }): Promise<Outcome<PublicKeys>>
}

export function createServiceService({ commit, publicKeys }: ServiceServiceOptions): ServiceService {
  return {
    keys: ({ caller }) => commit({ caller, load: async () => ({ caller, keys: publicKeys }), decide: decideViewKeys }),
  }
}
