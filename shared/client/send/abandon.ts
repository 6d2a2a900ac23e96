// Gives up a transfer that was not handed over: no key, no reason, nothing to verify.
import { sendOperations } from '#contract/transfers/send.ts'
import type { TransferId } from '#domain/values.ts'
import type { SendEffects } from './sending.ts'

/** Throws RefusedByServer, ServerUnreachable. */
export async function abandonTransfer({ api }: Pick<SendEffects, 'api'>, transfer: TransferId): Promise<void> {
  await api.call(sendOperations.abandon, { params: { transfer } })
}
