// What sends many things goes by: the service, which it waits for, and one verified agreement for all of them.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '#client/api.ts'
import { agreementToAsk, type AskAgreement } from '#client/trust/ask-agreement.ts'
import { retryingApi } from '#client/retrying.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { randomId } from '#platform/crypto.ts'
import { parseAgreementId, trustedAgreement } from '../trust/agreements.ts'
import { type Context, signedInApi } from '../context.ts'
import { findMyself } from '../collecting/open-transfer.ts'
import { sayWaiting } from '../terminal/waiting.ts'

export interface Trusted {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly ask: AskAgreement
}

export interface Trusting {
  readonly agreement: string
  /** How long one question waits for a service that is busy or away. */
  readonly retrySeconds: number
}

/** @throws TrustRefused, RefusedByServer, ServerUnreachable, CommandFailed */
export async function trustAgreement(context: Context, { agreement: id, retrySeconds }: Trusting): Promise<Trusted> {
  const { io, output } = context
  const api = retryingApi(await signedInApi(context), {
    newId: randomId,
    seconds: retrySeconds,
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: io.signal }),
    waiting: sayWaiting(output),
  })
  const agreement = await trustedAgreement(context, { api, id: parseAgreementId(id) })
  const person = await findMyself(context, agreement)
  const { agreements } = await api.call(agreementOperations.list, {})
  const current = agreements.find((one) => one.id === agreement.agreement.id && one.hash === agreement.hash)
  return {
    api,
    agreement,
    person,
    ask: agreementToAsk({ agreement, person, activatedAt: current?.activatedAt ?? null }),
  }
}
