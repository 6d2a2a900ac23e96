// A use case that is bound by hand to the service that answers it.
import type { Operation } from '#contract/operation.ts'
import type { Outcome } from '#store/commit.ts'
import type { Call, Reply, UseCase } from '../use-case.ts'

export type Route = UseCase

export function route<O extends Operation>(
  operation: O,
  handle: (call: Call<O>) => Promise<Outcome<Reply<O>>>,
): UseCase<O> {
  return { operation, perform: (_parts, call) => handle(call) }
}
